from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.verifiers.wire_rate import bytes_ratio, longest_packet_gap, packet_rate, track_rate

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]
SPEECH = np.arange(0, 6, 0.02) + 0.001


def rate(wire: Wire, clock: Clock, *, who: str = "bob") -> Measurement:
    return packet_rate(
        wire, participant=who, direction="down", track="TR_tone",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip


def gap(wire: Wire, clock: Clock, *, since: float = 2) -> Measurement:
    return longest_packet_gap(
        wire, participant="bob", direction="down", track="TR_tone",
        since_ns=clock(since), until_ns=clock(4),
    )  # fmt: skip


def compared(wire: Wire, clock: Clock) -> Measurement:
    return bytes_ratio(
        wire, participant="bob", direction="down", track="TR_tone", against="TR_plain",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip


def test_packets_a_second(wire: Wire, clock: Clock) -> None:
    wire.add(SPEECH)
    wire.add(SPEECH, track="TR_other", ssrc=2)
    measured = rate(wire, clock)
    assert (measured.value, measured.error, measured.rests_on) == (50, 0.5, 100)


def test_a_track_that_fell_silent_has_the_rate_zero(wire: Wire, clock: Clock) -> None:
    wire.add([0.5, 1.0])
    measured = rate(wire, clock)
    assert (measured.value, measured.notes) == (0, ("0 packets",))


def test_a_track_that_never_sent_has_no_rate(wire: Wire, clock: Clock) -> None:
    wire.add(SPEECH, track="TR_other")
    assert rate(wire, clock).missing == "no packet of TR_tone was ever seen down bob"
    assert rate(wire, clock, who="carol").missing == "no flow of 'carol'"


def test_longest_gap_counts_from_the_packet_before(wire: Wire, clock: Clock) -> None:
    wire.add([1.9, 2.3, 2.7, 3.6, 3.9])
    measured = gap(wire, clock)
    assert (measured.value, measured.at_least) == (900, False)
    assert measured.notes == ("the longest began at 700 ms",)


def test_gap_that_has_not_ended_is_a_lower_bound(wire: Wire, clock: Clock) -> None:
    wire.add([1.5, 1.9, 4.5])
    measured = gap(wire, clock)
    assert (measured.value, measured.at_least) == (2100, True)


def test_gap_needs_a_packet_before(wire: Wire, clock: Clock) -> None:
    wire.add([2.5, 3.5])
    assert "no packet of TR_tone was seen before" in str(gap(wire, clock).missing)
    assert gap(wire, clock, since=3).value == 1000


def test_bytes_beside_those_of_another_track(wire: Wire, clock: Clock) -> None:
    wire.add(SPEECH, size=277)
    wire.add(SPEECH, track="TR_plain", ssrc=2, size=151)
    measured = compared(wire, clock)
    assert measured.value == 277 / 151
    assert measured.notes == ("110.8 and 60.4 kbit/s, RTP headers and SRTP tags included",)


def test_bytes_of_a_track_without_packets_are_missing(wire: Wire, clock: Clock) -> None:
    wire.add(SPEECH, size=277)
    assert compared(wire, clock).missing == "no packet of TR_plain in the time asked for"


def test_rate_of_a_track(wire: Wire, clock: Clock) -> None:
    times = np.arange(0, 6, 0.01)
    wire.add(times, track="TR_face", medium="video", size=125)
    wire.add(times, track="TR_face", medium="video", size=999, padding=True)
    wire.add(times, track="TR_other", medium="video", size=999)

    measured = track_rate(
        wire, participant="bob", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip

    assert measured.value == pytest.approx(100.0)
    assert (measured.unit, measured.rests_on) == ("kbps", 200)


def test_no_rate_of_what_was_not_seen(wire: Wire, clock: Clock) -> None:
    wire.add([1], track="TR_face", medium="video", size=999)

    gone = track_rate(
        wire, participant="bob", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip
    nobody = track_rate(
        wire, participant="carol", direction="down", track="TR_face",
        since_ns=clock(2), until_ns=clock(4),
    )  # fmt: skip

    assert "no packet of TR_face" in str(gone.missing)
    assert "no flow of 'carol'" in str(nobody.missing)
