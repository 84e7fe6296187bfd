"""A guest's process and the keeper that starts it, without either."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from harness.processes.child import Exit
from harness.processes.keeper_client import KeeperError


class FakeProcess:
    """The process of a guest: runs until it is asked to end, if it heeds that."""

    def __init__(self, *, heeds: bool = True, last: Sequence[str] = ()) -> None:
        self.exited: Exit | None = None
        self.calls: list[str] = []
        self._heeds, self._last = heeds, list(last)

    def wait(self, timeout_s: float) -> Exit | None:
        return self.exited

    def terminate(self) -> None:
        self.calls.append("terminate")
        if self._heeds:
            self.exited = Exit(code=0, signal=None)

    def kill(self) -> None:
        self.calls.append("kill")

    def last_lines(self, n: int = 10) -> list[str]:
        return self._last[-n:]


class FakeKeeper:
    """Starts one process, and writes down what it was asked."""

    def __init__(self) -> None:
        self.process = FakeProcess()
        self.problem: KeeperError | None = None
        self.spawned: list[tuple[list[str], Path, dict[str, str]]] = []

    def spawn(
        self, argv: Sequence[str], *, name: str, log: Path, env: dict[str, str]
    ) -> FakeProcess:
        if self.problem is not None:
            raise self.problem
        assert log.parent.is_dir()
        self.spawned.append((list(argv), log, env))
        return self.process
