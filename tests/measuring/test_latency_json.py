from __future__ import annotations

from collections.abc import Callable

import msgspec

from harness.measuring.latency_json import FORMAT, LatencyDocument, latency_json
from harness.measuring.measured import Measured


def test_the_file(measured: Measured, golden: Callable[[str, str], None]) -> None:
    golden("latency.json", latency_json(measured).decode())


def test_it_is_read_back_as_it_was(measured: Measured) -> None:
    read = msgspec.json.decode(latency_json(measured), type=LatencyDocument)

    assert read.format == FORMAT
    assert read.setting == measured.setting
    for row, report in zip(read.profiles, measured.reports, strict=True):
        parts = [part for medium in report.parts for part in medium]
        assert row.metrics == (*report.metrics, *parts)
        assert (row.profile, row.problem) == (report.profile, report.problem)
        assert row.unclosed == report.unclosed


def test_every_metric_has_unit_direction_and_reason(measured: Measured) -> None:
    read = msgspec.json.decode(latency_json(measured))

    for profile in read["profiles"]:
        for metric in profile["metrics"]:
            assert metric["unit"]
            assert metric["better"] in {"lower", "higher", "nearer 0"}
            assert (metric["value"] is None) == (metric["missing"] is not None)
