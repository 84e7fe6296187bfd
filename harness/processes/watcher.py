"""The watcher: a process that has nothing to do but to wake in time, and notes how late it wakes.

What it suffers every process of the machine suffers: it has the priority of any other, sleeps for
5 ms and is awake for some 20 µs. It also looks whether the clock goes on evenly.

Its run asks by one byte on its socket and is answered by one JSON object on a line: TELL_TIME by
the time, REPORT by a `Watch` of what was since the last one.
"""

from __future__ import annotations

import gc
import select
import signal
import socket

import msgspec

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.processes.clocks import ClockWatch, Reading, read_clocks
from harness.processes.lateness import Lateness

TELL_TIME, REPORT = b"t", b"r"
PERIOD_NS = 5 * NS_PER_MS


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """What the watcher saw in [since, at)."""

    since_ns: int
    at_ns: int
    wakes: int
    stall_p50_ms: float
    """How late it woke: half of all, 99 % of all, the worst."""
    stall_p99_ms: float
    stall_max_ms: float
    clock_step_ms: float
    """Largest step of the clock; see `ClockWatch`."""
    clock_rate_ppm: float
    suspended_ms: float


def main(sock: socket.socket) -> None:
    """Watch until the other side closes the socket."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.disable()  # nothing here makes cycles; a collection would be a stall of its own
    Watcher(sock).run()


class Watcher:
    """The loop of the process."""

    def __init__(self, sock: socket.socket) -> None:
        self._socket = sock
        self._stalls = Lateness()
        self._restart(read_clocks())

    def run(self) -> None:
        """Sleep, and note how late the end of it was, before any answer: it belongs to what was."""
        due_ns = now_ns() + PERIOD_NS
        while True:
            left_ns = due_ns - now_ns()
            asked, _, _ = select.select([self._socket], [], [], max(0, left_ns) / NS_PER_S)
            woke_ns = now_ns()
            if woke_ns >= due_ns:
                self._stalls.add(woke_ns - due_ns)
                self._clock.look(read_clocks())
                due_ns = woke_ns + PERIOD_NS
            if asked and not self._answer():
                return

    def _answer(self) -> bool:
        """False at the end of the socket."""
        asked = self._socket.recv(1)
        if asked == TELL_TIME:
            self._say(now_ns())
        elif asked == REPORT:
            self._say(self._report())
        return bool(asked)

    def _say(self, answer: object) -> None:
        self._socket.sendall(msgspec.json.encode(answer) + b"\n")

    def _report(self) -> Watch:
        clocks = read_clocks()
        self._clock.look(clocks)
        watch = Watch(
            since_ns=self._since_ns,
            at_ns=now_ns(),
            wakes=self._stalls.total,
            stall_p50_ms=self._stalls.quantile_ms(0.5),
            stall_p99_ms=self._stalls.quantile_ms(0.99),
            stall_max_ms=self._stalls.max_ns / NS_PER_MS,
            clock_step_ms=self._clock.step_ns / NS_PER_MS,
            clock_rate_ppm=self._clock.rate_ppm,
            suspended_ms=self._clock.suspended_ms,
        )
        self._restart(clocks)
        return watch

    def _restart(self, clocks: Reading) -> None:
        self._since_ns = now_ns()
        self._stalls.restart()
        self._clock = ClockWatch(clocks)
