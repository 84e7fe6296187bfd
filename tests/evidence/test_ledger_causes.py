from __future__ import annotations

from typing import Any

import pytest

from harness.evidence.ledger_causes import reason_of
from harness.evidence.ledger_fates import NO_RECORD
from harness.evidence.ledger_records import ALTERED, COPY, Cause

IMPAIRMENTS: dict[int, dict[str, Any]] = {
    16: {
        "impairment": "loss",
        "ratio": 0.05,
        "target": {"participant": "bob", "direction": "down", "medium": "video"},
    },
    17: {"impairment": "rate_trace", "opportunities_ms": [1, 2], "period_ms": 10},
    18: {"impairment": "duplicate", "ratio": 1},
    19: {"impairment": "blackhole"},
}


@pytest.mark.parametrize(
    ("cause", "reason"),
    [
        (16, "dropped by loss (ratio 0.05, direction down, medium video)"),
        (17, "dropped by rate_trace (period_ms 10)"),
        (COPY | 18, "copied by duplicate (ratio 1)"),
        (ALTERED | 18, "altered by duplicate (ratio 1)"),
        (ALTERED | COPY | 18, "altered by duplicate (ratio 1)"),
        (19, "dropped by blackhole"),
        (99, "dropped by impairment 99"),
        (9, "not passed on, cause 9"),
        (Cause.FORWARDED, "passed on"),
        (Cause.SOCKET_FULL, "the socket was full"),
        (NO_RECORD, "on its way when the record ended"),
    ],
)
def test_reasons(cause: int, reason: str) -> None:
    assert reason_of(cause, IMPAIRMENTS) == reason


def test_every_cause_has_its_own_words() -> None:
    causes = [cause for cause in Cause if cause < Cause.FIRST_IMPAIRMENT]
    assert len({reason_of(cause, {}) for cause in causes}) == len(causes)
    assert not any("cause" in reason_of(cause, {}) for cause in causes)
