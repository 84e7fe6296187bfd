"""The tests of one module, run against a mutant of it in a process of its own.

Each trial is a fork of a process that has imported all that is not ours, so that it begins at once.
The mutant takes the module's place when it is imported: nothing is written, and whoever imports the
module, test or not, gets the mutant. What hangs is ended by the processor time that it took, which
does not depend on how busy the machine is.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import multiprocessing
import os
import resource
import signal
import sys
import tempfile
import types
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, Phase, settings

from benchmarks.mutants import ROOT

PROFILE = "mutation"
"""Of hypothesis: the same few examples each time, and the first that fails ends it."""
EXAMPLES = 25
OPTIONS = (
    "-x",
    "-p",
    "no:cacheprovider",
    f"--hypothesis-profile={PROFILE}",
    "-Wignore:Module already imported:pytest.PytestAssertRewriteWarning",
)
OURS = ("harness", "tests")
IMPORTED = (
    "harness.run_hooks",
    "tests.conftest",
    "scipy.signal",
    "scipy.stats",
    "hypothesis.extra.numpy",
)
"""What brings in most of what tests need."""
LEAST_CPU_S = 10
TIMES_CPU = 10
"""A trial may take this many times the processor time of the module as it is."""
WALL_S = 600.0
"""For what waits without end; far longer than a trial takes on a busy machine."""
MEMORY_BYTES = 4 << 30

Outcome = Literal["survived", "killed", "hung"]


class TestsFailError(Exception):
    """Tests fail without a mutant, or there are none."""


@dataclass(frozen=True, kw_only=True)
class Trials:
    """Mutants of one module."""

    module: str
    tests: str
    limit_s: int
    """Processor time for each."""

    @classmethod
    def begin(cls, module: str) -> Trials:
        """Run the tests against the module as it is.

        Raises:
            TestsFailError: they fail.
        """
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        trials = cls(module=module, tests=tests_of(module), limit_s=int(WALL_S))
        if trials.outcome((ROOT / module).read_text()) != "survived":
            raise TestsFailError(f"{trials.tests} fails without any mutant")
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        taken_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        limit_s = LEAST_CPU_S + int(TIMES_CPU * taken_s)
        return cls(module=module, tests=trials.tests, limit_s=limit_s)

    def outcome(self, source: str) -> Outcome:
        """Run the tests with this text in the module's place."""
        with tempfile.TemporaryDirectory() as folder:
            child = multiprocessing.get_context("fork").Process(
                target=self._run, args=(source, folder)
            )
            child.start()
            child.join(WALL_S)
            hangs = child.is_alive()
            child.kill()
            child.join()
        if hangs or child.exitcode == -signal.SIGXCPU:
            return "hung"
        return "killed" if child.exitcode else "survived"

    def _run(self, source: str, folder: str) -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (self.limit_s, self.limit_s + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        silence = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silence, 1)
        os.dup2(silence, 2)
        sys.meta_path.insert(0, _Instead(self.module, source))
        sys.exit(int(pytest.main([self.tests, *OPTIONS, f"--basetemp={folder}/tests"])))


def tests_of(module: str) -> str:
    """The file of tests of a module, both below the root; it need not exist."""
    path = Path(module)
    return str(Path("tests", *path.parts[1:-1], f"test_{path.name}"))


def prepare() -> None:
    """Import what trials need and forget what is ours, so that each trial imports it itself."""
    os.chdir(ROOT)
    settings.register_profile(
        PROFILE,
        max_examples=EXAMPLES,
        derandomize=True,
        database=None,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for name in IMPORTED:
        importlib.import_module(name)
    for name in [name for name in sys.modules if name.split(".")[0] in OURS]:
        del sys.modules[name]


class _Instead(importlib.abc.MetaPathFinder):
    """Finds one module, with a text in its place."""

    def __init__(self, module: str, source: str) -> None:
        self._path = str(ROOT / module)
        self._name = ".".join(Path(module).with_suffix("").parts)
        self._source = source

    def find_spec(
        self, fullname: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Of the module that is replaced, else None."""
        if fullname != self._name:
            return None
        loader = _Text(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Text(importlib.machinery.SourceFileLoader):
    """Loads a text as if it stood in a file."""

    def __init__(self, fullname: str, path: str, text: str) -> None:
        super().__init__(fullname, path)
        self._text = text

    def get_code(self, fullname: str) -> types.CodeType:
        """Compiled anew, and not kept."""
        return self.source_to_code(self._text.encode(), self.get_filename(fullname))
