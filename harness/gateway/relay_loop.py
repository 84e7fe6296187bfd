"""What the relay waits for: its sockets and the next time at which something is due."""

from __future__ import annotations

import select
import socket
from collections.abc import Callable

from harness.evidence.clock import NS_PER_S, now_ns


class Loop:
    """One epoll. Everything that it watches must never block."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}

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
        wait_s = None if until_ns is None else max(until_ns - now_ns(), 0) / NS_PER_S
        return [number for number, _ in self._epoll.poll(wait_s)]

    def fetch(self, ready: list[int]) -> None:
        """Call what was told to `watch`, unless it was forgotten meanwhile."""
        for number in ready:
            readable = self._readable.get(number)
            if readable is not None:
                readable()

    def close(self) -> None:
        """End it."""
        self._epoll.close()
