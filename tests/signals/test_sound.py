from __future__ import annotations

from itertools import pairwise
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.signals.sound import (
    MARKER_ORDER,
    PILOTS_HZ,
    SAMPLE_RATES,
    SILENCE,
    Tone,
    ToneGenerator,
    chirp,
)

tones = st.builds(
    Tone,
    pilot_hz=st.sampled_from(PILOTS_HZ[:4]),
    right_pilot_hz=st.sampled_from([None, *PILOTS_HZ[4:]]),
    marker=st.sampled_from([None, "up", "down", "order"]),
    sample_rate=st.sampled_from(SAMPLE_RATES),
    sound_ms=st.sampled_from([500, 1500]),
    pause_ms=st.sampled_from([0, 1000]),
)


@settings(max_examples=40, deadline=None)
@given(
    tone=tones,
    start=st.integers(0, 10**9),
    lengths=st.lists(st.integers(0, 2000), min_size=1, max_size=5),
)
def test_slices_concatenate(tone: Tone, start: int, lengths: list[int]) -> None:
    generator = ToneGenerator(tone)
    edges = np.cumsum([start, *lengths]).tolist()
    parts = [generator.samples(a, b) for a, b in pairwise(edges)]
    whole = ToneGenerator(tone).samples(edges[0], edges[-1])
    assert whole.shape == (edges[-1] - edges[0], tone.channels)
    assert np.array_equal(np.concatenate(parts), whole)


def test_pilot_is_the_sine_that_was_specified() -> None:
    tone = Tone(pilot_hz=300, pilot_dbfs=-20, marker=None)
    n = np.arange(1000)
    expected = 3276.8 * np.sin(2 * np.pi * 300 * n / 48000)
    assert np.abs(ToneGenerator(tone).samples(0, 1000)[:, 0] - expected).max() <= 0.5001


@pytest.mark.parametrize(
    ("tone", "step", "values"),
    [
        (Tone(), 6, [-1575, 7877, 2389, 3150, -7857, -1700, 0]),
        (
            Tone(marker="down", pilot_hz=700),
            6,
            [-67, 1228, -9038, -4792, -6912, 3580, 0],
        ),
        (Tone(sample_rate=8000), 1, [-2910, 1606, -1606, -5820, -2760, -864, 0]),
        (
            Tone(sample_rate=16000, marker="down"),
            2,
            [1575, 2389, -7877, -3150, -9490, 1673, 0],
        ),
    ],
)
def test_sound_is_what_it_was_when_recordings_were_made(
    tone: Tone, step: int, values: list[int]
) -> None:
    places = np.array([20, 90, 170, 260, 333, 379, 1000]) * step
    samples = ToneGenerator(tone).samples(0, 24000)[places, 0]
    assert np.abs(samples - values).max() <= 1


def test_markers_rise_and_fall_in_their_order() -> None:
    assert "".join(map(str, MARKER_ORDER)) == "1111100011011101010000100101100"
    assert PILOTS_HZ == (200, 300, 400, 500, 600, 700, 800, 900)
    samples = ToneGenerator(Tone(marker="order", sample_rate=8000)).samples(0, 34 * 4000)
    rising, falling = (
        ToneGenerator(Tone(marker=marker, sample_rate=8000)).samples(0, 4000)
        for marker in ("up", "down")
    )
    for number, period in enumerate(samples.reshape(34, 4000, 1)):
        expected = rising if MARKER_ORDER[number % 31] else falling
        assert np.array_equal(period, expected)


def test_loudness_may_reach_full_scale() -> None:
    assert ToneGenerator(Tone(pilot_dbfs=0, marker=None)).samples(0, 480).max() == 32767


def test_marker_starts_every_half_second_and_lasts_50_ms() -> None:
    tone = Tone(pilot_dbfs=-120, marker_dbfs=-12)
    loud = np.abs(ToneGenerator(tone).samples(0, 48000)[:, 0]) > 0
    places = np.flatnonzero(loud) % 24000
    assert places.max() < 2400
    assert places.min() < 48


def test_sounds_and_pauses_take_turns_and_nothing_else_changes() -> None:
    steady = ToneGenerator(Tone(marker="order")).samples(0, 5 * 48000)
    pausing = Tone(marker="order", sound_ms=1000, pause_ms=1500)
    samples = ToneGenerator(pausing).samples(0, 5 * 48000)
    for begin, end in ((0, 48000), (120000, 168000)):
        assert np.array_equal(samples[begin:end], steady[begin:end])
    assert not samples[48000:120000].any()
    assert not samples[168000:].any()


def test_silence_is_digital_zeros() -> None:
    assert not ToneGenerator(SILENCE).samples(0, 48000).any()


def test_stereo_has_a_pilot_of_its_own_on_each_channel() -> None:
    samples = ToneGenerator(Tone(pilot_hz=400, right_pilot_hz=700, marker=None)).samples(0, 480)
    for channel, pilot in ((0, 400), (1, 700)):
        spectrum = np.abs(np.fft.rfft(samples[:, channel]))
        assert int(spectrum.argmax()) * 100 == pilot


def test_any_five_markers_of_the_order_occur_once() -> None:
    doubled = MARKER_ORDER * 2
    assert len({doubled[k : k + 5] for k in range(31)}) == 31


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_marker_fits_below_half_the_sample_rate(rate: int) -> None:
    band = Tone(sample_rate=rate).chirp_band_hz
    marker = chirp("up", rate, band)
    phase_step = np.diff(np.unwrap(np.angle(marker[1:])))
    assert phase_step.max() * rate / (2 * np.pi) < rate / 2


def test_marker_above_half_the_sample_rate_is_refused() -> None:
    with pytest.raises(ValueError, match="up to 4000 Hz does not fit into 6000"):
        chirp("up", 6000, (1000, 4000))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"pilot_hz": 440}, "pilot_hz is 440: choose a multiple of 100 from 200 to 900"),
        ({"pilot_hz": 1000}, "pilot_hz is 1000"),
        ({"right_pilot_hz": 450}, "right_pilot_hz is 450"),
        ({"pilot_hz": 500, "right_pilot_hz": 500}, "both channels have the pilot 500 Hz"),
        ({"sample_rate": 44100}, "sample_rate is 44100"),
        ({"right_pilot_hz": 1000}, "from 200 to 900, which is what 10 ms can tell apart"),
        ({"sound_ms": 0}, "sound_ms is 0: choose a multiple of 500"),
        ({"sound_ms": 750}, "sound_ms is 750"),
        ({"pause_ms": -500}, "pause_ms is -500"),
        ({"pilot_dbfs": -3.0, "marker_dbfs": -3.0}, "clip together"),
        ({"pilot_dbfs": float("nan")}, "clip together"),
    ],
)
def test_bad_specification_is_refused_in_one_line(arguments: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        Tone(**arguments)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("start", "stop"), [(-1, 5), (5, 4)])
def test_impossible_slice_is_refused(start: int, stop: int) -> None:
    with pytest.raises(ValueError, match="do not exist"):
        ToneGenerator(Tone()).samples(start, stop)


def test_specification_travels_as_json() -> None:
    tone = Tone(pilot_hz=700, right_pilot_hz=300, marker="order", sample_rate=16000)
    assert msgspec.json.decode(msgspec.json.encode(tone), type=Tone, strict=True) == tone


def test_bad_specification_is_refused_from_json() -> None:
    with pytest.raises(msgspec.ValidationError, match="pilot_hz is 440"):
        msgspec.json.decode(b'{"pilot_hz":440}', type=Tone, strict=True)
