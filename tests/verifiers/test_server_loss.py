from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from harness.verifiers.server_loss import server_loss_against_ledger

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]
TIMES = np.arange(0, 6, 0.02)
DROPPED = (20, 105, 110, 111, 180)


def reported(at_ns: int, *streams: tuple[int, int], **over: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    """A publisher's statistics: SSRC, lost."""
    return [
        {"side": "publisher", "type": "transport", "at_ns": at_ns},
        *(
            {
                "side": "publisher", "type": "remote_inbound_rtp", "at_ns": at_ns, "kind": "audio",
                "ssrc": ssrc, "packets_lost": lost, "round_trip_time_measurements": 3, **over,
            }
            for ssrc, lost in streams
        ),
    ]  # fmt: skip


@pytest.mark.parametrize(("lost", "apart"), [(5, 0), (4, 1), (9, 4)])
def test_what_the_server_reports_is_compared_with_what_was_dropped(
    wire: Wire, clock: Clock, lost: int, apart: int
) -> None:
    wire.add(TIMES, direction="up", dropped=DROPPED)
    measured = server_loss_against_ledger(reported(clock(6), (1, lost)), wire, participant="bob")

    assert (measured.value, measured.unit, measured.rests_on) == (apart, "packets", 5)
    assert measured.notes == (f"worst: SSRC 1, server {lost} lost, gateway 5 dropped",)


def test_the_worst_sound_counts_and_pictures_do_not(wire: Wire, clock: Clock) -> None:
    wire.add(TIMES, direction="up", dropped=DROPPED)
    wire.add(TIMES, direction="up", ssrc=2)
    statistics = [
        *reported(clock(6), (1, 5), (2, 3)),
        *reported(clock(6), (3, 99), kind="video")[1:],
    ]

    measured = server_loss_against_ledger(statistics, wire, participant="bob")

    assert measured.value == 3
    assert "SSRC 2" in measured.notes[0]


def test_what_is_not_there_is_missing(wire: Wire, clock: Clock) -> None:
    wire.add(TIMES, direction="up", dropped=DROPPED)
    wire.add(TIMES, direction="up", ssrc=2)

    def missing(statistics: list[dict[str, Any]], who: str = "bob") -> str:
        return str(server_loss_against_ledger(statistics, wire, participant=who).missing)

    assert "no report of the server" in missing([])
    unread = reported(clock(6), (1, 0), round_trip_time_measurements=0)
    assert "no report of the server" in missing(unread)
    assert "nothing to compare" in missing(reported(clock(6), (2, 0)))
    assert "after the server's last report" in missing(reported(clock(5), (1, 5)))
    assert "saw no packet of SSRC 7" in missing(reported(clock(6), (7, 0)))
    assert "no flow of 'carol'" in missing(reported(clock(6), (1, 5)), who="carol")
    bare = reported(clock(6), (1, 5))
    del bare[1]["packets_lost"]
    assert "has no packets_lost" in missing(bare)
