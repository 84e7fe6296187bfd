from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.finding import Verdict
from harness.evidence.history import HISTORY, PastRun
from harness.judging.flips import FlipCount, Setting, series_of
from harness.report.flips_text import (
    MOST_NEAR,
    count_text,
    flips_line,
    flips_text,
    setting_text,
    skipped_lines,
    verdicts_text,
)
from harness.report.stored_runs import StoredRuns, stored_runs


def test_golden(reports: Path, golden: Callable[[str, bytes], None]) -> None:
    golden("flips.txt", flips_text(stored_runs(reports)).encode())


def test_one_line_for_the_end_of_a_run(reports: Path) -> None:
    assert flips_line(stored_runs(reports)) == (
        "over 3 stored runs: 2 flips in 8 repeats, at most 60 % (95 %)"
    )


def test_nothing_is_said_where_nothing_was_repeated(reports: Path) -> None:
    one = StoredRuns(runs=stored_runs(reports).runs[:1], skipped={})
    assert flips_line(one) == ""
    assert flips_text(one).startswith("1 stored run: nothing was repeated\n")


@pytest.mark.parametrize(
    ("flips", "repeats", "text"),
    [
        (0, 3000, "0 flips in 3000 repeats, at most 0.1 % (95 %)"),
        (1, 100, "1 flip in 100 repeats, at most 4.7 % (95 %)"),
        (1, 1, "1 flip in 1 repeat, at most 100 % (95 %)"),
        (0, 0, "nothing was repeated"),
    ],
)
def test_a_bound_has_two_digits(flips: int, repeats: int, text: str) -> None:
    assert count_text(FlipCount(repeats=repeats, flips=flips)) == text


def test_a_setting_in_words() -> None:
    setting = Setting(server="1.13.5", sdk=("node 0.13", "python 1.2.0"), profile="3g")
    assert setting_text(setting) == "livekit-server 1.13.5, node 0.13, python 1.2.0, profile 3g"


def test_verdicts_are_counted_with_what_was_measured(reports: Path) -> None:
    series = series_of(stored_runs(reports).verdicts)
    said = next(one.said for one in series if one.clause == "MUTE-001")
    assert verdicts_text(said) == "2 PASS, 1 FAIL; 41.25 to 350.5 ms"


def test_what_may_flip_is_told_in_the_end(reports: Path) -> None:
    first = stored_runs(reports).verdicts[0].findings[0]
    values = [0.5 * n for n in range(MOST_NEAR + 2)]
    runs = tuple(
        PastRun(
            name=f"run{number}",
            findings=tuple(
                replace(
                    first,
                    clause=f"MUTE-{clause:03}",
                    verdict=Verdict.PASS,
                    limit={"max": 300},
                    measured=299 - number * 90 - least,
                    interval=(1, 2),
                )
                for clause, least in enumerate(values, start=1)
            ),
        )
        for number in range(3)
    )

    told = flips_text(StoredRuns(runs=(), skipped={}, earlier=runs))
    lines = told[told.index("near their limits") :].splitlines()
    assert lines[1].startswith("  MUTE-001   3 PASS; 119 to 299 ms, limit ≤ 300 ms; ")
    assert len(lines) == MOST_NEAR + 2
    assert lines[-1] == "  and 2 more"


def loaded(reports: Path) -> StoredRuns:
    """The three runs, twice: the second time under load, and remembered only."""
    stored = stored_runs(reports)
    first, second, third = stored.verdicts
    earlier = [
        PastRun(name="20261120T000000.000000Z-aaaaaa", findings=first.findings),
        PastRun(
            name="20261120T000001.000000Z-aaaaaa", load="a busy core", findings=second.findings
        ),
        PastRun(name="20261120T000002.000000Z-aaaaaa", load="a busy core", findings=third.findings),
    ]
    return replace(stored, earlier=tuple(earlier))


def test_runs_under_load_are_counted_apart(
    reports: Path, golden: Callable[[str, bytes], None]
) -> None:
    golden("flips-under-load.txt", flips_text(loaded(reports)).encode())


def test_runs_that_are_only_remembered_count(reports: Path) -> None:
    assert flips_line(loaded(reports)).startswith("over 6 stored runs: ")


def test_damage_of_the_history_is_told(reports: Path) -> None:
    (reports / HISTORY).write_bytes(b"{\n{\n")
    assert "skipped 2 lines of history.ndjson that cannot be read" in flips_text(
        stored_runs(reports)
    )


def test_what_was_skipped_is_said_once_for_each_reason(reports: Path) -> None:
    assert [line.split("):")[0] for line in skipped_lines(stored_runs(reports))] == [
        "skipped 1 run (20261124T000000.000000Z-aaaaaa",
        "skipped 1 run (20261125T000000.000000Z-aaaaaa",
        "skipped 2 runs (the last is 20261127T000000.000000Z-aaaaaa",
    ]
