"""Links: how fast packets leave a queue."""

from __future__ import annotations

from typing import Protocol

_NS_PER_S = 1_000_000_000


class Link(Protocol):
    """Sends one packet at a time."""

    def ready_ns(self, now_ns: int) -> int:
        """When it can begin to send a packet that waits, given that it is free at `now_ns`."""

    def finish_ns(self, begin_ns: int, size: int) -> int:
        """When the last of `size` bytes is sent.

        Args:
            begin_ns: What `ready_ns` said last.
            size: Bytes of the datagram.
        """


class ConstantRate:
    """A link of one rate.

    Args:
        rate_bps: Bits of datagrams a second.
    """

    __slots__ = ("_rate_bps",)

    def __init__(self, *, rate_bps: int) -> None:
        self._rate_bps = rate_bps

    def ready_ns(self, now_ns: int) -> int:
        """At once."""
        return now_ns

    def finish_ns(self, begin_ns: int, size: int) -> int:
        """Rounded up to whole nanoseconds, so that the rate is never exceeded."""
        return begin_ns - (-size * 8 * _NS_PER_S // self._rate_bps)
