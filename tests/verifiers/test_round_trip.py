from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger import CONTROL_DTYPE
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.round_trip import (
    ice_round_trip_against_ledger,
    rtcp_round_trip_against_ledger,
)
from tests.verifiers.conftest import Window, at

if TYPE_CHECKING:
    from harness.evidence.measurement import Measurement

WINDOW = Window(since_ns=at(1), until_ns=at(9))
SERVER_MS = 1


class Record:
    """Checks each 2.5 s and reports each second, held up either way."""

    def __init__(self, up_ms: float, down_ms: float, *, dropped: tuple[int, ...] = ()) -> None:
        self.held_ms = {"up": up_ms, "down": down_ms}
        self.dropped = dropped

    def control_packets(
        self, kind: str, *, participant: str, direction: str, **between: int | None
    ) -> NDArray[Any]:
        seconds = np.arange(4) * 2.5 if kind == "stun" else np.arange(10) + 0.3
        rows = np.zeros(len(seconds), dtype=CONTROL_DTYPE)
        begun_ms = self.held_ms["up"] + SERVER_MS if (kind, direction) == ("stun", "down") else 0
        rows["t_ns"] = [at(s) + round(begun_ms * NS_PER_MS) for s in seconds]
        rows["departure_ns"] = rows["t_ns"] + round(self.held_ms[direction] * NS_PER_MS)
        rows["fate"] = PacketFate.FORWARDED
        if kind == "stun":
            lost = list(self.dropped)
            rows["fate"][lost] = PacketFate.DROPPED
            rows = rows if direction == "up" else np.delete(rows, lost)
        since, until = between.get("since_ns") or 0, between.get("until_ns") or 2**62
        inside: NDArray[Any] = rows[(rows["t_ns"] >= since) & (rows["t_ns"] < until)]
        return inside if participant == "bob" else inside[:0]

    def packets(self, **_: object) -> NDArray[Any]:
        raise AssertionError("no RTP is asked for")


def told(trip_s: float, **more: object) -> list[StatisticsSample]:
    pair = {"type": "candidate_pair", "nominated": True, "responses_received": 2, **more}
    report = {"type": "remote_inbound_rtp", "round_trip_time_measurements": 2, **more}
    return [
        StatisticsSample(
            at_ns=at(s), participant="bob",
            entries=[
                {"at_ns": at(s), "current_round_trip_time": trip_s, **pair},
                {"at_ns": at(s), "kind": "audio", "round_trip_time": trip_s, **report},
            ],
        )
        for s in range(10)
    ]  # fmt: skip


def by_ice(samples: list[StatisticsSample], wire: Record, who: str = "bob") -> Measurement:
    return ice_round_trip_against_ledger(samples, wire, participant=who, **WINDOW)


def by_rtcp(samples: list[StatisticsSample], wire: Record, who: str = "bob") -> Measurement:
    return rtcp_round_trip_against_ledger(samples, wire, participant=who, **WINDOW)


@pytest.mark.parametrize(("told_s", "apart_ms"), [(0.081, 0), (0.001, 80), (81, 80_919)])
def test_a_check_and_its_answer_tell_the_round_trip(told_s: float, apart_ms: float) -> None:
    measured = by_ice(told(told_s), Record(50, 30))
    assert measured.value == pytest.approx(apart_ms, abs=0.01)
    assert measured.rests_on == 8
    assert measured.error == 1


@pytest.mark.parametrize(("late", "apart_ms"), [(3, 0), (4, 919)])
def test_single_checks_may_have_waited_for_a_busy_client(late: int, apart_ms: float) -> None:
    samples = [*told(1.0)[: 1 + late], *told(0.081)[1 + late :]]
    assert by_ice(samples, Record(50, 30)).value == pytest.approx(apart_ms, abs=0.01)


def test_a_check_that_was_dropped_has_no_answer() -> None:
    assert by_ice(told(0.081), Record(50, 30, dropped=(1,))).value == pytest.approx(0, abs=0.01)


@pytest.mark.parametrize(("told_s", "apart_ms"), [(0.080, 0), (0.085, 5), (0.040, 40)])
def test_reports_are_bound_by_what_the_relay_held(told_s: float, apart_ms: float) -> None:
    measured = by_rtcp(told(told_s), Record(50, 30))
    assert measured.value == pytest.approx(apart_ms, abs=0.01)


def test_no_answer_no_report_and_nobody_are_no_evidence() -> None:
    wire = Record(50, 30)
    answers = (
        by_ice(told(0.08, responses_received=0), wire),
        by_ice(told(0.08, nominated=False), wire),
        by_ice([], wire),
        by_ice(told(0.08), Record(50, 30, dropped=(0, 1, 2, 3))),
        by_rtcp(told(0.08, round_trip_time_measurements=0), wire),
        by_rtcp([], wire),
    )
    for measured in answers:
        assert measured.value is None
        assert measured.missing
