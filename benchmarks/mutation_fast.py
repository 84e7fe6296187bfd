"""Tests of one module, collected once and forked with a mutant for each trial.

The functions that a mutant changed get its code, whoever has imported them; then the tests run,
the shortest first, until one fails. What fails is killed for certain. What does not fail, and
faults outside functions, must be tried afresh (`benchmarks.mutation_trial`): a function may have
done its part when its module was imported.
"""

from __future__ import annotations

import gc
import itertools
import multiprocessing
import os
import tempfile
import time
import types
from collections.abc import Iterator, Sequence
from multiprocessing.connection import Connection

import pytest

from benchmarks.mutants import ROOT
from benchmarks.mutation_trial import OPTIONS, Outcome, fork, put, silence, tests_of

FIRST_LIMIT_S = 600
"""Processor time for the tests of a module as it is."""
LEAST_LIMIT_S = 10
TIMES = 10
"""A trial may take this many times the processor time of the module as it is."""

Codes = dict[tuple[str, int], types.CodeType]
"""By qualified name and first line."""


class TestsFailError(Exception):
    """Tests fail without a mutant, or there are none."""


def tried_fast(module: str, before: str, sources: Sequence[str]) -> tuple[int, list[Outcome]]:
    """Processor time that a trial may take, in s, and what became of each text.

    Args:
        module: path below the root.
        before: its text as it is, which others may edit meanwhile.
        sources: texts to be tried in its place.

    Raises:
        TestsFailError: the tests fail with the module as it is.
    """
    context = multiprocessing.get_context("fork")
    mine, theirs = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory() as folder:
        nursery = context.Process(target=_collect, args=(module, before, sources, theirs, folder))
        nursery.start()
        theirs.close()
        try:
            limit_s: int = mine.recv()
            outcomes: list[Outcome] = [mine.recv() for _ in sources]
        except EOFError:
            raise TestsFailError(f"{tests_of(module)} fails without any mutant") from None
        finally:
            nursery.join()
    return limit_s, outcomes


def _collect(
    module: str, before: str, sources: Sequence[str], told: Connection, folder: str
) -> None:
    silence()
    put(module, before)
    nursery = _Nursery(module, before, sources, told)
    pytest.main([tests_of(module), *OPTIONS, f"--basetemp={folder}/tests"], plugins=[nursery])


class _Nursery:
    """For pytest: runs what it collected once for each mutant, each time in a fork."""

    def __init__(self, module: str, before: str, sources: Sequence[str], told: Connection) -> None:
        self._path = str(ROOT / module)
        self._before = self._codes(before)
        self._sources = sources
        self._told = told

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Send the limit and then the outcomes; nothing if tests fail as it is."""
        taken_s = _taken_s(session.items)
        if not taken_s:
            return True
        limit_s = LEAST_LIMIT_S + int(TIMES * sum(taken_s))
        self._told.send(limit_s)
        items = [session.items[n] for n in sorted(range(len(taken_s)), key=taken_s.__getitem__)]
        functions = self._functions()
        for source in self._sources:
            self._told.send(self._outcome(source, functions, items, limit_s))
        return True

    def _functions(self) -> list[types.FunctionType]:
        """Of the module, wherever they are."""
        return [
            one
            for one in gc.get_objects()
            if isinstance(one, types.FunctionType) and one.__code__.co_filename == self._path
        ]

    def _outcome(
        self,
        source: str,
        functions: Sequence[types.FunctionType],
        items: Sequence[pytest.Item],
        limit_s: int,
    ) -> Outcome:
        after = self._codes(source)
        changed = [key for key, code in after.items() if _own(code) != _own(self._before.get(key))]
        known = {one.__code__.co_qualname for one in functions}
        if not all(name.split(".<locals>")[0] in known for name, _ in changed):
            return "survived"

        def run() -> None:
            for one in functions:
                one.__code__ = after[_key(one.__code__)]
            for _ in _run(items):
                pass

        return fork(run, limit_s=limit_s)

    def _codes(self, source: str) -> Codes:
        """All of a text, to any depth."""
        found: Codes = {}
        left = [compile(source, self._path, "exec")]
        while left:
            code = left.pop()
            found[_key(code)] = code
            left += [one for one in code.co_consts if isinstance(one, types.CodeType)]
        return found


def _taken_s(items: Sequence[pytest.Item]) -> list[float]:
    """Processor time of each test, in a fork; nothing when one fails."""
    mine, theirs = multiprocessing.Pipe(duplex=False)

    def run() -> None:
        moments_s = [time.process_time()]
        moments_s += [time.process_time() for _ in _run(items)]
        theirs.send([after - before for before, after in itertools.pairwise(moments_s)])

    if fork(run, limit_s=FIRST_LIMIT_S) != "survived":
        return []
    taken_s: list[float] = mine.recv()
    return taken_s


def _run(items: Sequence[pytest.Item]) -> Iterator[None]:
    """Yields after each test; the process ends when one fails."""
    for item, after in zip(items, [*items[1:], None], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)
        if item.session.testsfailed:
            os._exit(1)
        yield


def _key(code: types.CodeType) -> tuple[str, int]:
    return code.co_qualname, code.co_firstlineno


def _own(code: types.CodeType | None) -> object:
    """What a code is without those inside it."""
    if code is None:
        return None
    constants = [
        None if isinstance(one, types.CodeType) else (type(one), one) for one in code.co_consts
    ]
    return code.co_code, repr(constants), code.co_names, code.co_varnames, code.co_freevars
