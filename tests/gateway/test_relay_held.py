from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.gateway import relay_held
from harness.gateway.relay_flows import Stream
from harness.gateway.relay_held import Held, Parcel
from harness.gateway.relay_sides import Participant, Source, TrackNames
from harness.network.agenda import Agenda
from harness.network.impairment import Delivery
from harness.network.lane import Lane

STREAM = Stream(
    0,
    Participant("alice", [Lane(Agenda()), Lane(Agenda())], TrackNames()).side("up"),
    lambda data: len(data),
)


def parcel(n: int) -> Parcel:
    return Parcel(STREAM, n, Source(), b"")


@given(st.lists(st.integers(0, 5)))
def test_deliveries_leave_in_order_of_time_and_then_of_putting(times: list[int]) -> None:
    held = Held()
    for n, at_ns in enumerate(times):
        assert held.put(Delivery(at_ns), parcel(n))
    left = []
    while held.next_ns is not None:
        assert held.take(held.next_ns - 1) is None
        due = held.take(held.next_ns)
        assert due is not None
        left.append((due[0].at_ns, due[1].n))
    assert left == sorted((at_ns, n) for n, at_ns in enumerate(times))


def test_there_is_room_for_so_many_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_held, "MAX_HELD", 2)
    held = Held()
    assert [held.put(Delivery(1), parcel(n)) for n in range(3)] == [True, True, False]
    held.take(1)
    assert held.put(Delivery(1), parcel(3))


def test_how_late_the_latest_was_taken_is_kept() -> None:
    held = Held()
    assert held.late.total == 0
    for at_ns, taken_ns in ((10, 17), (20, 21)):
        held.put(Delivery(at_ns), parcel(0))
        held.take(taken_ns)
    assert (held.late.total, held.late.max_ns) == (2, 7)
