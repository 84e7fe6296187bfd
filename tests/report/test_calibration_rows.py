from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from harness.evidence.measurement import Measurement, missing
from harness.evidence.run_event import CalibrationDone
from harness.report.calibration_rows import floor_rows, floor_text, load_rows
from harness.report.html import html
from harness.report.model import Report, read_report

LATENCY = Measurement(value=14.928, unit="ms", error=2.0, sampling=(14.61, 15.2), rests_on=45)


def calibration(when: str, **figures: float) -> CalibrationDone:
    return CalibrationDone(
        at_ns=1, when=when, took_s=4.5, clock_offset_ms=(-0.01, 0.01),
        floors={"picture_latency_ms": LATENCY}, health={"machine": dict(figures)},
    )  # fmt: skip


def with_load(report: Report, *, busy: float) -> Report:
    """Calibrated before and after; every attempt was that busy."""
    health: dict[str, dict[str, float | None]] = {
        "machine": {"machine_busy_ratio": busy},
        "bob": {"inter_arrival_p99_ms": 12.0},
    }
    return replace(
        report,
        calibrations=(
            calibration("before", machine_busy_ratio=0.2),
            calibration("after", machine_busy_ratio=0.3),
        ),
        attempts=tuple(replace(attempt, health=health) for attempt in report.attempts),
    )


def test_a_floor_has_interval_and_error() -> None:
    assert floor_text(LATENCY) == "14.93 ms [14.61 to 15.2] ± 2"
    assert floor_text(missing("ms", "no picture came")) == "no picture came"


def test_floors_stand_beside_each_other(run: Path) -> None:
    [row] = floor_rows(with_load(read_report(run), busy=0.4))
    assert (row.before, row.after) == (floor_text(LATENCY), floor_text(LATENCY))
    assert row.bounds == "≤ 60 ms, apart by ≤ 30 ms"
    assert "over the server" in row.meaning


def test_a_floor_of_another_version_is_shown_as_it_is(run: Path) -> None:
    [row] = floor_rows(read_report(run))
    assert (row.name, row.before, row.after) == ("sound, one way", "50.8 ms ± 4.5", "–")


def test_the_worst_load_of_all_attempts_is_shown_beside_its_limit(run: Path) -> None:
    report = with_load(read_report(run), busy=0.8)
    arrivals, busy = load_rows(report)
    assert (arrivals.name, arrivals.before, arrivals.attempts) == (
        "inter_arrival_p99_ms",
        "–",
        "12",
    )
    assert (busy.before, busy.after, busy.attempts, busy.limit) == ("0.2", "0.3", "0.8", "0.75")
    assert (arrivals.beyond, busy.beyond) == (0, len(report.attempts))


def test_a_run_that_measured_nothing_has_no_rows(run_of: Callable[..., Path]) -> None:
    report = read_report(run_of(lambda event: not isinstance(event, CalibrationDone)))
    assert (floor_rows(report), load_rows(report)) == ([], [])
    assert "What this machine can measure" not in html(report)


def test_the_page_shows_both_tables_and_the_criteria(run: Path) -> None:
    page = html(with_load(read_report(run), busy=0.8))
    assert "picture_latency_ms" in page
    assert "machine_busy_ratio" in page
    assert "clock of another process -0.01 to 0.01 ms off" in page
    assert "1 of at most 2 tries" in page
