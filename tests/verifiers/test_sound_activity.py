from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.sound_activity import Activity, sound_activity

if TYPE_CHECKING:
    from harness.evidence.recording import AudioRecording
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
RATE = 48_000
shared = settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def noise(*spans: tuple[float, float], seconds: float = 4, dbfs: float = -30) -> NDArray[np.int16]:
    """White noise of this root mean square in each span of seconds, else digital silence."""
    samples = np.zeros((int(seconds * RATE), 1))
    random = np.random.default_rng(5)
    for begin, end in spans:
        part = slice(round(begin * RATE), round(end * RATE))
        samples[part, 0] = random.normal(0, 32768 * 10 ** (dbfs / 20), len(samples[part]))
    return samples.astype(np.int16)


def heard(studio: Studio, clock: Clock, samples: NDArray[np.int16]) -> list[tuple[float, float]]:
    """What was heard, in seconds from the start."""
    found = sound_activity(studio.write_sound(samples, RATE)).spans
    return [((begin - clock(0)) / 1e9, (end - clock(0)) / 1e9) for begin, end in found]


@shared
@given(begin=st.integers(100, 1900), lasts=st.integers(40, 1900), dbfs=st.sampled_from([-15, -45]))
def test_a_sound_is_found_to_five_milliseconds(
    studio: Studio, clock: Clock, begin: int, lasts: int, dbfs: float
) -> None:
    samples = noise((begin / 1000, (begin + lasts) / 1000), dbfs=dbfs)
    [span] = heard(studio, clock, samples)
    assert span == pytest.approx((begin / 1000, (begin + lasts) / 1000), abs=0.005)


def test_clicks_and_what_is_quiet_are_not_heard(studio: Studio, clock: Clock) -> None:
    assert heard(studio, clock, noise((1, 1.015))) == []
    assert heard(studio, clock, noise((1, 2), dbfs=-53)) == []
    assert heard(studio, clock, noise()) == []


def test_a_break_of_a_few_milliseconds_does_not_part_a_sound(studio: Studio, clock: Clock) -> None:
    assert len(heard(studio, clock, noise((1, 1.2), (1.21, 1.4)))) == 1
    assert len(heard(studio, clock, noise((1, 1.2), (1.24, 1.4)))) == 2


def test_sounds_at_the_edges_are_of_the_recording(studio: Studio, clock: Clock) -> None:
    first, last = heard(studio, clock, noise((0, 1), (3, 4)))
    assert first == pytest.approx((0, 1), abs=0.012)
    assert last == pytest.approx((3, 4), abs=0.012)


def test_the_level_can_be_chosen(studio: Studio) -> None:
    recording: AudioRecording = studio.write_sound(noise((1, 2), dbfs=-30), RATE)
    assert len(sound_activity(recording, above_dbfs=-25).spans) == 0
    assert len(sound_activity(recording, above_dbfs=-35).spans) == 1


def test_what_was_heard_can_be_asked_for_by_time() -> None:
    activity = Activity(file="x.wav", spans=((10, 20), (30, 40)), begin_ns=5, end_ns=50)
    assert [at for at in range(60) if activity.at(at)] == [*range(10, 20), *range(30, 40)]
    assert activity.between(15, 35) == [(15, 20), (30, 35)]
    assert activity.between(20, 30) == []
    activity.require(5, 50)


@pytest.mark.parametrize(("since", "until"), [(4, 50), (5, 51)])
def test_a_time_that_was_not_recorded_is_no_evidence(since: int, until: int) -> None:
    activity = Activity(file="x.wav", spans=(), begin_ns=5 * NS_PER_MS, end_ns=50 * NS_PER_MS)
    with pytest.raises(NoEvidenceError, match="does not cover the time asked for"):
        activity.require(since * NS_PER_MS, until * NS_PER_MS)


def test_a_break_in_a_later_sound_does_not_part_it_either(studio: Studio, clock: Clock) -> None:
    first, last = heard(studio, clock, noise((0.3, 0.6), (1, 1.2), (1.21, 1.4)))
    assert first == pytest.approx((0.3, 0.6), abs=0.012)
    assert last == pytest.approx((1, 1.4), abs=0.012)


def test_it_begins_with_the_recording(studio: Studio, clock: Clock) -> None:
    activity = sound_activity(studio.write_sound(noise((1, 2)), RATE))
    assert activity.begin_ns == clock(0)


def test_how_much_is_not_covered_is_told() -> None:
    activity = Activity(file="x.wav", spans=(), begin_ns=5 * NS_PER_MS, end_ns=50 * NS_PER_MS)
    with pytest.raises(NoEvidenceError, match="begins 3 ms after it does and ends 7 ms before"):
        activity.require(2 * NS_PER_MS, 57 * NS_PER_MS)
