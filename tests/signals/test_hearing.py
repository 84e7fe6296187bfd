from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.signals.hearing import (
    SILENCE_DBFS,
    find_markers,
    frequency_hz,
    pilot_levels_dbfs,
    similarity,
    sliding_pilot_dbfs,
    sliding_rms_dbfs,
)
from harness.signals.sound import PILOTS_HZ, SAMPLE_RATES, Direction, Tone, ToneGenerator, chirp


def sound(tone: Tone, seconds: float, start: int = 0) -> NDArray[np.int16]:
    stop = start + int(seconds * tone.sample_rate)
    return ToneGenerator(tone).samples(start, stop)[:, 0]


def white_noise(seed: int, samples: int, amplitude: float = 3000) -> NDArray[np.int16]:
    noise = np.random.Generator(np.random.PCG64(seed)).normal(0, amplitude, samples)
    return noise.clip(-32768, 32767).astype(np.int16)


@settings(max_examples=40, deadline=None)
@given(
    pilot_hz=st.sampled_from(PILOTS_HZ),
    level=st.floats(-60, -3),
    rate=st.sampled_from(SAMPLE_RATES),
    start=st.integers(0, 48000),
)
def test_level_of_a_pilot_comes_back_and_no_other_is_heard(
    pilot_hz: int, level: float, rate: int, start: int
) -> None:
    tone = Tone(pilot_hz=pilot_hz, pilot_dbfs=level, marker=None, sample_rate=rate)
    levels = pilot_levels_dbfs(sound(tone, 0.1, start), rate, PILOTS_HZ)
    own = PILOTS_HZ.index(pilot_hz)
    assert levels.shape == (10, len(PILOTS_HZ))
    assert np.abs(levels[:, own] - level).max() < 0.2
    assert np.delete(levels, own, axis=1).max() < -95


@pytest.mark.parametrize("rate", SAMPLE_RATES)
@pytest.mark.parametrize("levels", [(-26, -12), (-50, -20)])
def test_every_marker_is_found_where_it_is(rate: int, levels: tuple[int, int]) -> None:
    tone = Tone(marker="order", pilot_dbfs=levels[0], marker_dbfs=levels[1], sample_rate=rate)
    markers = find_markers(sound(tone, 16, start=rate // 4), rate, tone)
    assert [m.direction for m in markers] == [tone.direction(k) for k in range(1, 33)]
    for k, marker in enumerate(markers):
        assert abs(marker.onset - (k * rate / 2 + rate / 4)) / rate < 2e-6
        assert marker.similarity > 0.95


def test_marker_in_a_recording_of_another_rate_is_found() -> None:
    tone = Tone(sample_rate=8000)
    at_48_khz = np.interp(np.arange(48000) / 6, np.arange(8000), sound(tone, 1)).astype(np.int16)
    assert len(find_markers(at_48_khz, 48000, tone)) == 2


@pytest.mark.parametrize("late", [0.2, 0.5, 0.7])
def test_a_marker_between_two_samples_is_found_there(late: float) -> None:
    tone = Tone()
    whole = np.fft.rfft(sound(tone, 1))
    turned = whole * np.exp(-2j * np.pi * np.arange(len(whole)) * late / 48000)
    between = np.rint(np.fft.irfft(turned)).astype(np.int16)
    onset = find_markers(between, 48000, tone)[1].onset
    assert onset == pytest.approx(24000 + late, abs=0.05)


@pytest.mark.parametrize(("beside_ms", "found"), [(60, 1), (99, 1), (101, 2)])
def test_of_markers_within_100_ms_only_one_is_told(beside_ms: int, found: int) -> None:
    marker = sound(Tone(pilot_dbfs=-120), 0.05).astype(float)
    samples = sound(Tone(marker=None), 0.5).astype(float)
    for start in (4800, 4800 + 48 * beside_ms):
        samples[start : start + 2400] += marker
    assert len(find_markers(samples.astype(np.int16), 48000, Tone())) == found


def test_a_pilot_that_begins_with_the_marker_is_enough() -> None:
    begins = np.concatenate([np.zeros(9600, dtype=np.int16), sound(Tone(), 0.4)])
    [marker] = find_markers(begins, 48000, Tone())
    assert marker.onset == pytest.approx(9600, abs=1)


@pytest.mark.parametrize(("rms_dbfs", "most"), [(-69.5, 1.0), (-70.5, 0.0)])
def test_a_marker_is_itself_however_quiet_until_there_is_nothing_to_compare(
    rms_dbfs: float, most: float
) -> None:
    marker = chirp("up", 48000, (1000, 4000)).real
    loud = np.rint(marker * 8000).astype(np.int16)
    scale = 10 ** (rms_dbfs / 20) * 32768 / np.sqrt(np.mean(marker**2))
    quiet = np.rint(marker * scale).astype(np.int16)

    assert similarity(loud, 48000, "up", (1000, 4000)) == pytest.approx([1.0], abs=1e-3)
    assert similarity(quiet, 48000, "up", (1000, 4000)) == pytest.approx([most], abs=1e-2)


def test_a_sliding_window_tells_the_level_of_a_pilot() -> None:
    levels = sliding_pilot_dbfs(sound(Tone(marker=None), 0.1), 48000, 400, hop=48)
    assert levels == pytest.approx(np.full(91, -26.0), abs=0.01)


def test_less_than_a_window_has_no_level() -> None:
    short = np.ones(479, dtype=np.int16)
    assert len(sliding_pilot_dbfs(short, 48000, 400, hop=1)) == 0
    assert len(sliding_rms_dbfs(short, 48000, hop=1)) == 0
    assert len(sliding_rms_dbfs(np.ones(480, dtype=np.int16), 48000, hop=1)) == 1


def test_silence_before_a_tone_does_not_hide_its_frequency() -> None:
    late = np.concatenate([np.zeros(4800, dtype=np.int16), sound(Tone(marker=None), 0.1)])
    assert frequency_hz(late, 48000, 400) == pytest.approx(400, abs=0.01)


def test_recording_that_cannot_hold_the_marker_is_refused() -> None:
    with pytest.raises(ValueError, match="does not fit"):
        find_markers(np.zeros(6000, dtype=np.int16), 6000, Tone())


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(96000, dtype=np.int16),
        np.ones(96000, dtype=np.int16),
        np.full(96000, -20000, dtype=np.int16),
        np.zeros(100, dtype=np.int16),
        np.zeros(2400, dtype=np.int16),
        np.zeros(0, dtype=np.int16),
        sound(Tone(marker="down"), 2),
        sound(Tone(marker=None, pilot_hz=900, pilot_dbfs=-6), 2),
    ],
    ids=["silence", "one", "flat", "short", "one window", "empty", "other marker", "only pilot"],
)
def test_no_marker_where_there_is_none(samples: NDArray[np.int16]) -> None:
    assert find_markers(samples, 48000, Tone(marker="up")) == []


@pytest.mark.parametrize(("rate", "worst"), [(48000, 0.2), (8000, 0.35)])
def test_a_minute_of_noise_has_no_marker(rate: int, worst: float) -> None:
    noise = white_noise(4, 60 * rate)
    band = Tone(sample_rate=rate).chirp_band_hz
    directions: tuple[Direction, ...] = ("up", "down")
    assert max(similarity(noise, rate, d, band).max() for d in directions) < worst


def test_marker_under_noise_is_found() -> None:
    tone = Tone()
    noisy = sound(tone, 10) + white_noise(5, 480_000, 1000)
    onsets = [m.onset for m in find_markers(noisy, 48000, tone)]
    assert np.abs(np.array(onsets) - np.arange(20) * 24000).max() < 10


def test_edge_of_a_pilot_is_half_its_level_in_the_middle_of_the_window() -> None:
    tone = Tone(marker=None)
    samples = np.concatenate([np.zeros(960, dtype=np.int16), sound(tone, 0.05)])
    levels = sliding_pilot_dbfs(samples, 48000, 400, hop=48)
    assert levels[:11].max() < -60
    assert abs(int(np.flatnonzero(levels > -32)[0]) - 15) <= 1


def test_silence_after_sound_is_silence() -> None:
    loud = white_noise(6, 48000, 10000)
    samples = np.concatenate([loud, np.zeros(960, dtype=np.int16)])
    levels = sliding_rms_dbfs(samples, 48000, hop=48)
    assert levels[-1] == SILENCE_DBFS
    assert levels[:900].min() > -15


def test_full_scale_square_has_0_dbfs_rms() -> None:
    square = np.tile(np.array([32767, -32768], dtype=np.int16), 480)
    assert abs(sliding_rms_dbfs(square, 48000, hop=480)[0]) < 0.001


@pytest.mark.parametrize("heard_hz", [400, 401.5, 380, 440])
def test_frequency_is_read(heard_hz: float) -> None:
    n = np.arange(48000)
    samples = (3000 * np.sin(2 * np.pi * heard_hz * n / 48000)).astype(np.int16)
    frequency = frequency_hz(samples, 48000, 400)
    assert frequency is not None
    assert abs(frequency - heard_hz) < 0.5


def test_markers_do_not_move_the_frequency() -> None:
    frequency = frequency_hz(sound(Tone(pilot_dbfs=-50, marker_dbfs=-20), 5), 48000, 400)
    assert frequency is not None
    assert abs(frequency - 400) < 0.01


def test_silence_has_no_frequency() -> None:
    assert frequency_hz(np.zeros(48000, dtype=np.int16), 48000, 400) is None
