from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.skew import SoundAndPicture
from harness.verifiers.skew_bands import (
    ACCEPTABILITY,
    BROADCAST,
    DETECTABILITY,
    Band,
    outside_ratio,
    time_to_band,
    worst_skew,
)
from tests.verifiers.conftest import PICTURE_LATENCY_MS, Window, at

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=20)
SECONDS = 12.0
WINDOW = Window(since_ns=at(1), until_ns=at(11))


def pair(
    studio: Studio,
    *later_ms: tuple[float, float, float],
    sound_ms: int = 0,
    gaps: tuple[tuple[float, float], ...] = (),
) -> SoundAndPicture:
    """Sound as old as the picture, or older; pictures later from one time to another."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        arrival = frames["arrival_ns"].copy()
        for begin, end, ms in later_ms:
            there = (arrival >= at(begin)) & (arrival < at(end))
            frames["arrival_ns"][there] += round(ms * NS_PER_MS)
        return frames[np.argsort(frames["arrival_ns"], kind="stable")]

    return SoundAndPicture(
        sound=studio.sound(TONE, seconds=SECONDS, latency_ms=PICTURE_LATENCY_MS + sound_ms),
        tone=TONE,
        sound_sent=studio.sent_sound(TONE, seconds=SECONDS),
        picture=studio.pictures(CODE, seconds=SECONDS, edit=edit, gaps=gaps),
        track_code=CODE.track_code,
        picture_sent=studio.sent_pictures(CODE, seconds=SECONDS),
    )


@pytest.mark.parametrize(
    ("band", "skews_ms", "inside"),
    [
        (DETECTABILITY, (45, -125), True),
        (DETECTABILITY, (46, -126), False),
        (ACCEPTABILITY, (90, -185), True),
        (ACCEPTABILITY, (91, -186), False),
        (BROADCAST, (40, -60), True),
        (BROADCAST, (41, -61), False),
    ],
)
def test_ends_are_those_of_the_standards(
    band: Band, skews_ms: tuple[float, float], inside: bool
) -> None:
    beyond = band.beyond_ms(np.array(skews_ms, dtype=float))
    assert ((beyond <= 0) == inside).all()


def test_early_sound_is_minded_sooner_than_late_sound(studio: Studio) -> None:
    both = pair(studio, (2, 4, 170), sound_ms=100)
    measured = worst_skew(both, band=DETECTABILITY, **WINDOW)
    assert measured.value == pytest.approx(70, abs=0.1)
    assert measured.error == 12
    late = worst_skew(both, band=BROADCAST, **WINDOW)
    assert late.value == pytest.approx(-100, abs=0.1)


def test_time_outside_is_a_share_and_told_in_ms(studio: Studio) -> None:
    early = pair(studio, (3, 5.5, 150))
    measured = outside_ratio(early, band=ACCEPTABILITY, **WINDOW)
    assert measured.value == pytest.approx(0.25, abs=0.02)
    assert measured.interval is not None
    assert 0 <= measured.interval[0] < 0.15
    assert 0.35 < measured.interval[1] <= 1
    assert "outside for 2" in measured.notes[1]
    inside = outside_ratio(pair(studio), band=ACCEPTABILITY, **WINDOW)
    assert inside.value == 0
    nearly = outside_ratio(pair(studio, (0, 12, 89.5)), band=ACCEPTABILITY, **WINDOW)
    assert nearly.value == 0
    always = outside_ratio(pair(studio, (0, 12, 150)), band=ACCEPTABILITY, **WINDOW)
    assert always.value == 1


def test_what_cannot_be_told_from_the_end_of_a_band_is_error(studio: Studio) -> None:
    near = outside_ratio(pair(studio, (3, 5.5, 95)), band=ACCEPTABILITY, **WINDOW)
    assert near.value == pytest.approx(0.25, abs=0.02)
    assert near.interval is not None
    assert near.interval[0] == 0
    assert 0.25 < near.interval[1] <= 1


def test_a_picture_that_stands_still_is_no_time_outside(studio: Studio) -> None:
    frozen = pair(studio, (3, 3.5, 150), gaps=((3.2, 6),))
    measured = outside_ratio(frozen, band=ACCEPTABILITY, **WINDOW)
    assert measured.value is not None
    assert measured.value < 0.15


def test_time_to_a_band_ends_when_the_skew_stays_inside(studio: Studio) -> None:
    changed = pair(studio, (2, 4, 150), (5, 6, 150))
    measured = time_to_band(changed, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
    assert measured.value == pytest.approx(4000, abs=500)
    assert measured.error == pytest.approx(250, abs=10)
    assert not measured.at_least
    assert "worst +150.0 ms" in measured.notes[1]


@pytest.mark.parametrize("skew_ms", [79, 85, 95])
def test_what_is_nearer_to_an_end_than_can_be_told_took_any_time_up_to_its_end(
    studio: Studio, skew_ms: float
) -> None:
    """Sound early by up to 90 ms is inside; the skew is known to 12 ms."""
    near = pair(studio, (2, 6, skew_ms))
    measured = time_to_band(near, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
    assert measured.interval is not None
    assert measured.interval == pytest.approx((0, 4000), abs=500)
    assert "which cannot be told" in measured.notes[2]


def test_what_may_be_inside_or_outside_to_the_end_is_at_least_nothing(studio: Studio) -> None:
    for skew_ms in (85, 95):
        near = pair(studio, (2, 12, skew_ms))
        measured = time_to_band(near, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
        assert (measured.value, measured.error, measured.at_least) == (0, 0, True)


def test_a_skew_that_never_left_took_no_time(studio: Studio) -> None:
    measured = time_to_band(
        pair(studio, (2, 12, 60)), band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11)
    )
    assert (measured.value, measured.error) == (0, 0)


@pytest.mark.parametrize("until_s", [12, 9])
def test_a_skew_that_does_not_stay_takes_longer_than_was_waited(
    studio: Studio, until_s: float
) -> None:
    measured = time_to_band(
        pair(studio, (2, until_s, 150)), band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11)
    )
    assert measured.at_least
    assert measured.value == pytest.approx(9000)


def test_time_without_pictures_belongs_to_the_way_and_not_to_the_end(studio: Studio) -> None:
    on_the_way = pair(studio, (2, 3, 150), gaps=((3, 5),))
    measured = time_to_band(on_the_way, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
    assert measured.missing is not None
    longer = pair(studio, (2, 6, 150), gaps=((3, 5),))
    measured = time_to_band(longer, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
    assert measured.value == pytest.approx(4000, abs=500)
    at_the_end = pair(studio, (2, 4, 150), gaps=((8, 12),))
    measured = time_to_band(at_the_end, band=ACCEPTABILITY, changed_ns=at(2), until_ns=at(11))
    assert "nothing was compared for" in str(measured.missing)


def test_bands_need_both_and_the_records_of_both(studio: Studio) -> None:
    whole = pair(studio)
    for lacking in (
        replace(whole, sound=studio.absent_sound()),
        replace(whole, picture=studio.absent_pictures()),
        replace(whole, track_code=4),
        pair(studio, gaps=((0.2, 12),)),
    ):
        answers = (
            worst_skew(lacking, band=ACCEPTABILITY, **WINDOW),
            outside_ratio(lacking, band=ACCEPTABILITY, **WINDOW),
            time_to_band(lacking, band=ACCEPTABILITY, changed_ns=at(1), until_ns=at(11)),
        )
        for measured in answers:
            assert measured.value is None
            assert measured.missing
