from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.signals.picture import ColourCode
from harness.verifiers.frame_interval import (
    frame_interval_jitter,
    frame_interval_p95,
    long_interval_ratio,
    median_frame_interval,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=25)
VERIFIERS = [
    median_frame_interval,
    frame_interval_p95,
    frame_interval_jitter,
    long_interval_ratio,
]


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def late_by(jitter_ms: float, seed: int = 1) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Arrivals late by up to so much, evenly."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        late = np.random.default_rng(seed).uniform(0, jitter_ms, len(frames)) * NS_PER_MS
        frames["arrival_ns"] += late.astype(np.int64)
        return frames

    return edit


def test_even_pictures_have_one_interval(studio: Studio, window: Window) -> None:
    measured = [verifier(studio.pictures(CODE), CODE, **window) for verifier in VERIFIERS]
    assert [m.value for m in measured] == pytest.approx([40, 40, 0, 0])
    assert {m.rests_on for m in measured} == {100}
    assert measured[0].sampling == pytest.approx((40, 40))
    assert measured[0].interval == pytest.approx((38, 42))
    assert "longest 40.0, standard deviation 0.0 ms" in measured[0].notes[0]


def test_jitter_is_that_of_the_arrivals(studio: Studio, window: Window) -> None:
    recording = studio.pictures(CODE, edit=late_by(20))
    median, p95, jitter, long = (verifier(recording, CODE, **window) for verifier in VERIFIERS)
    # The difference of two even distributions of 20 ms is triangular over -20 to 20 ms.
    assert median.value == pytest.approx(40, abs=2)
    assert p95.value == pytest.approx(40 + 20 * (1 - 0.1**0.5), abs=3)
    assert jitter.value == pytest.approx(20 * (1 - 0.5**0.5), abs=2)
    assert long.value == 0
    assert long.sampling is not None
    assert 0 < long.sampling[1] < 0.1
    assert p95.sampling is not None
    assert p95.sampling[0] < 40 + 20 * (1 - 0.1**0.5) < p95.sampling[1]


def test_pictures_that_are_left_out_are_long_intervals(studio: Studio, window: Window) -> None:
    recording = studio.pictures(CODE, gaps=[(2, 2.1), (3, 3.1), (4, 4.04)])
    measured = long_interval_ratio(recording, CODE, **window)
    # two pictures left out are 120 ms; one is 80, which is not longer than twice
    assert measured.value == pytest.approx(2 / 95)
    assert measured.notes[0] == "2 of 95 intervals"


def test_repeated_pictures_end_no_interval(studio: Studio, window: Window) -> None:
    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        frames["counter"][50:55] = frames["counter"][49]
        return frames

    recording = studio.pictures(CODE, edit=edit)
    assert "longest 240.0" in median_frame_interval(recording, CODE, **window).notes[0]


@pytest.mark.parametrize("gap", [(0, 1.5), (4.5, 60), (1.5, 4.0)])
def test_flow_that_is_not_there_has_no_intervals(
    studio: Studio, window: Window, gap: tuple[float, float]
) -> None:
    recording = studio.pictures(CODE, gaps=[gap])
    assert frame_interval_p95(recording, CODE, **window).value is None
    if gap[1] != 4.0:
        for verifier in VERIFIERS:
            assert "did not come from before" in str(verifier(recording, CODE, **window).missing)


def test_too_few_tell_nothing(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE)
    few: Window = {"since_ns": clock(1), "until_ns": clock(1.2)}
    assert "5 values do not tell" in str(median_frame_interval(recording, CODE, **few).missing)
    some: Window = {"since_ns": clock(1), "until_ns": clock(3)}
    assert "it takes" in str(frame_interval_p95(recording, CODE, **some).missing)


def test_without_a_recording_there_is_no_answer(studio: Studio, window: Window) -> None:
    for verifier in VERIFIERS:
        assert verifier(studio.absent_pictures(), CODE, **window).value is None
