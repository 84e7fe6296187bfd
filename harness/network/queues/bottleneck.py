"""What every impairment of the rate says of the queue before it."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from harness.network.impairment import Queueing
from harness.network.queues.bottleneck_queue import Discipline
from harness.network.queues.codel import Codel
from harness.network.queues.fifo import Fifo

DEFAULT_QUEUE_MS = 300
"""Of the bottleneck in the test cases of RFC 8867."""


class Bottleneck(Queueing, frozen=True, kw_only=True):
    """A queue before a link: its room is `queue_ms` of the link's (mean) rate, or `queue_bytes`.

    Who finds no room is dropped, whatever `aqm` says; the packet that is being sent takes none.
    """

    queue_ms: Annotated[float, Meta(ge=0, le=60_000)] | None = None
    queue_bytes: Annotated[int, Meta(ge=0, le=1 << 30)] | None = None
    aqm: Literal["tail_drop", "codel"] = "tail_drop"

    def __post_init__(self) -> None:
        """Raises: ValueError when the room is said twice."""
        if self.queue_ms is not None and self.queue_bytes is not None:
            raise ValueError("give `queue_ms` or `queue_bytes`, not both")

    def discipline(self, rate_bps: int) -> Discipline:
        """An empty one.

        Args:
            rate_bps: Of the link; its mean where it varies.
        """
        fifo = Fifo(room_bytes=self._room_bytes(rate_bps))
        return Codel(fifo) if self.aqm == "codel" else fifo

    def _room_bytes(self, rate_bps: int) -> int:
        if self.queue_bytes is not None:
            return self.queue_bytes
        queue_ms = DEFAULT_QUEUE_MS if self.queue_ms is None else self.queue_ms
        return int(rate_bps * queue_ms / 8_000)
