from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from harness.evidence.measurement import Measurement, missing
from harness.measuring.cells import (
    floor_words,
    interval_words,
    metric_words,
    missing_words,
    onset_words,
    unit_words,
    value_words,
)
from harness.measuring.latency_report import SPECS, without_call
from harness.measuring.measured import Measured
from harness.measuring.metric import Metric, Spec
from harness.network.profile import load_profile

SPEC = Spec(name="age", title="age", unit="ms")


def metric(
    value: float, interval: tuple[float, float] | None = None, *, at_least: bool = False
) -> Metric:
    return SPEC.of(
        Measurement(value=value, unit="ms", sampling=interval, at_least=at_least, rests_on=7)
    )


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (321.17, "ms", "321"),
        (-20.44, "ms", "-20.4"),
        (0.0131, "ratio", "1.31 %"),
        (3.0, "events", "3"),
        (4.4093, "MOS", "4.41"),
        (93.2, "R", "93.2"),
    ],
)
def test_values_are_as_precise_as_their_unit(value: float, unit: str, words: str) -> None:
    assert value_words(value, unit) == words


def test_a_cell_is_value_interval_and_number() -> None:
    assert metric_words(metric(20.44, (19, 22))) == "20.4 [19.0, 22.0] n 7"
    assert metric_words(metric(20.44)) == "20.4 n 7"
    assert metric_words(metric(20.44, at_least=True)) == "≥ 20.4 n 7"
    of_some = msgspec.structs.replace(metric(63.12), never_came=154, n=114)
    assert metric_words(of_some) == "63.1 n 114 of 268, of what came"
    assert metric_words(SPEC.of(missing("ms", "why"))) == "missing"
    assert interval_words(None, "ms") == ""
    assert interval_words((0.0131, 0.5), "ratio") == "[1.31, 50.00]"


def test_a_floor_that_is_not_known_is_not_one_that_there_is_not() -> None:
    [floored] = [spec for spec in SPECS if spec.name == "picture_latency_p50"]
    one = floored.of(Measurement(value=20.0, unit="ms"))

    assert floor_words(metric(1.0)) == "none"
    assert floor_words(one) == "missing"
    known = msgspec.structs.replace(one, floor=15.21, floor_interval=(13.0, 17.0))
    assert floor_words(known) == "15.2 [13.0, 17.0]"


def test_every_number_has_a_unit() -> None:
    assert {unit_words(spec.unit) for spec in SPECS} == {
        "ms", "ms/min", "%", "count", "R", "MOS"
    }  # fmt: skip


def test_why_an_onset_may_be_earlier_is_told_once(measured: Measured) -> None:
    assert onset_words(measured.reports[0]) == [
        "subscribe to first sound and subscribe to clean sound: it may have begun before"
    ]
    exact = [
        msgspec.structs.replace(one, interval=(3.5, 4.0)) for one in measured.reports[0].metrics
    ]
    assert onset_words(replace(measured.reports[0], metrics=tuple(exact))) == []


def test_reasons_are_told_once(measured: Measured) -> None:
    clean = measured.reports[0]

    assert missing_words(clean) == [
        "picture latency, p99 and sound latency, p99: too few, <script>alert(1)</script>"
    ]
    assert missing_words(without_call(load_profile("clean"), "gone")) == ["everything: gone"]
