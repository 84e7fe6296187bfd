from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.verifiers.sdk_loss import sdk_loss_against_ledger

if TYPE_CHECKING:
    from tests.verifiers.conftest import Wire

Clock = Callable[[float], int]
TIMES = np.arange(0, 6, 0.02)
DROPPED = (20, 105, 110, 111, 180, 240)


def snapshot(at_ns: int, *streams: tuple[int, int, int]) -> list[dict[str, Any]]:
    """Flat statistics: SSRC, received, lost."""
    other: dict[str, Any] = {"side": "publisher", "kind": "transport", "at_ns": at_ns}
    return [other] + [
        {
            "side": "publisher", "type": "inbound_rtp", "at_ns": at_ns,
            "ssrc": ssrc, "packets_received": received + 7, "packets_lost": lost,
            "retransmitted_packets_received": 7,
        }
        for ssrc, received, lost in streams
    ]  # fmt: skip


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(before_late=st.integers(-2, 2), after_late=st.integers(-2, 2))
def test_counters_read_a_little_early_or_late_agree(
    wire: Wire, clock: Clock, before_late: int, after_late: int
) -> None:
    wire = type(wire)()
    wire.add(TIMES, dropped=DROPPED)
    first, last = 100 + before_late, 250 + after_late
    lost = [sum(place < cut for place in DROPPED) for cut in (first, last)]
    measured = sdk_loss_against_ledger(
        snapshot(clock(2), (1, first - lost[0], lost[0])),
        snapshot(clock(5), (1, last - lost[1], lost[1])),
        wire,
        participant="bob",
    )
    assert measured.value == 0
    assert measured.error == 0


@pytest.mark.parametrize(("received", "lost", "apart"), [(244, 5, 1), (244, 10, 4), (200, 6, 39)])
def test_counters_that_differ_do_not_agree(
    wire: Wire, clock: Clock, received: int, lost: int, apart: int
) -> None:
    wire.add(TIMES, dropped=DROPPED)
    measured = sdk_loss_against_ledger(
        snapshot(clock(2), (1, 99, 1)),
        snapshot(clock(5), (1, received, lost)),
        wire,
        participant="bob",
    )
    assert measured.value == apart
    assert "worst: SSRC 1" in measured.notes[0]
    assert "10 packets passed around the snapshots" in measured.notes[0]


def test_the_worst_stream_counts_and_an_unseen_one_is_noted(wire: Wire, clock: Clock) -> None:
    wire.add(TIMES, dropped=DROPPED)
    wire.add(TIMES, ssrc=2)
    measured = sdk_loss_against_ledger(
        snapshot(clock(2), (1, 99, 1), (2, 100, 0)),
        snapshot(clock(5), (1, 244, 6), (2, 230, 9), (3, 5, 0)),
        wire,
        participant="bob",
    )
    assert measured.value is not None
    assert measured.value >= 9
    assert "SSRC 2" in measured.notes[0]
    assert measured.notes[1] == "not compared: SSRC 3, which the gateway did not see"


def test_stream_that_began_in_between_counts_from_its_first_packet(
    wire: Wire, clock: Clock
) -> None:
    wire.add(TIMES[150:], dropped=[3])
    measured = sdk_loss_against_ledger(
        snapshot(clock(2)), snapshot(clock(5), (1, 99, 1)), wire, participant="bob"
    )
    assert measured.value == 0


def test_what_is_not_there_is_missing(wire: Wire, clock: Clock) -> None:
    wire.add(TIMES)
    before, after = snapshot(clock(2), (1, 100, 0)), snapshot(clock(5), (1, 250, 0))

    def missing(first: list[dict[str, Any]], second: list[dict[str, Any]], who: str = "bob") -> str:
        return str(sdk_loss_against_ledger(first, second, wire, participant=who).missing)

    assert "no received stream" in missing(before, [])
    assert "no received stream" in missing([], after)
    assert "does not know SSRC 1" in missing(snapshot(clock(2)), after)
    assert "none of the SSRCs" in missing(before, snapshot(clock(5), (9, 1, 0)))
    assert "no flow of 'carol'" in missing(before, after, who="carol")
    del after[1]["packets_lost"]
    assert "have no packets_lost" in missing(before, after)
