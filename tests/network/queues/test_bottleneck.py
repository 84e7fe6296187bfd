from __future__ import annotations

import pytest

from harness.network.impairment import Packet, Waiting
from harness.network.queues.bottleneck import Bottleneck


def fits(bottleneck: Bottleneck, rate_bps: int) -> int:
    """How many bytes wait, packets having one."""
    discipline, count = bottleneck.discipline(rate_bps), 0
    while discipline.put(Waiting(0, Packet(1), None), 0):
        count += 1
    return count


def test_room_is_bytes_or_ms_of_the_rate() -> None:
    assert fits(Bottleneck(queue_bytes=30), 10**6) == 30
    assert fits(Bottleneck(queue_ms=30), 80_000) == 300
    assert fits(Bottleneck(), 8_000) == 300
    assert fits(Bottleneck(queue_ms=0), 8_000) == 1


def test_room_is_said_once() -> None:
    with pytest.raises(ValueError, match="`queue_ms` or `queue_bytes`, not both"):
        Bottleneck(queue_ms=1, queue_bytes=1)
