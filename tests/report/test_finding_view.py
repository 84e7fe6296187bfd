from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.run_event import RunEvent, RunStarted
from harness.report.finding_view import (
    LETTERS,
    FindingView,
    evidence_files,
    finding_views,
    letter_of,
)
from harness.report.model import read_report


@pytest.fixture
def views(run: Path) -> list[FindingView]:
    return finding_views(read_report(run))


def of(views: list[FindingView], clause: str) -> FindingView:
    return next(view for view in views if view.finding.clause == clause)


def test_each_finding_has_a_letter_and_only_some_are_urgent(views: list[FindingView]) -> None:
    told = {view.finding.clause: (view.letter, view.urgent) for view in views}
    assert told == {
        "MUTE-001": ("P", False),
        "MUTE-002": ("F", True),
        "MUTE-003": ("K", False),
        "MUTE-004": ("I", True),
        "MUTE-005": ("E", True),
        "MUTE-006": ("U", False),
        "MUTE-007": ("X", True),
    }


def test_every_verdict_has_a_letter(views: list[FindingView]) -> None:
    found = of(views, "MUTE-001").finding
    for verdict in Verdict:
        for deviation in (None, "known"):
            assert letter_of(replace(found, verdict=verdict, deviation=deviation)) in LETTERS


def test_a_view_has_all_that_repeats_and_explains_a_finding(views: list[FindingView]) -> None:
    view = of(views, "MUTE-001")
    assert (view.measured, view.interval, view.expected) == (
        "41.25 ms",
        "31.25 to 51.25 ms",
        "≤ 300 ms",
    )
    assert view.floor == "floor of this machine: 0.4 ms"
    assert view.who == "alice, bob python 1.2.0"
    assert [(one.attempt.number, one.began_s, one.took_s) for one in view.attempts] == [
        (1, 10.0, 4.0),
        (2, 20.0, 4.0),
    ]
    assert "--lk-seed=81" in view.command
    assert view.clause is not None


def test_a_known_failure_has_its_deviation(views: list[FindingView]) -> None:
    deviation = of(views, "MUTE-003").deviation
    assert deviation is not None
    assert deviation.id == "no-publication-mute"


def test_when_an_attempt_began_needs_the_start_of_the_run(
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
) -> None:
    folder = run_of(lambda event: not isinstance(event, RunStarted))
    for view in finding_views(read_report(folder)):
        assert view.clause is None
        assert {one.began_s for one in view.attempts} == {None}


def test_the_files_of_a_ledger_are_one() -> None:
    files = evidence_files(
        (
            "attempts/mute/1/bob/tone.wav",
            *(f"attempts/mute/1/{name}" for name in ("arrivals.bin", "departures.bin")),
            "attempts/mute/1/bindings.ndjson",
            "elsewhere.wav",
        )
    )
    assert [(one.shown, one.file) for one in files] == [
        ("bob/tone.wav", "attempts/mute/1/bob/tone.wav"),
        ("packets", "attempts/mute/1"),
        ("elsewhere.wav", "elsewhere.wav"),
    ]
