from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.signals.sound import FULL_SCALE
from harness.signals.sweep import Sweep, SweepGenerator
from harness.verifiers.sound_click import clicks, clipping
from tests.verifiers.coded_sweep import AMPLITUDE, clicked, coded, int16, overdriven, skipped

LEVEL = AMPLITUDE / FULL_SCALE


def test_what_opus_codes_has_no_click_and_is_not_cut_off() -> None:
    assert clicks(int16(coded(20)), LEVEL) == []
    assert clipping(int16(coded(20))) == []


@pytest.mark.parametrize("height", [0.02, 0.1, 1.0])
def test_a_jump_of_a_fiftieth_is_a_click(height: float) -> None:
    x = coded(2)
    x[50_000:] += height * AMPLITUDE
    (one,) = clicks(int16(x), LEVEL)
    assert one.start == pytest.approx(50_000, abs=4)
    assert one.strength == pytest.approx(height, rel=0.1)


def test_a_click_is_where_the_step_is_and_as_high() -> None:
    samples = np.zeros(1000, np.int16)
    samples[500:] = 1000
    (one,) = clicks(samples, 2000 / FULL_SCALE)
    assert (one.start, one.stop) == (497, 503)
    assert one.strength == pytest.approx(0.5)


@pytest.mark.parametrize(("apart", "found"), [(480, 1), (481, 2)])
def test_what_is_ten_milliseconds_apart_is_one(apart: int, found: int) -> None:
    samples = np.zeros(1000, np.int16)
    samples[50:53] = samples[52 + apart : 55 + apart] = 32767
    assert len(clipping(samples)) == found


def test_clicks_within_ten_milliseconds_are_one() -> None:
    near = clicked(clicked(coded(2), 1000, 0), 1005, 0)
    assert len(clicks(int16(near), LEVEL)) == 1
    assert len(clicks(int16(clicked(near, 1100, 0)), LEVEL)) == 2


def test_a_cut_is_a_click() -> None:
    assert len(clicks(int16(skipped(coded(2), 777, 33)), LEVEL)) == 1


@settings(max_examples=20, deadline=None)
@given(at_ms=st.floats(100, 1500), ms=st.floats(3, 80))
def test_a_wave_that_is_too_large_is_cut_off(at_ms: float, ms: float) -> None:
    (one,) = clipping(int16(overdriven(coded(2), at_ms, ms)))
    assert one.start / 48 == pytest.approx(at_ms, abs=1)
    assert one.stop / 48 == pytest.approx(at_ms + ms, abs=1)
    assert one.strength >= 3


def test_a_sine_of_full_scale_is_not_cut_off() -> None:
    assert clipping(SweepGenerator(Sweep(level_dbfs=0)).samples(0, 24_000)[:, 0]) == []


@pytest.mark.parametrize("value", [32767, -32768])
def test_three_samples_at_full_scale_are_and_two_are_not(value: int) -> None:
    samples = np.zeros(100, np.int16)
    samples[50:52] = value
    assert clipping(samples) == []
    samples[52] = value
    assert [(one.start, one.stop) for one in clipping(samples)] == [(50, 53)]


@pytest.mark.parametrize("size", [0, 1, 6])
def test_hardly_any_samples_have_neither(size: int) -> None:
    assert clicks(np.zeros(size, np.int16), LEVEL) == []
    assert clipping(np.zeros(size, np.int16)) == []
