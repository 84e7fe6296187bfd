"""The run's side of its watcher."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Self, TypeVar

import msgspec

from harness.evidence.clock import now_ns
from harness.evidence.json_value import read_json
from harness.processes.child import Child
from harness.processes.clocks import offset_interval
from harness.processes.keeper_client import Keeper
from harness.processes.watcher import REPORT, TELL_TIME, Watch

PROGRAM = "harness.processes.watcher"
"""Module that a keeper preloads; its `main` is what it forks."""
PINGS = 50
_ANSWER_S = 5.0
_WATCH = msgspec.json.Decoder(Watch)
_TIME = msgspec.json.Decoder(int)
_T = TypeVar("_T")


class WatcherError(Exception):
    """The watcher does not answer: whether times can be trusted is not known."""


class WatcherProcess:
    """A watcher that runs."""

    def __init__(self, child: Child) -> None:
        assert child.socket is not None
        self._child = child
        self._socket = child.socket
        self._socket.settimeout(_ANSWER_S)

    @classmethod
    def start(cls, keeper: Keeper, *, log: Path) -> Self:
        """Fork one.

        Raises:
            KeeperError: it cannot be started.
        """
        return cls(keeper.fork(f"{PROGRAM}:main", name="watcher", log=log))

    async def report(self) -> Watch:
        """What it saw since the last report, or since it started.

        Raises:
            WatcherError: it does not answer.
        """
        return _read(await asyncio.to_thread(self._ask, REPORT), _WATCH)

    async def clock_offset(self) -> tuple[int, int]:
        """Where the offset of its clock to this process's lies, in ns; it must hold 0.

        Raises:
            WatcherError: it does not answer.
        """
        return await asyncio.to_thread(self._ping)

    def close(self) -> None:
        """End it."""
        self._socket.close()
        self._child.kill()

    def _ping(self) -> tuple[int, int]:
        pings = []
        for _ in range(PINGS):
            sent = now_ns()
            answer = self._ask(TELL_TIME)
            pings.append((sent, _read(answer, _TIME), now_ns()))
        return offset_interval(pings)

    def _ask(self, question: bytes) -> bytes:
        """The line that answers."""
        answer = b""
        try:
            self._socket.sendall(question)
            while not answer.endswith(b"\n"):
                more = self._socket.recv(1 << 16)
                if not more:
                    break
                answer += more
        except OSError as error:
            raise WatcherError(f"the watcher does not answer: {error}") from None
        if not answer.endswith(b"\n"):
            said = " / ".join(self._child.last_lines(3)) or "nothing"
            raise WatcherError(f"the watcher ended; its log says {said}")
        return answer


def _read(answer: bytes, decoder: msgspec.json.Decoder[_T]) -> _T:
    try:
        return read_json(answer, decoder)
    except ValueError as error:
        raise WatcherError(f"the watcher says what is no answer: {error}") from None
