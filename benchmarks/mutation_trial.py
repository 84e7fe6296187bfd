"""The tests of one module, run with a mutant of it in a process of its own.

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
from collections.abc import Callable
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
WALL_S = 900.0
"""For what waits without end; far longer than a trial takes on a busy machine."""
MEMORY_BYTES = 4 << 30

Outcome = Literal["survived", "killed", "hung"]


def tried_afresh(module: str, source: str, *, limit_s: int) -> Outcome:
    """Import everything with this text in the module's place, and run its tests.

    Args:
        module: path below the root.
        source: of the whole module.
        limit_s: processor time that it may take.
    """

    def run() -> None:
        silence()
        put(module, source)
        if pytest.main([tests_of(module), *OPTIONS, f"--basetemp={folder}/tests"]):
            os._exit(1)

    with tempfile.TemporaryDirectory() as folder:
        return fork(run, limit_s=limit_s)


def fork(run: Callable[[], None], *, limit_s: int) -> Outcome:
    """Run it in a process of its own; what does not come back whole is killed."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_CPU, (limit_s, limit_s + 1))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
        run()
        os._exit(0)

    child = multiprocessing.get_context("fork").Process(target=limited)
    child.start()
    child.join(WALL_S)
    hangs = child.is_alive()
    child.kill()
    child.join()
    if hangs or child.exitcode == -signal.SIGXCPU:
        return "hung"
    return "killed" if child.exitcode else "survived"


def silence() -> None:
    """From now on this process says nothing."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)


def put(module: str, source: str) -> None:
    """In this process, whoever imports the module gets this text."""
    sys.meta_path.insert(0, _Instead(module, source))


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
