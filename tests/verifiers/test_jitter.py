from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_table import PACKET_DTYPE
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.jitter import (
    ledger_jitter,
    sdk_jitter_against_ledger,
    server_jitter_against_ledger,
)
from tests.verifiers.conftest import Window, at

if TYPE_CHECKING:
    from harness.evidence.measurement import Measurement

WINDOW = Window(since_ns=at(1), until_ns=at(9))
PACKETS = 500


class Record:
    """Packets of a sound each 20 ms, late by so much each, in the order in which they left."""

    def __init__(self, late_ms: NDArray[np.float64], numbers: NDArray[np.int64]) -> None:
        self.rows = np.zeros(len(numbers), dtype=PACKET_DTYPE)
        due = at(0) + numbers * 20 * NS_PER_MS
        self.rows["t_ns"] = due
        self.rows["departure_ns"] = due + (late_ms * NS_PER_MS).astype(np.int64)
        self.rows["seq"] = (numbers + 65_300) % 65_536
        self.rows["rtp_timestamp"] = (numbers * 960 + 2**32 - 4800) % 2**32
        self.rows["ssrc"] = 7
        self.rows["fate"] = PacketFate.FORWARDED

    def packets(self, **asked: object) -> NDArray[Any]:
        assert asked["fate"] == "forwarded"
        asked_for: NDArray[Any] = self.rows[self.rows["ssrc"] == asked["ssrc"]]
        return asked_for

    def control_packets(self, *_: object, **__: object) -> NDArray[Any]:
        raise AssertionError("RTP is asked for")


def record(*late_ms: float) -> Record:
    """Lateness in turn, again and again."""
    return Record(np.resize(np.array(late_ms), PACKETS), np.arange(PACKETS))


def told(
    jitter_s: float, *, kind: str = "inbound_rtp", who: str = "bob", **more: object
) -> list[StatisticsSample]:
    counted = {"packets_received": 100, "round_trip_time_measurements": 3, **more}
    return [
        StatisticsSample(
            at_ns=at(s),
            participant=who,
            entries=[
                {
                    "type": kind, "kind": "audio", "ssrc": 7, "at_ns": at(s), "jitter": jitter_s,
                    **counted,
                }
            ],
        )
        for s in range(10)
    ]  # fmt: skip


def by_sdk(samples: list[StatisticsSample], wire: Record) -> Measurement:
    return sdk_jitter_against_ledger(samples, wire, participant="bob", **WINDOW)


def by_server(samples: list[StatisticsSample], wire: Record) -> Measurement:
    return server_jitter_against_ledger(samples, wire, participant="alice", **WINDOW)


def test_jitter_of_packets_each_on_time_is_none() -> None:
    _, jitter_ms = ledger_jitter(record(5), participant="bob", direction="down", ssrc=7)
    assert jitter_ms == pytest.approx(0, abs=1e-6)


def test_jitter_comes_to_the_mean_difference_of_spacings() -> None:
    _, jitter_ms = ledger_jitter(record(0, 8), participant="bob", direction="down", ssrc=7)
    assert jitter_ms[1] == pytest.approx(8 / 16)
    assert jitter_ms[-1] == pytest.approx(8, abs=0.01)


def test_what_comes_late_out_of_order_is_left_out() -> None:
    numbers = np.arange(PACKETS)
    numbers[[100, 101]] = numbers[[101, 100]]
    late = np.zeros(PACKETS)
    late[101] = 30
    _, jitter_ms = ledger_jitter(Record(late, numbers), participant="bob", direction="down", ssrc=7)
    assert len(jitter_ms) == PACKETS - 1
    assert jitter_ms.max() == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("told_s", "apart_ms"), [(0.008, 0), (0.009, 1), (0.003, 5), (8.0, 7992), (0, 8)]
)
def test_the_sdk_tells_seconds(told_s: float, apart_ms: float) -> None:
    measured = by_sdk(told(told_s), record(0, 8))
    assert measured.value == pytest.approx(apart_ms, abs=0.1)
    assert measured.rests_on == 7
    assert measured.error == 1


def test_the_server_reports_on_what_went_up() -> None:
    right = told(0.008, kind="remote_inbound_rtp", who="alice")
    assert by_server(right, record(0, 8)).value == pytest.approx(0, abs=0.1)
    wrong = told(0.020, kind="remote_inbound_rtp", who="alice")
    assert by_server(wrong, record(0, 8)).value == pytest.approx(12, abs=0.1)


def test_nothing_counted_nothing_on_the_wire_or_another_stream_is_no_evidence() -> None:
    answers = (
        by_sdk(told(0.008, packets_received=0), record(0, 8)),
        by_sdk([], record(0, 8)),
        by_sdk(told(0.008, ssrc=9), record(0, 8)),
        by_sdk(told(0.008), Record(np.zeros(30), np.arange(30))),
        by_server(
            told(0.008, kind="remote_inbound_rtp", who="alice", round_trip_time_measurements=0),
            record(0, 8),
        ),
    )
    for measured in answers:
        assert measured.value is None
        assert measured.missing
