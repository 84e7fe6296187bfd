from __future__ import annotations

from collections.abc import Callable

import pytest

from harness.evidence.ledger_fates import PacketFate
from harness.verifiers.answer import NoEvidenceError
from tests.verifiers.track_ledger import TrackLedger

Clock = Callable[[float], int]


def test_a_request_for_a_key_frame_is_known_by_its_length(clock: Clock) -> None:
    ledger = TrackLedger(clock)
    for time_s, size in ((1, 26), (1.1, 34), (1.2, 46), (1.3, 32), (2, 26)):
        ledger.feedback(time_s, size=size)

    assert ledger.way.requests_ns(clock(1), clock(2)).tolist() == [clock(1), clock(1.3)]


def test_packets_leave_in_their_order_and_only_those_that_were_passed_on(clock: Clock) -> None:
    ledger = TrackLedger(clock)
    ledger.picture([1.0], timestamp=1, delay_ms=300)
    ledger.picture([1.1], timestamp=2)
    ledger.picture([1.15], timestamp=3, fate=PacketFate.DROPPED)
    ledger.picture([1.2], timestamp=4, padding=True)

    assert ledger.way.arrived(clock(0), clock(2))["rtp_timestamp"].tolist() == [1, 2, 3]
    assert ledger.way.left(clock(1.05), clock(2))["rtp_timestamp"].tolist() == [2, 1]
    assert not len(ledger.way.left(clock(1.31), clock(2)))


def test_who_is_not_in_the_ledger_is_no_evidence(clock: Clock) -> None:
    way = TrackLedger(clock).way

    with pytest.raises(NoEvidenceError, match="bob"):
        way.arrived(0, clock(9))
    with pytest.raises(NoEvidenceError, match="alice"):
        way.requests_ns(0, clock(9))
