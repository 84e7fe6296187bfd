from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from harness.evidence.ledger_table import PACKET_DTYPE
from harness.evidence.measurement import Measurement
from harness.verifiers.concealment import _ssrc, concealed_samples, concealed_share, lost_packets

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]
TIMES = np.arange(0, 6, 0.02)
LOST, CLEAN = 1, 2
DROPPED = (110, 120, 130, 140, 150)


def snapshot(
    at_ns: int, *, lost: int, clean: int = 0, packets_lost: int = 0
) -> list[dict[str, Any]]:
    """Flat statistics: concealed samples of both streams."""
    streams = ((LOST, lost, packets_lost), (CLEAN, clean, 0))
    return [{"type": "transport", "at_ns": at_ns}] + [
        {
            "type": "inbound_rtp", "at_ns": at_ns, "ssrc": ssrc, "concealed_samples": concealed,
            "packets_lost": gone, "packets_received": 100 + at_ns // 10**9,
        }
        for ssrc, concealed, gone in streams
    ]  # fmt: skip


def dropping(wire: Wire, *dropped: int, spare: tuple[int, ...] = ()) -> None:
    wire.add(TIMES, ssrc=LOST, dropped=dropped)
    wire.add(TIMES, ssrc=CLEAN, track="TR_clean", dropped=spare)
    for _, _, _, packets in wire._rows:
        packets["rtp_timestamp"] = 2**32 - 50_000 + np.arange(len(packets)) * 960


def share(
    wire: Wire, before: list[dict[str, Any]], after: list[dict[str, Any]], who: str = "bob"
) -> Measurement:
    return concealed_share(
        before, after, wire, participant=who, track="TR_tone", undisturbed="TR_clean"
    )


def test_what_was_lost_and_made_up(wire: Wire, clock: Clock) -> None:
    dropping(wire, *DROPPED)
    measured = share(
        wire, snapshot(clock(2), lost=500), snapshot(clock(5), lost=500 + 4 * 960, clean=960)
    )
    assert (measured.value, measured.rests_on) == (0.8, 5)
    assert measured.notes == ("3840 samples made up for 5 packets of 960 samples",)


def test_what_was_lost_and_given_back(wire: Wire, clock: Clock) -> None:
    dropping(wire, *DROPPED)
    assert share(wire, snapshot(clock(2), lost=7), snapshot(clock(5), lost=7)).value == 0


def test_a_receiver_that_made_up_for_something_else_tells_nothing(wire: Wire, clock: Clock) -> None:
    dropping(wire, *DROPPED)
    measured = share(wire, snapshot(clock(2), lost=0), snapshot(clock(5), lost=9, clean=961))
    assert measured.missing == "961 samples were made up where nothing was lost"


def test_nothing_lost_or_both_lost_is_missing(wire: Wire, clock: Clock) -> None:
    before, after = snapshot(clock(2), lost=0), snapshot(clock(5), lost=0)
    dropping(wire, 10, spare=(120,))
    assert share(wire, before, after).missing == (
        "0 packets of TR_tone were dropped, 1 of TR_clean"
    )


def test_missing_evidence(wire: Wire, clock: Clock) -> None:
    dropping(wire, *DROPPED)
    before, after = snapshot(clock(2), lost=0), snapshot(clock(5), lost=0)
    assert share(wire, [], after).missing == "the statistics are empty"
    assert share(wire, before, after, "carol").missing == "no flow of 'carol'"
    assert "packets of TR_clean came" in str(
        share(wire, before, snapshot(clock(2), lost=0)).missing
    )
    for entries in (before, after):
        removed = entries.pop(1)
        assert share(wire, before, after).missing == (
            "the statistics have no concealed_samples of SSRC 1"
        )
        entries.insert(1, removed)


def test_packets_that_a_receiver_misses(wire: Wire, clock: Clock) -> None:
    dropping(wire)
    before = snapshot(clock(2), lost=0, packets_lost=3)
    measured = lost_packets(
        before, snapshot(clock(5), lost=0, packets_lost=11), wire,
        participant="bob", track="TR_tone",
    )  # fmt: skip
    assert (measured.value, measured.rests_on, measured.notes) == (8, 11, ("3 received",))
    gone = lost_packets(before, [], wire, participant="bob", track="TR_tone")
    assert gone.missing == "the statistics are empty"


def test_samples_made_up_for_whatever_reason(wire: Wire, clock: Clock) -> None:
    dropping(wire, 110)

    def made_up(lost: int, track: str = "TR_tone", who: str = "bob") -> Measurement:
        before, after = snapshot(clock(2), lost=500), snapshot(clock(5), lost=500 + lost)
        return concealed_samples(before, after, wire, participant=who, track=track)

    measured = made_up(961)
    assert (measured.value, measured.unit, measured.rests_on) == (961, "samples", 150 * 960)
    assert measured.notes == ("150 packets came, 1 were dropped",)
    assert made_up(0).value == 0
    assert made_up(0, track="TR_absent").missing
    assert made_up(0, who="carol").missing == "no flow of 'carol'"


def test_statistics_are_asked_for_the_stream_that_came_last() -> None:
    packets = np.zeros(3, dtype=PACKET_DTYPE)
    packets["ssrc"] = [1, 1, 2]
    assert _ssrc(packets) == 2
