from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.verifiers.wire import packets_between, time_to_last_packet, wire_silence_ratio

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]


def counted(wire: Wire, clock: Clock, *, flow: bool = False, who: str = "bob") -> Measurement:
    return packets_between(
        wire, participant=who, direction="down", track="TR_tone",
        since_ns=clock(2), until_ns=clock(5), flow_ns=(clock(1), clock(2)) if flow else None,
    )  # fmt: skip


def ended(wire: Wire, clock: Clock) -> Measurement:
    return time_to_last_packet(
        wire, participant="bob", direction="down", track="TR_tone",
        since_ns=clock(2), until_ns=clock(5),
    )  # fmt: skip


def test_packets_of_the_track_are_counted(wire: Wire, clock: Clock) -> None:
    wire.add(np.arange(0, 6, 0.02) + 0.001)
    wire.add(np.arange(0, 6, 0.02), track="TR_other", ssrc=2)
    wire.add(np.arange(0, 6, 0.02), direction="up", ssrc=3)
    measured = counted(wire, clock, flow=True)
    assert (measured.value, measured.rests_on) == (150, 150)
    assert measured.notes == (
        "media of TR_tone down to bob: from 1 to 2981 ms into the time judged",
    )


def test_no_packet_on_a_path_that_was_alive(wire: Wire, clock: Clock) -> None:
    wire.add(np.arange(0, 2, 0.02))
    wire.add_control([2.5])
    assert counted(wire, clock, flow=True).value == 0


def test_other_media_show_that_the_path_was_alive(wire: Wire, clock: Clock) -> None:
    wire.add([3.0], track="TR_other", ssrc=2)
    assert counted(wire, clock).value == 0


def test_no_packet_on_a_dead_path_is_missing(wire: Wire, clock: Clock) -> None:
    wire.add(np.arange(0, 2, 0.02))
    wire.add_control([1.5, 5.5])
    assert "path was not alive" in str(counted(wire, clock, flow=True).missing)


def test_stop_without_flow_before_is_missing(wire: Wire, clock: Clock) -> None:
    wire.add_control([2.5])
    assert counted(wire, clock).value == 0
    assert "no packet in 1000 ms of flow" in str(counted(wire, clock, flow=True).missing)
    assert ended(wire, clock).missing is not None


def leaked(wire: Wire, clock: Clock, *sids: str) -> Measurement:
    return packets_between(
        wire, participant="bob", direction="down", since_ns=clock(2), until_ns=clock(5),
        sent_by=[("bob", sid) for sid in sids],
    )  # fmt: skip


def test_nothing_came_of_what_was_sent(wire: Wire, clock: Clock) -> None:
    wire.add([2.0, 4.9], direction="up", track="TR_tone")
    wire.add([3.0], direction="up", track="TR_picture")
    assert leaked(wire, clock, "TR_tone", "TR_picture").value == 0


def test_what_was_sent_and_came_is_counted(wire: Wire, clock: Clock) -> None:
    wire.add([2.0, 4.9], direction="up", track="TR_tone")
    wire.add([2.1, 5.0], direction="down", track="TR_tone")
    assert leaked(wire, clock, "TR_tone").value == 1


def test_nothing_came_where_nothing_was_sent_is_missing(wire: Wire, clock: Clock) -> None:
    wire.add([1.9, 5.0], direction="up", track="TR_tone")
    wire.add([3.0], direction="up", track="TR_picture")
    wire.add_control([2.5])
    assert leaked(wire, clock, "TR_picture").value == 0
    assert leaked(wire, clock, "TR_picture", "TR_tone").missing == (
        "no packet in 3000 ms of flow: media of TR_tone up from bob"
    )


def test_participant_that_the_ledger_does_not_know_is_missing(wire: Wire, clock: Clock) -> None:
    assert counted(wire, clock, who="carol").missing == "no flow of 'carol'"


def test_time_to_the_last_packet(wire: Wire, clock: Clock) -> None:
    wire.add([1.9, 2.01, 2.25, 3.0])
    wire.add_control([4.0])
    measured = ended(wire, clock)
    assert (measured.value, measured.error, measured.at_least) == (1000.0, 1.0, False)


def test_packets_that_stop_at_once_take_no_time(wire: Wire, clock: Clock) -> None:
    wire.add([1.9])
    wire.add_control([4.0])
    assert ended(wire, clock).value == 0


def test_packets_that_do_not_end_are_a_lower_bound(wire: Wire, clock: Clock) -> None:
    wire.add(np.arange(0, 6, 0.02))
    measured = ended(wire, clock)
    assert measured.at_least
    assert measured.value == pytest.approx(2980)


def silence(wire: Wire, clock: Clock) -> Measurement:
    return wire_silence_ratio(
        wire, participant="bob", track="TR_tone", since_ns=clock(2), until_ns=clock(5)
    )


def test_share_of_packets_that_say_silence(wire: Wire, clock: Clock) -> None:
    wire.add(np.linspace(0, 1.9, 50), direction="up", level=20)
    wire.add(np.linspace(2, 4, 9), direction="up", level=127)
    assert silence(wire, clock).value == 1.0
    wire.add([3.0], direction="up", level=13)
    loud = silence(wire, clock)
    assert (loud.value, loud.rests_on) == (0.9, 10)
    assert loud.notes == ("loudest audio level -13 dBov, -127 is silence",)


def test_packets_without_a_level_are_not_counted(wire: Wire, clock: Clock) -> None:
    wire.add([2.0, 2.1], direction="up", level=-1)
    assert "none of 2 packets says its level" in str(silence(wire, clock).missing)
    wire.add([3.0], direction="up", level=127)
    mixed = silence(wire, clock)
    assert (mixed.value, mixed.notes[1]) == (1.0, "not counted: 2 without a level")
