from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.measurement import Seen, Series
from harness.evidence.run_event import RunEvent, RunStarted
from harness.report.finding_view import (
    LETTERS,
    PCAP,
    FindingView,
    evidence_files,
    finding_views,
    letter_of,
)
from harness.report.model import read_report
from tests.report.conftest import gated


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


def test_what_the_gate_of_the_run_leaves_out_says_so(run: Path) -> None:
    views = finding_views(read_report(gated(run, "MUTE-004,MUTE-007")))
    told = {
        view.finding.clause: (view.words, view.failure, view.spared)
        for view in views
        if view.urgent
    }
    assert told == {
        "MUTE-002": ("FAIL, does not gate", False, True),
        "MUTE-004": ("INCONCLUSIVE", False, False),
        "MUTE-005": ("ERROR, does not gate", False, True),
        "MUTE-007": ("unexpected PASS", True, False),
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


def test_what_disturbed_an_attempt_is_told_one_by_one(views: list[FindingView]) -> None:
    first, second = of(views, "MUTE-001").attempts
    assert (first.disturbed, second.disturbed) == (("alice: late",), ())
    several = replace(first, attempt=replace(first.attempt, disturbance="alice: late; bob: late"))
    assert several.disturbed == ("alice: late", "bob: late")


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


def test_logs_are_those_of_the_last_attempt_of_what_did_not_pass(run: Path) -> None:
    for attempt in read_report(run).attempts:
        for name in ("gateway.log", "bob/worker.log", "alice/worker.log"):
            file = run / attempt.folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text("" if "alice" in name else "late\n")
    views = finding_views(read_report(run))

    assert [(one.shown, one.file) for one in of(views, "MUTE-002").logs] == [
        ("bob/worker.log", "attempts/test_silence[48000]/2/bob/worker.log"),
        ("gateway.log", "attempts/test_silence[48000]/2/gateway.log"),
    ]
    assert of(views, "MUTE-001").logs == ()


def test_logs_outside_of_the_run_are_not_looked_for(run: Path) -> None:
    report = read_report(run)
    away = tuple(replace(one, folder="../x") for one in report.attempts)
    (run.parent / "x").mkdir()
    (run.parent / "x" / "gateway.log").write_text("late\n")
    views = finding_views(replace(report, attempts=away))
    assert {view.logs for view in views} == {()}


def test_packets_of_several_attempts_say_whose_they_are(run: Path) -> None:
    for folder in ("test_silence[48000]/1", "test_silence[48000]/2", "test_dark/1"):
        (run / "attempts" / folder).mkdir(parents=True)
        (run / "attempts" / folder / PCAP).write_bytes(b"")
    views = finding_views(read_report(run))

    def packets(clause: str) -> list[str]:
        return [one.shown for one in of(views, clause).evidence if PCAP in one.shown]

    assert packets("MUTE-002") == [f"{PCAP} of attempt 1", f"{PCAP} of attempt 2"]
    assert packets("MUTE-007") == [PCAP]


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


def test_when_a_time_began_is_told_on_the_axis_of_the_pictures(run: Path) -> None:
    report = read_report(run)
    first = report.findings[0]
    file = f"{report.attempts_of(first)[1].folder}/bob/tone.wav"
    seen = Seen(series=Series.LEVEL, file=file, since_ns=21_250_000_000)

    def told(seen: Seen | None) -> str:
        return finding_views(replace(report, findings=(replace(first, seen=seen),)))[0].timed_from

    assert told(seen) == "1.25 s on the axis of the pictures, which begins with the attempt"
    assert told(replace(seen, since_ns=None)) == told(replace(seen, file="x")) == told(None) == ""


def test_what_time_was_judged_is_told_on_the_axis_of_the_pictures(run: Path) -> None:
    report = read_report(run)
    first = report.findings[0]

    def told(window: tuple[int, int] | None) -> str:
        return finding_views(replace(report, findings=(replace(first, window=window),)))[0].judged

    assert told((21_250_000_000, 23_500_000_000)) == "1.25 to 3.50 s on the axis of the pictures"
    assert told((1, 2)) == told(None) == ""


def test_whether_load_explains_is_told_of_failures_only(views: list[FindingView]) -> None:
    assert of(views, "MUTE-002").load == "does not explain it: attempt 2 failed undisturbed"
    assert of(views, "MUTE-001").load == ""
