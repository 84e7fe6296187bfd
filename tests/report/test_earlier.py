from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.report.baseline import BASELINE, keep_baseline, read_baseline
from harness.report.earlier import EarlierView, earlier_views
from harness.report.html import html
from harness.report.model import Report, read_report
from tests.report.comparisons import FAILS, LATER, again, changed
from tests.report.proofs import write_proof

SERVER = (b'"server":"1.13.5"', b'"server":"1.14.0"')


def seen_earlier(report: Report) -> list[EarlierView]:
    return earlier_views(report, read_baseline(report.folder))


@pytest.fixture
def upgraded(run: Path, tmp_path: Path) -> Path:
    """A run of another server, that has the run as baseline."""
    folder = tmp_path / "upgraded"
    changed(folder, FAILS, LATER, SERVER)
    keep_baseline(folder, [run])
    return folder


def test_another_version_is_seen_with_its_verdicts_and_values(upgraded: Path) -> None:
    views = {view.finding.clause: view for view in seen_earlier(read_report(upgraded))}
    assert len(views) == 7
    one = views["MUTE-001"]
    assert (one.letter, one.words, one.measured, one.expected) == (
        "P",
        "PASS",
        "41.25 ms",
        "≤ 300 ms",
    )
    assert (one.anchor, one.spared) == ("", False)
    assert one.clause is not None


def test_it_stands_beside_what_this_run_found(upgraded: Path) -> None:
    page = html(read_report(upgraded))
    old, new = '<th scope="col" data-sort="verdict">1.13.5 · ', ">1.14.0 · "
    assert page.index(old) < page.index(new)
    assert '<a class="cell P earlier" title="PASS: 41.25 ms, expected ≤ 300 ms">' in page
    assert "what the baseline found" in page


def test_the_same_versions_are_told_as_changes_alone(run: Path) -> None:
    keep_baseline(run, [again(run)])
    assert seen_earlier(read_report(run)) == []
    assert "what the baseline found" not in html(read_report(run))


def test_of_several_runs_of_one_version_the_latest_speaks(run: Path, upgraded: Path) -> None:
    changed(run.parent / "second", FAILS)
    keep_baseline(upgraded, [run, run.parent / "second"])
    views = seen_earlier(read_report(upgraded))
    assert len(views) == 7
    [one] = (view for view in views if view.finding.clause == "MUTE-001")
    assert one.letter == "F"


def test_what_this_run_does_not_ask_about_is_left_out(upgraded: Path) -> None:
    report = replace(read_report(upgraded), asked=frozenset({"MUTE-001"}))
    assert [view.finding.clause for view in seen_earlier(report)] == ["MUTE-001"]


def test_a_run_that_found_nothing_has_nothing_beside_it(run: Path) -> None:
    keep_baseline(run, [again(run)])
    assert seen_earlier(replace(read_report(run), findings=())) == []


def test_without_a_baseline_or_with_a_damaged_one_there_is_nothing(run: Path) -> None:
    assert seen_earlier(read_report(run)) == []
    (run / BASELINE).write_text("[")
    assert seen_earlier(read_report(run)) == []


def test_a_baseline_whose_limits_are_none_is_damaged(upgraded: Path) -> None:
    file = upgraded / BASELINE
    file.write_bytes(file.read_bytes().replace(b'"max":', b'"most":'))
    assert seen_earlier(read_report(upgraded)) == []
    assert "it is damaged" in html(read_report(upgraded))


def test_a_proof_has_none(run: Path, tmp_path: Path) -> None:
    folder = write_proof(tmp_path / "proof")
    keep_baseline(folder, [run])
    assert seen_earlier(read_report(folder)) == []
