from __future__ import annotations

import os
from dataclasses import replace

import pytest

from harness.evidence.statistics_sample import StatisticsSample
from harness.measuring.call import Call
from harness.measuring.traffic import concealed_share, lost_share
from tests.measuring.fake_call import CONCEALED, HEARD, PLAYED, SINCE_S, UNTIL_S, sample

BEFORE = sample(SINCE_S - 0.5, concealed=100, played=48_000)
AFTER = sample(UNTIL_S + 0.1, concealed=100 + CONCEALED, played=48_000 + PLAYED)


def test_loss_is_what_the_gateway_dropped_of_a_track_on_a_leg(call: Call) -> None:
    down = lost_share(call, direction="down", track="TR_tone")

    assert down.rests_on == 65 * 50
    assert down.value == pytest.approx((65 * 50 / 50 + 25 - 1) / down.rests_on, abs=2 / 3250)
    assert down.interval is not None
    assert down.value is not None
    assert down.interval[0] < down.value < down.interval[1]
    assert lost_share(call, direction="up", track="TR_tone").value == 0


def test_a_track_that_nobody_saw_has_no_loss(call: Call) -> None:
    measured = lost_share(call, direction="up", track="TR_other")

    assert measured.value is None
    assert "no packet of TR_other" in (measured.missing or "")


@pytest.mark.parametrize(
    ("file", "why"),
    [("departures.bin", "what became of"), ("arrivals.bin", "before the steady state does")],
)
def test_a_record_that_was_cut_tells_no_loss(call: Call, file: str, why: str) -> None:
    path = call.folder / file
    os.truncate(path, path.stat().st_size // 2)

    for direction in ("up", "down"):
        measured = lost_share(replace(call), direction=direction, track="TR_face")
        assert why in (measured.missing or "")


def test_concealed_is_counted_over_the_steady_state(call: Call) -> None:
    measured = concealed_share(call)

    assert measured.value == CONCEALED / PLAYED
    assert measured.sampling is None  # two statistics tell no spread


def test_the_share_concealed_lies_where_its_seconds_do(call: Call) -> None:
    """Every fourth second has 10 % of it."""
    samples = [
        sample(SINCE_S - 0.5 + second, concealed=100 + 4_800 * (-(-second // 4)),
               played=48_000 * (1 + second))
        for second in range(67)
    ]  # fmt: skip
    measured = concealed_share(replace(call, statistics=tuple(samples)))

    assert measured.value == pytest.approx(0.0258, abs=0.0001)
    assert measured.sampling is not None
    low, high = measured.sampling
    assert 0.005 < low < 0.025 < 0.027 < high < 0.05


def empty(at_s: float) -> StatisticsSample:
    return replace_entries(sample(at_s, concealed=0, played=0))


def replace_entries(one: StatisticsSample) -> StatisticsSample:
    return StatisticsSample(at_ns=one.at_ns, participant=one.participant, entries=[])


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        ((), "before and after"),
        ((BEFORE,), "before and after"),
        ((AFTER,), "before and after"),
        ((empty(SINCE_S - 1), AFTER), "know 0 received sounds"),
        ((BEFORE, sample(UNTIL_S + 1, concealed=9, played=99_000, ssrc=HEARD + 1)), "another SSRC"),
        ((BEFORE, sample(UNTIL_S + 1, concealed=100, played=48_000)), "counted no sample"),
        ((BEFORE, sample(UNTIL_S + 1, concealed=0, played=0)), "counted no sample"),
    ],
)
def test_without_statistics_nothing_is_said(
    call: Call, samples: tuple[StatisticsSample, ...], why: str
) -> None:
    measured = concealed_share(replace(call, statistics=samples))

    assert measured.value is None
    assert why in (measured.missing or "")
