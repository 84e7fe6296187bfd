from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_event import SdkEvent
from harness.verifiers.presence import time_away


def told(at_ms: int, name: str, *, by: str = "alice", of: str = "agent") -> SdkEvent:
    name = f"participant_{name}"
    return SdkEvent(at_ns=at_ms * NS_PER_MS, participant=by, name=name, subject=of)


def away(*events: SdkEvent) -> Measurement:
    return time_away(
        events, observer="alice", subject="agent",
        since_ns=1_000 * NS_PER_MS, until_ns=9_000 * NS_PER_MS,
    )  # fmt: skip


def test_who_never_leaves_is_never_away() -> None:
    measured = away(told(500, "connected"), told(2_000, "disconnected", of="bob"))
    assert (measured.value, measured.error, measured.rests_on) == (0, 0, 0)
    assert measured.evidence == ("alice/events.ndjson",)


def test_the_longest_absence_counts() -> None:
    measured = away(
        told(7_000, "connected"), told(2_000, "disconnected"), told(2_500, "connected"),
        told(4_000, "disconnected"), told(5_000, "disconnected", by="bob"),
    )  # fmt: skip
    assert (measured.value, measured.error, measured.at_least) == (3_000, 1, False)
    assert measured.notes == ("away 2 times",)


def test_who_has_not_come_back_was_away_at_least_until_the_end() -> None:
    measured = away(told(4_000, "disconnected"), told(9_500, "connected"))
    assert (measured.value, measured.at_least) == (5_000, True)


@pytest.mark.parametrize("at_ms", [500, 9_000])
def test_what_lies_outside_does_not_count(at_ms: int) -> None:
    assert away(told(at_ms, "disconnected")).value == 0


def test_an_observer_who_was_told_nothing_is_no_evidence() -> None:
    assert "alice was told nothing" in str(away(told(2_000, "disconnected", by="bob")).missing)
