from __future__ import annotations

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_MS
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.rtp_clock import offset_between, picture_ticks, signed

FRAME_NS = 33 * NS_PER_MS
CAPTURED = np.arange(100, dtype=np.int64) * FRAME_NS + 5_000_000_123


def test_what_most_packets_agree_on_is_the_offset() -> None:
    ticks = picture_ticks(CAPTURED)
    late_ns = np.full(100, 2 * NS_PER_MS)
    late_ns[::4] = 40 * NS_PER_MS
    offset = offset_between(CAPTURED, ticks, CAPTURED + late_ns, (ticks + 2**32 - 50) % 2**32)
    assert offset == 2**32 - 50


def test_timestamps_of_whole_milliseconds_agree_within_one() -> None:
    ticks = picture_ticks(CAPTURED)
    rounded = ticks // 90 * 90 + 1000
    offset = offset_between(CAPTURED, ticks, CAPTURED + NS_PER_MS, rounded, resolution=90)
    assert offset == pytest.approx(1000 - 45, abs=46)


def agreeing(*parts: tuple[int, int]) -> int:
    """The offset where so many of 100 packets tell each, and the rest tell anything."""
    told = np.random.default_rng(5).integers(0, 2**32, 100)
    done = 0
    for count, offset in parts:
        told[done : done + count] = offset
        done += count
    ticks = picture_ticks(CAPTURED)
    return offset_between(CAPTURED, ticks, CAPTURED, (ticks + told) % 2**32, resolution=90)


def test_those_that_agree_may_lie_on_both_sides_of_a_step() -> None:
    assert agreeing((30, 90_080), (29, 90_150)) == 90_080
    assert agreeing((30, 90_080), (30, 90_150)) == 90_115
    assert agreeing((21, 90_080), (20, 90_150)) == 90_080


def test_fewer_than_four_in_ten_are_not_most() -> None:
    assert agreeing((40, 90_000)) == 90_000
    for few in (((39, 90_000),), ((25, 90_000),), ((20, 90_000), (19, 90_090)), ((21, 90_000),)):
        with pytest.raises(NoEvidenceError, match=f"{sum(n for n, _ in few)} of 100 packets"):
            agreeing(*few)


def test_a_packet_may_seem_to_come_before_its_frame() -> None:
    ticks = np.arange(100, dtype=np.int64) * 480
    early = CAPTURED - NS_PER_MS
    assert offset_between(CAPTURED, ticks, early, ticks + 7, early_ns=2 * NS_PER_MS) == 7


def test_timestamps_that_agree_on_nothing_tell_nothing() -> None:
    noise = np.random.default_rng(5).integers(0, 2**32, 100)
    with pytest.raises(NoEvidenceError, match="of 100 packets agree"):
        offset_between(CAPTURED, picture_ticks(CAPTURED), CAPTURED, noise)
    with pytest.raises(NoEvidenceError, match="0 of 100"):
        offset_between(CAPTURED, picture_ticks(CAPTURED), CAPTURED - 10**12, noise)


def test_differences_wrap() -> None:
    assert signed(np.array([5 - 2**32, 2**32 - 5, 7, -7])).tolist() == [5, -5, 7, -7]
