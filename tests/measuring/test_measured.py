from __future__ import annotations

from harness.evidence.floors import FLOORS
from harness.evidence.measurement import Measurement, missing
from harness.evidence.run_event import CalibrationDone
from harness.measuring.latency_report import SPECS, without_call
from harness.measuring.measured import Floors, floors_of
from harness.network.profile import load_profile

REPORT = without_call(load_profile("clean"), "nobody came")


def calibration(when: str = "before", **floors: Measurement) -> CalibrationDone:
    return CalibrationDone(
        at_ns=0,
        when=when,
        tries=1,
        took_s=5.0,
        floors=floors,
        clock_offset_ms=(0.0, 0.0),
        clock_resolution_ns=1.0,
        health={},
        disturbance=None,
    )


def picture(value_ms: float) -> Measurement:
    return Measurement(value=value_ms, unit="ms", error=2.0, rests_on=9)


def test_floors_are_metrics_in_the_order_of_their_names() -> None:
    floors = floors_of(
        calibration(
            sound_latency_ms=missing("ms", "no markers"),
            picture_latency_ms=picture(15.0),
            unknown_ms=picture(1.0),
        )
    )

    assert [metric.name for metric in floors.metrics] == ["picture_latency_ms", "sound_latency_ms"]
    assert floors.metrics[1].missing == "no markers"
    assert floors.doubt == "no floor sound_latency_ms before the run: no markers"


def test_floors_that_moved_while_calls_were_made_are_doubtful() -> None:
    before = calibration(picture_latency_ms=picture(15.0))
    floors = floors_of(before, calibration("after", picture_latency_ms=picture(55.0)))

    assert floors.metrics[0].value == 15.0
    assert "went from 15 to 55" in str(floors.doubt)
    assert floors_of(before, calibration("after", picture_latency_ms=picture(16.0))).doubt is None


def test_floors_that_were_not_measured_are_missing_with_the_reason() -> None:
    floors = floors_of("no floors before the calls: no relay", calibration("after"))

    assert floors == Floors(doubt="no floors before the calls: no relay")


def test_a_floor_stands_beside_its_metric() -> None:
    floors = floors_of(calibration(picture_latency_ms=picture(15.0)))
    shown = floors.beside(REPORT).metrics
    beside = {metric.name: metric.floor for metric in shown}
    [interval] = [one.floor_interval for one in shown if one.floor_interval is not None]

    assert beside["picture_latency_p50"] == 15.0
    assert interval == (13.0, 17.0)
    assert [name for name, floor in beside.items() if floor is not None] == ["picture_latency_p50"]


def test_without_floors_nothing_stands_beside() -> None:
    assert {metric.floor for metric in Floors().beside(REPORT).metrics} == {None}


def test_floors_that_metrics_name_are_known_ones() -> None:
    assert {spec.floor for spec in SPECS if spec.floor} <= FLOORS.keys()
