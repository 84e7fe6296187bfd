from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.sdk_discarded import discarded_ratio
from tests.verifiers.conftest import Window, Wire, at

WINDOW = Window(since_ns=at(1), until_ns=at(6))


def told(discarded_a_second: int, *, made_up: int = 0, ssrc: int = 1) -> list[StatisticsSample]:
    return [
        StatisticsSample(
            at_ns=at(s), participant="bob",
            entries=[{
                "type": "inbound_rtp", "kind": "audio", "ssrc": ssrc, "at_ns": at(s),
                "packets_received": 50 * s, "packets_discarded": discarded_a_second * s,
                "concealed_samples": made_up * s,
            }],
        )
        for s in range(7)
    ]  # fmt: skip


def ask(samples: list[StatisticsSample], *, dropped: tuple[int, ...] = ()) -> Measurement:
    wire = Wire()
    wire.add([n / 50 for n in range(350)], dropped=dropped)
    return discarded_ratio(samples, wire, participant="bob", **WINDOW)


@pytest.mark.parametrize(("a_second", "ratio"), [(0, 0), (5, 0.1), (50, 1)])
def test_share_of_packets_told_as_discarded(a_second: int, ratio: float) -> None:
    measured = ask(told(a_second))
    assert measured.value == pytest.approx(ratio)
    assert measured.rests_on == 200


def test_packets_that_may_have_been_discarded_are_no_evidence() -> None:
    answers = (
        ask(told(5), dropped=(100,)),
        ask(told(5, made_up=480)),
        ask(told(5)[:2]),
        ask([]),
        discarded_ratio(told(5), Wire("alice"), participant="bob", **WINDOW),
    )
    for measured in answers:
        assert measured.value is None
        assert measured.missing
