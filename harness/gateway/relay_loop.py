"""What the relay waits for: its sockets and the next time at which something is due."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.gateway.relay_wakeups import CALM_NS, Wakefulness

_COARSE_NS = 2 * NS_PER_MS
"""epoll rounds up to whole milliseconds: what is left after it is waited for by `select`."""
_LEAD_NS = 60_000
"""A timer wakes late by about this; so it is set for so much earlier, and the rest is polled."""
_LONGEST_NS = 3600 * NS_PER_S
"""epoll takes no more than 24 days; who is woken for nothing waits again."""


class Loop:
    """One epoll. Everything that it watches must never block."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._wakefulness = Wakefulness()

    def watch(self, file: socket.socket, readable: Callable[[], None]) -> None:
        """Call `readable` whenever there is something to fetch."""
        self._readable[file.fileno()] = readable
        self._epoll.register(file.fileno(), select.EPOLLIN)

    def forget(self, file: socket.socket) -> None:
        """Watch it no more; to be called before it is closed."""
        del self._readable[file.fileno()]
        self._epoll.unregister(file.fileno())

    def wait(self, until_ns: int | None) -> list[int]:
        """Wait until something has come, at most until that time; None is for as long as it takes.

        It waits for an hour at most where there is a time, and for a second while processors are
        kept from halting.

        Returns:
            What has come, for `fetch`.
        """
        if until_ns is not None:
            until_ns = min(until_ns, now_ns() + _LONGEST_NS)
        if self._wakefulness.held:  # it must be noticed when nothing comes any more
            calm_ns = now_ns() + CALM_NS
            until_ns = calm_ns if until_ns is None else min(until_ns, calm_ns)
        ready = self._epoll.poll() if until_ns is None else self._poll_until(until_ns)
        self._wakefulness.woke(now_ns())
        return [number for number, _ in ready]

    def _poll_until(self, until_ns: int) -> list[tuple[int, int]]:
        sleep_ns = until_ns - _LEAD_NS - now_ns()
        if sleep_ns > _COARSE_NS:
            ready = self._epoll.poll((sleep_ns - _COARSE_NS) / NS_PER_S)
            if ready:
                return ready
            sleep_ns = until_ns - _LEAD_NS - now_ns()
        if sleep_ns > 0:
            select.select((self._epoll,), (), (), sleep_ns / NS_PER_S)
        ready = self._epoll.poll(0)
        while not ready and now_ns() < until_ns:
            ready = self._epoll.poll(0)
        return ready

    def fetch(self, ready: list[int]) -> None:
        """Call what was told to `watch`, unless it was forgotten meanwhile."""
        for number in ready:
            readable = self._readable.get(number)
            if readable is not None:
                readable()

    def close(self) -> None:
        """End it."""
        self._wakefulness.release()
        self._epoll.close()
