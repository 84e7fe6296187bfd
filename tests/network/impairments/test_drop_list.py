from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.engine import Engine
from harness.network.impairment import Packet, Target
from harness.network.impairments import DropList


@given(st.sets(st.integers(0, 200)), st.integers())
def test_exactly_these_packets_are_dropped_for_any_seed(indices: set[int], seed: int) -> None:
    engine = Engine(seed=seed)
    engine.set_impairments([DropList(indices=tuple(indices))])
    lane = engine.lane("alice", "up")
    assert lane is not None
    fates = [lane.decide(Packet(100), n) for n in range(201)]
    assert {n for n, fate in enumerate(fates) if not fate.delays_ns} == indices


def test_only_packets_of_the_target_are_counted() -> None:
    engine = Engine(seed=1)
    engine.set_impairments([DropList(indices=(1,), target=Target(medium="video"))])
    lane = engine.lane("alice", "up")
    assert lane is not None
    media = ["audio", "video", "rtcp", "video", "video"]
    fates = [lane.decide(Packet(100, medium), 0) for medium in media]  # type: ignore[arg-type]
    assert [bool(fate.delays_ns) for fate in fates] == [True, True, True, False, True]


def test_negative_numbers_are_refused() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"indices"):
        msgspec.json.decode(b'{"impairment":"drop_list","indices":[-1]}', type=DropList)
