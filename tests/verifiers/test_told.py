from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.told import (
    Apart,
    apart,
    entries_told,
    moments_ns,
    one_stream,
    received,
    snapshot_ns,
    worst_apart,
)
from tests.verifiers.conftest import at

ASKED: Mapping[str, Any] = {
    "participant": "bob", "kind": "inbound_rtp", "medium": "audio", "members": ("jitter",),
    "since_ns": at(1), "until_ns": at(3),
}  # fmt: skip


def sample(second: float, who: str = "bob", **members: object) -> StatisticsSample:
    entry = {"type": "inbound_rtp", "kind": "audio", "ssrc": 1, "jitter": second, **members}
    entries = [{"at_ns": at(second), **entry}, {"type": "transport", "at_ns": at(second)}]
    return StatisticsSample(at_ns=at(second), participant=who, entries=entries)


@pytest.mark.parametrize(("told", "difference"), [(1, 4), (5, 0), (7, 0), (9, 0), (12, 3)])
def test_how_far_from_the_truth_something_is(told: float, difference: float) -> None:
    assert Apart(at_ns=0, told=told, low=5, high=9).difference == difference


def test_entries_of_one_participant_type_medium_and_time() -> None:
    samples = [
        *(sample(0.5), sample(1), sample(2), sample(3)),
        *(sample(2.5, "alice"), sample(2.5, kind="video")),
    ]  # fmt: skip
    assert [entry["jitter"] for entry in entries_told(samples, **ASKED)] == [1, 2]


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        ([], "have no inbound_rtp of audio"),
        ([sample(0.5), sample(3)], "have no inbound_rtp of audio"),
        ([sample(2, "alice")], "have no inbound_rtp of audio"),
        (
            [StatisticsSample(at_ns=0, participant="bob", entries=[
                {"type": "inbound_rtp", "kind": "audio", "at_ns": at(2)}
            ])],
            "inbound_rtp without jitter",
        ),
    ],
)  # fmt: skip
def test_what_is_not_told_is_no_evidence(samples: list[StatisticsSample], why: str) -> None:
    with pytest.raises(NoEvidenceError, match=why):
        entries_told(samples, **ASKED)


def test_one_stream_is_compared() -> None:
    assert one_stream([{"ssrc": 7}, {"ssrc": 7}]) == 7
    with pytest.raises(NoEvidenceError, match="of 2 streams"):
        one_stream([{"ssrc": 7}, {"ssrc": 8}])


def test_an_entry_is_of_a_moment_around_its_time() -> None:
    entry = {"at_ns": at(2)}
    assert moments_ns(entry) == (at(1.95), at(2.05))
    assert moments_ns(entry, (-2000, 0)) == (at(0), at(2))


def test_the_truth_lies_between_all_that_was_true_at_that_moment() -> None:
    point = apart({"at_ns": at(2)}, 5.0, np.array([3.0, 1.0, 4.0]))
    assert point == Apart(at_ns=at(2), told=5, low=1, high=4)
    assert point.difference == 1


def test_the_worst_difference_is_from_the_nearer_end_of_the_truth() -> None:
    points = [
        Apart(at_ns=at(1), told=5, low=4, high=6),
        Apart(at_ns=at(2), told=9, low=4, high=6),
        Apart(at_ns=at(3), told=2, low=4, high=6),
    ]
    measured = worst_apart(points, "ms", error=0.5, evidence=("x",))
    assert (measured.value, measured.error, measured.rests_on) == (3, 0.5, 3)
    assert "told 9.00, truth 4.00 to 6.00 ms" in measured.notes[0]
    assert worst_apart(points[:1], "ms", error=0, evidence=()).value == 0


def test_a_snapshot_tells_of_the_streams_that_are_received() -> None:
    entries = [
        {"type": "outbound_rtp", "at_ns": at(2), "ssrc": 7, "packets_lost": 9},
        {"type": "inbound_rtp", "at_ns": at(1), "ssrc": 7, "packets_lost": 3},
    ]
    assert snapshot_ns(entries) == at(1)
    assert received(entries, 7, "packets_lost") == 3.0
    with pytest.raises(NoEvidenceError, match="are empty"):
        snapshot_ns([])
    for ssrc, member in ((8, "packets_lost"), (7, "jitter")):
        with pytest.raises(NoEvidenceError, match=f"no {member} of SSRC {ssrc}"):
            received(entries, ssrc, member)
