from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.impairment import Packet, Target
from harness.network.impairments import DropList
from harness.network.lane import NOW
from tests.network.impairments.lanes import lane_with


@given(st.sets(st.integers(0, 200)), st.integers())
def test_exactly_these_packets_are_dropped_for_any_seed(indices: set[int], seed: int) -> None:
    lane = lane_with(DropList(indices=tuple(indices)), seed=seed)
    fates = [lane.arrive(Packet(100), None, n) for n in range(201)]
    assert {n for n, fate in enumerate(fates) if fate.cause} == indices


def test_only_packets_of_the_target_are_counted() -> None:
    lane = lane_with(DropList(indices=(1,), target=Target(medium="video")))
    media = ["audio", "video", "rtcp", "video", "video"]
    fates = [lane.arrive(Packet(100, medium), None, 0) for medium in media]  # type: ignore[arg-type]
    assert [fate is NOW for fate in fates] == [True, True, True, False, True]


def test_an_rtp_sequence_number_is_dropped_each_time_it_comes() -> None:
    lane = lane_with(DropList(sequences=(7,)))
    sequences = [6, 7, 8, 7, None]
    fates = [lane.arrive(Packet(100, sequence=sequence), None, 0) for sequence in sequences]
    assert [fate is NOW for fate in fates] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("key", "number"), [("indices", -1), ("sequences", -1), ("sequences", 65536)]
)
def test_numbers_that_no_packet_has_are_refused(key: str, number: int) -> None:
    with pytest.raises(msgspec.ValidationError, match=key):
        msgspec.convert({"impairment": "drop_list", key: [number]}, DropList)


def test_all_sequence_numbers_of_rtp_can_be_dropped() -> None:
    read = msgspec.convert({"impairment": "drop_list", "sequences": [0, 65535]}, DropList)
    assert read.sequences == (0, 65535)
