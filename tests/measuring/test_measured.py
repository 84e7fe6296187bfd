from __future__ import annotations

from harness.evidence.floors import FLOORS
from harness.evidence.measurement import Measurement, missing
from harness.measuring.latency_report import SPECS, without_call
from harness.measuring.measured import Floors, floors_of
from harness.network.profile import load_profile

REPORT = without_call(load_profile("clean"), "nobody came")


def test_floors_are_metrics_in_the_order_of_their_names() -> None:
    floors = floors_of(
        {
            "sound_latency_ms": missing("ms", "no markers"),
            "picture_latency_ms": Measurement(value=15.0, unit="ms", rests_on=9),
            "unknown_ms": Measurement(value=1.0, unit="ms"),
        },
        None,
    )

    assert [metric.name for metric in floors.metrics] == ["picture_latency_ms", "sound_latency_ms"]
    assert floors.metrics[1].missing == "no markers"


def test_a_floor_stands_beside_its_metric() -> None:
    floors = floors_of({"picture_latency_ms": Measurement(value=15.0, unit="ms")}, None)
    beside = {metric.name: metric.floor for metric in floors.beside(REPORT).metrics}

    assert beside["picture_latency_p50"] == 15.0
    assert [name for name, floor in beside.items() if floor is not None] == ["picture_latency_p50"]


def test_without_floors_nothing_stands_beside() -> None:
    assert {metric.floor for metric in Floors().beside(REPORT).metrics} == {None}


def test_floors_that_metrics_name_are_known_ones() -> None:
    assert {spec.floor for spec in SPECS if spec.floor} <= FLOORS.keys()
