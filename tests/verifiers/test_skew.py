from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.skew import (
    SoundAndPicture,
    median_skew,
    picture_skews,
    skew_drift,
    skew_series,
    skew_spread,
)
from tests.verifiers.conftest import PICTURE_LATENCY_MS, SOUND_LATENCY_MS, Window, at
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
Edit = Callable[[NDArray[Any]], NDArray[Any]]
TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=20)
VERIFIERS = (median_skew, skew_spread, skew_drift)


@pytest.fixture
def window(clock: Clock) -> Window:
    """Steady state."""
    return {"since_ns": clock(1), "until_ns": clock(5.5)}


def pair(
    studio: Studio,
    *,
    latency_ms: int = SOUND_LATENCY_MS,
    edit: Edit | None = None,
    gaps: tuple[tuple[float, float], ...] = (),
) -> SoundAndPicture:
    return SoundAndPicture(
        sound=studio.sound(TONE, latency_ms=latency_ms),
        tone=TONE,
        sound_sent=studio.sent_sound(TONE),
        picture=studio.pictures(CODE, edit=edit, gaps=gaps),
        track_code=CODE.track_code,
        picture_sent=studio.sent_pictures(CODE),
    )


def later(ms: float, *, growing: bool = False) -> Edit:
    """Pictures arrive later by so much, or by a share of it that grows to all of it."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        share = np.linspace(0, 1, len(frames)) if growing else np.ones(len(frames))
        frames["arrival_ns"] += (ms * share * NS_PER_MS).astype(np.int64)
        return frames

    return edit


@pytest.mark.parametrize("sound_ms", [15, 60, 345, 1200])
def test_early_sound_is_positive(studio: Studio, window: Window, sound_ms: int) -> None:
    measured = median_skew(pair(studio, latency_ms=sound_ms), **window)
    assert measured.value == pytest.approx(PICTURE_LATENCY_MS - sound_ms, abs=0.1)
    assert measured.error == 12
    assert set(measured.evidence) == {"bob/tone.wav", "bob/face.frames"}


def test_late_picture_moves_the_skew_and_spreads_nothing(studio: Studio, window: Window) -> None:
    late = pair(studio, edit=later(300))
    assert median_skew(late, **window).value == pytest.approx(300 - 45, abs=0.1)
    assert skew_spread(late, **window).value == pytest.approx(0, abs=0.1)
    assert skew_drift(late, **window).value == pytest.approx(0, abs=1)


def test_drift_is_the_slope_in_a_minute(studio: Studio, window: Window) -> None:
    growing = skew_drift(pair(studio, edit=later(60, growing=True)), **window)
    assert growing.value == pytest.approx(600, rel=0.02)
    assert growing.unit == "ms/min"
    assert growing.error == pytest.approx(2 * 60 / 4, rel=0.2)
    falling = skew_drift(pair(studio, edit=later(-6, growing=True)), **window)
    assert falling.value == pytest.approx(-60, abs=3)


def test_a_slope_has_the_interval_of_what_scatters_around_it(
    studio: Studio, window: Window
) -> None:
    def jitter(frames: NDArray[Any]) -> NDArray[Any]:
        late_ms = np.repeat(np.random.default_rng(5).uniform(0, 15, len(frames) // 5 + 1), 5)
        frames["arrival_ns"] += (late_ms[: len(frames)] * NS_PER_MS).astype(np.int64)
        return frames

    steady = skew_drift(pair(studio), **window)
    assert steady.interval == pytest.approx((-steady.error, steady.error), abs=1)
    scattered = skew_drift(pair(studio, edit=jitter), **window)
    assert scattered.interval is not None
    assert np.ptp(scattered.interval) > 2 * scattered.error + 60


def test_a_jitter_buffer_that_settles_is_no_drift(studio: Studio) -> None:
    """It falls by 60 ms in the first 6 s, and stays for as long."""

    def settle(frames: NDArray[Any]) -> NDArray[Any]:
        since_s = (frames["arrival_ns"] - frames["arrival_ns"][0]) / NS_PER_S
        late_ms = 60 * np.clip(1 - since_s / 6, 0, 1)
        frames["arrival_ns"] += (late_ms * NS_PER_MS).astype(np.int64)
        return frames

    settling = SoundAndPicture(
        sound=studio.sound(TONE, seconds=12),
        tone=TONE,
        sound_sent=studio.sent_sound(TONE, seconds=12),
        picture=studio.pictures(CODE, seconds=12, edit=settle),
        track_code=CODE.track_code,
        picture_sent=studio.sent_pictures(CODE, seconds=12),
    )
    measured = skew_drift(settling, since_ns=at(0.5), until_ns=at(11.5))
    assert measured.interval is not None
    assert measured.interval[0] < -580
    assert measured.interval[1] > 0
    assert "a jitter buffer settled or stepped" in measured.notes[1]


def test_spread_is_from_the_smallest_to_the_largest(studio: Studio, window: Window) -> None:
    def step(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"][60:] += 40 * NS_PER_MS
        return frames

    measured = skew_spread(pair(studio, edit=step), **window)
    assert measured.value == pytest.approx(40, abs=0.1)
    assert "skew -45.0 to -5.0 ms" in measured.notes[0]


def test_sound_that_the_jitter_buffer_moved_is_followed(studio: Studio, window: Window) -> None:
    samples = ToneGenerator(TONE).samples(100_000, 388_000)
    stretched = np.concatenate([samples[:150_000], samples[145_200:283_200]])
    moved = replace(pair(studio, latency_ms=0), sound=studio.write_sound(stretched, 48000))
    series = skew_series(moved, **window)
    assert np.ptp(series.skew_ms) == pytest.approx(100, abs=1)


def test_markers_without_pictures_are_left_out(studio: Studio, window: Window) -> None:
    whole = skew_series(pair(studio), **window)
    frozen = pair(studio, gaps=((2, 4),))
    series = skew_series(frozen, **window)
    assert len(series.skew_ms) == len(whole.skew_ms) - 3
    assert series.skew_ms == pytest.approx(-45, abs=0.1)
    assert median_skew(frozen, **window).value == pytest.approx(-45, abs=0.1)


def test_most_of_the_time_must_have_pictures(studio: Studio, window: Window) -> None:
    frozen = pair(studio, gaps=((1.4, 4.6),))
    for verifier in VERIFIERS:
        assert "50% needed" in str(verifier(frozen, **window).missing)


def test_each_picture_counts_in_the_median(studio: Studio, window: Window) -> None:
    def some_late(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"][::3] += 30 * NS_PER_MS
        return frames

    measured = median_skew(pair(studio, edit=some_late), **window)
    assert measured.value == pytest.approx(-45, abs=0.1)
    assert measured.sampling is not None
    assert -45.1 < measured.sampling[0] <= measured.sampling[1] < -14
    assert measured.rests_on > 60
    assert "skew -45.0 to -15.0 ms" in measured.notes[0]


def test_pictures_that_come_late_in_one_go_count_as_long_as_they_are_seen(
    studio: Studio, window: Window
) -> None:
    def in_bursts(frames: NDArray[Any]) -> NDArray[Any]:
        """Of each 15 pictures nine wait for the last of them, and come with it."""
        for first in range(0, len(frames) - 15, 15):
            frames["arrival_ns"][first : first + 9] = frames["arrival_ns"][first + 8]
        return frames

    stuttering = pair(studio, edit=in_bursts)
    assert np.median(picture_skews(stuttering, **window).skew_ms) > -30
    measured = median_skew(stuttering, **window)
    assert measured.value == pytest.approx(-45, abs=0.1)
    assert measured.sampling is not None
    assert measured.sampling[1] < 0


def test_sound_between_markers_is_as_old_as_these_say(studio: Studio, window: Window) -> None:
    moved = pair(studio, edit=later(100, growing=True))
    series = picture_skews(moved, **window)
    assert np.all(np.diff(series.skew_ms) > 0)


def test_a_recording_of_sound_fills_the_time_asked_for(studio: Studio, clock: Clock) -> None:
    for window in (
        Window(since_ns=clock(-1), until_ns=clock(5)),
        Window(since_ns=clock(1), until_ns=clock(7)),
    ):
        for verifier in VERIFIERS:
            assert "nothing was recorded" in str(verifier(pair(studio), **window).missing)


def test_a_hole_in_the_sound_is_no_evidence(studio: Studio, window: Window) -> None:
    whole = pair(studio)
    arrivals = np.fromfile(whole.sound.path.with_suffix(".arrivals"), dtype="<i8")
    arrivals[300:] += 700 * NS_PER_MS
    whole.sound.path.with_suffix(".arrivals").write_bytes(arrivals.tobytes())
    for verifier in VERIFIERS:
        assert "nothing was recorded" in str(verifier(whole, **window).missing)


def test_skew_needs_both_and_the_records_of_both(studio: Studio, window: Window) -> None:
    whole = pair(studio)
    gone = Path(studio.folder / "absent.sent")
    for lacking in (
        replace(whole, sound=studio.absent_sound()),
        replace(whole, picture=studio.absent_pictures()),
        replace(whole, sound_sent=gone),
        replace(whole, picture_sent=gone),
        replace(whole, track_code=4),
        pair(studio, gaps=((0.2, 6),)),
    ):
        for verifier in VERIFIERS:
            measured = verifier(lacking, **window)
            assert measured.value is None
            assert measured.missing


def test_recordings_that_the_sdk_contradicts_have_no_skew(studio: Studio, window: Window) -> None:
    whole = pair(studio)
    counted = (*counts_of(whole.sound, range(7)), *counts_of(whole.picture, range(7)))
    for verifier in VERIFIERS:
        assert verifier(replace(whole, statistics=counted), **window).value is not None
    for damaged in (
        pair(studio, gaps=((3, 9),)),
        replace(whole, sound=studio.sound(TONE, seconds=3, name="cut")),
    ):
        for verifier in VERIFIERS:
            measured = verifier(replace(damaged, statistics=counted), **window)
            assert measured.missing


def test_hand_overs_reach_to_the_end(studio: Studio, window: Window) -> None:
    for cut in (
        replace(pair(studio), sound_sent=studio.sent_sound(TONE, seconds=3)),
        replace(pair(studio), picture_sent=studio.sent_pictures(CODE, seconds=3)),
    ):
        for verifier in VERIFIERS:
            assert "ends before the time asked for does" in str(verifier(cut, **window).missing)


def test_a_slope_needs_five_markers(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(3)}
    up = Tone()
    short = replace(pair(studio), sound=studio.sound(up), tone=up, sound_sent=studio.sent_sound(up))
    assert "5 needed" in str(skew_drift(short, **window).missing)
    assert median_skew(short, **window).value == pytest.approx(-45, abs=0.1)
