from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from harness.evidence.clock import NS_PER_S
from harness.measuring import latency_report
from harness.measuring.call import Call
from harness.measuring.latency_report import SPECS, LatencyReport, report_of, without_call
from harness.measuring.metric import Metric
from harness.network.profile import load_profile
from tests.measuring.fake_call import (
    CONCEALED,
    PLAYED,
    SINCE_S,
    SOUND_LATENCY_MS,
    UNTIL_S,
    fake_call,
)
from tests.verifiers.conftest import PICTURE_LATENCY_MS

CLEAN = load_profile("clean")


@pytest.fixture(scope="module")
def report(call: Call) -> LatencyReport:
    return report_of(call, CLEAN, disturbance=None)


def of(report: LatencyReport, name: str) -> Metric:
    [metric] = [metric for metric in report.metrics if metric.name == name]
    return metric


@pytest.mark.parametrize(
    ("name", "truth", "within"),
    [
        ("picture_latency_p50", PICTURE_LATENCY_MS, 0.1),
        ("picture_latency_p95", PICTURE_LATENCY_MS, 0.1),
        ("picture_latency_p99", PICTURE_LATENCY_MS, 0.1),
        ("sound_latency_p50", SOUND_LATENCY_MS, 0.1),
        ("sound_latency_p95", SOUND_LATENCY_MS, 0.1),
        ("skew_median", PICTURE_LATENCY_MS - SOUND_LATENCY_MS, 0.1),
        ("skew_worst", PICTURE_LATENCY_MS - SOUND_LATENCY_MS, 0.1),
        ("skew_beyond_detectability", 0, 0),
        ("skew_beyond_broadcast", 1, 0.01),
        ("onset_picture", 15, 1),
        ("freezes", 1, 0),
        ("frozen_time", 1033, 1),
        ("freeze_longest", 1033, 1),
        ("sound_concealed", CONCEALED / PLAYED, 0),
        ("sound_loss_up", 0, 0),
        ("picture_loss_up", 0, 0),
        ("picture_loss_down", 25 / (65 * 50), 1e-9),
        ("e_model_r", 92.62, 0.01),
        ("e_model_mos", 4.398, 0.001),
    ],
)
def test_the_report_tells_the_truth_back(
    report: LatencyReport, name: str, truth: float, within: float
) -> None:
    metric = of(report, name)

    assert metric.value == pytest.approx(truth, abs=within or 1e-12)
    low, high = metric.interval or (truth, truth)
    assert low <= truth + within
    assert high >= truth - within


def test_every_metric_is_told_or_missing_with_its_reason(report: LatencyReport) -> None:
    assert [metric.name for metric in report.metrics] == [spec.name for spec in SPECS]
    assert all((metric.value is None) != (metric.missing is None) for metric in report.metrics)
    assert all(metric.n > 0 for metric in report.metrics if metric.missing is None)


def test_a_drift_takes_longer_than_a_jitter_buffer_settles(
    call: Call, monkeypatch: pytest.MonkeyPatch, report: LatencyReport
) -> None:
    assert "a jitter buffer that settles is a slope too" in (of(report, "skew_drift").missing or "")

    monkeypatch.setattr(latency_report, "DRIFT_S", 10)
    drift = of(report_of(call, CLEAN, disturbance=None), "skew_drift")
    assert drift.value == pytest.approx(0, abs=0.1)


def test_a_percentile_of_too_few_markers_is_missing(report: LatencyReport) -> None:
    assert "it takes" in (of(report, "sound_latency_p99").missing or "")


def test_series_are_those_of_the_whole_call(report: LatencyReport, call: Call) -> None:
    assert report.seconds == UNTIL_S - SINCE_S
    assert report.pictures.at_ns[0] < call.since_ns
    assert len(report.picture_ages.value_ms) == of(report, "picture_latency_p50").n
    assert [span.words for span in report.spans] == ["nothing passed down for 520 ms"]


def test_no_call_is_no_number() -> None:
    report = without_call(CLEAN, "no call: nobody came")

    assert {metric.missing for metric in report.metrics} == {"no call: nobody came"}
    assert {metric.value for metric in report.metrics} == {None}


def test_evidence_that_is_not_there_is_missing_and_the_rest_is_told(tmp_path: Path) -> None:
    whole = fake_call(tmp_path, until_s=10)
    whole.sound.path.unlink()
    whole.pictures.path.unlink()
    (tmp_path / "arrivals.bin").unlink()
    report = report_of(replace(whole, statistics=()), CLEAN, disturbance=None)

    assert {metric.value for metric in report.metrics} == {None}
    assert "no recording" in (of(report, "picture_latency_p50").missing or "")
    assert "latency of the sound" in (of(report, "e_model_r").missing or "")


def test_a_recording_that_was_cut_short_gives_no_number(tmp_path: Path) -> None:
    report = report_of(fake_call(tmp_path, until_s=12, short_s=6), CLEAN, disturbance=None)

    for name in ("picture_latency_p50", "sound_latency_p50", "freezes", "skew_median"):
        assert of(report, name).value is None, name


def test_a_median_says_how_many_never_came_and_the_slow_end_counts_them(tmp_path: Path) -> None:
    call = fake_call(tmp_path, silent=[(6, 9)])
    report = report_of(call, CLEAN, disturbance=None)
    median, slow = of(report, "sound_latency_p50"), of(report, "sound_latency_p95")

    assert (median.never_came, slow.never_came) == (6, 0)
    assert median.n + 6 == slow.n == report.sound_ages.whole
    assert of(report, "picture_latency_p50").never_came == 0


def test_the_steady_state_alone_is_counted(tmp_path: Path) -> None:
    call = fake_call(tmp_path, frozen=[(1, 2)], until_s=10)
    report = report_of(call, CLEAN, disturbance="busy")

    assert report.disturbance == "busy"
    assert of(report, "freezes").value == 0
    assert len(report.pictures.at_ns) > of(report, "picture_latency_p50").n
    assert call.since_ns - call.sound_asked_ns == 2.5 * NS_PER_S
