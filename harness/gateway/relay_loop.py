"""What the relay waits for: its sockets and the next time at which something is due."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from harness.evidence.clock import NS_PER_S, now_ns
from harness.gateway.relay_wakeups import CALM_S, Wakefulness

_LEAD_NS = 60_000
"""A timer wakes late by about this; so it is set for so much earlier, and the rest is polled."""


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
        """Wait until something has come, at most until that time; None is for ever.

        Returns:
            What has come, for `fetch`.
        """
        if until_ns is None:
            ready = self._epoll.poll(CALM_S if self._wakefulness.held else None)
        else:
            ready = self._poll_until(until_ns)
        self._wakefulness.woke(now_ns())
        return [number for number, _ in ready]

    def _poll_until(self, until_ns: int) -> list[tuple[int, int]]:
        sleep_ns = until_ns - _LEAD_NS - now_ns()
        if sleep_ns > 0:  # epoll itself would round up to whole milliseconds
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
