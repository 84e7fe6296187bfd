from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.signals.sound import Tone
from harness.verifiers.sound_edge import first_tone, time_to_silence

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
shared = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@shared
@given(onset_ms=st.integers(1010, 3900), dbfs=st.sampled_from([-26, -50]))
def test_onset_is_found_to_two_milliseconds(
    studio: Studio, clock: Clock, onset_ms: int, dbfs: int
) -> None:
    tone = Tone(pilot_dbfs=dbfs, marker=None)
    recording = studio.sound(tone, silent=[(0, onset_ms / 1000)], seconds=5)
    measured = first_tone(recording, tone, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(onset_ms - 1000, abs=2)
    assert measured.error == 10
    assert not measured.at_least


def test_tone_that_was_there_already_is_said_to_be(studio: Studio, clock: Clock) -> None:
    measured = first_tone(studio.sound(Tone()), Tone(), since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(0, abs=0.1)
    assert "may have begun before" in measured.notes[0]
    assert measured.rests_on == 1


def test_tone_that_was_there_when_recording_began_came_at_any_time_before(
    studio: Studio, clock: Clock
) -> None:
    measured = first_tone(studio.sound(Tone()), Tone(), since_ns=clock(-0.4), until_ns=clock(5))
    assert measured.value == pytest.approx(400, abs=0.1)
    assert measured.interval == pytest.approx((0, 410), abs=0.1)


@pytest.mark.parametrize(
    ("silent", "back"), [((1, 2), True), ((1.88, 2), True), ((1, 1.95), False)]
)
def test_a_tone_comes_back_only_where_it_was_away(
    studio: Studio, clock: Clock, silent: tuple[float, float], back: bool
) -> None:
    recording = studio.sound(Tone(), silent=[silent])
    measured = first_tone(recording, Tone(), since_ns=clock(2), until_ns=clock(5), returning=True)
    if back:
        assert measured.value == pytest.approx(0, abs=5)
    else:
        assert "just before it should have come back" in str(measured.missing)


def test_a_tone_that_nothing_stopped_does_not_come_back(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(2.02), "until_ns": clock(5)}
    measured = first_tone(studio.sound(Tone()), Tone(), returning=True, **window)
    assert "it was not away" in str(measured.missing)


def test_a_tone_that_stays_away_took_as_long_as_was_listened(studio: Studio, clock: Clock) -> None:
    gone = studio.sound(Tone(), silent=[(1, 6)])
    measured = first_tone(gone, Tone(), since_ns=clock(2), until_ns=clock(5), returning=True)
    assert (measured.value, measured.at_least) == (3000.0, True)


def test_tone_that_never_comes_took_at_least_as_long_as_was_listened(
    studio: Studio, clock: Clock
) -> None:
    other = studio.sound(Tone(pilot_hz=700, marker=None))
    measured = first_tone(other, Tone(), since_ns=clock(1), until_ns=clock(5))
    assert (measured.value, measured.at_least) == (4000.0, True)
    longer = first_tone(other, Tone(), since_ns=clock(1), until_ns=clock(50))
    assert longer.value == pytest.approx(5000, abs=1)


@pytest.mark.parametrize(("lasts_ms", "heard"), [(40, False), (60, True)])
def test_what_lasts_for_a_moment_is_no_onset(
    studio: Studio, clock: Clock, lasts_ms: int, *, heard: bool
) -> None:
    """The first packet of another tone: 500 Hz decoded from nothing were 400 Hz for 15 ms."""
    ends_s = 2 + lasts_ms / 1000
    burst = studio.sound(Tone(marker=None), silent=[(0, 2), (ends_s, 3)])
    measured = first_tone(burst, Tone(), since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(1000 if heard else 2000, abs=3)
    ended = first_tone(burst, Tone(), since_ns=clock(1), until_ns=clock(2.9))
    assert ended.at_least is not heard


def test_onset_needs_a_recording_of_that_time(studio: Studio, clock: Clock) -> None:
    late = first_tone(studio.sound(Tone()), Tone(), since_ns=clock(7), until_ns=clock(9))
    assert "holds nothing of the time" in str(late.missing)
    assert first_tone(studio.absent_sound(), Tone(), since_ns=0, until_ns=1).missing is not None


@shared
@given(end_ms=st.integers(2010, 3900))
def test_end_of_a_sound_is_found_to_two_milliseconds(
    studio: Studio, clock: Clock, end_ms: int
) -> None:
    tone = Tone(marker=None)
    recording = studio.sound(tone, silent=[(end_ms / 1000, 5)], seconds=5)
    measured = time_to_silence(
        recording, tone, since_ns=clock(2), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.value == pytest.approx(end_ms - 2000, abs=2)
    assert not measured.at_least


def test_one_burst_later_counts_as_sound(studio: Studio, clock: Clock) -> None:
    recording = studio.sound(Tone(), silent=[(2.05, 3.5), (3.52, 6)])
    measured = time_to_silence(
        recording, Tone(), since_ns=clock(2), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.value == pytest.approx(1520, abs=11)


@pytest.mark.parametrize(("rms_dbfs", "lasting"), [(-59.5, True), (-60.5, False)])
def test_sixty_decibels_below_full_scale_is_silence(
    studio: Studio, clock: Clock, rms_dbfs: float, lasting: bool
) -> None:
    def fall(samples: NDArray[np.int16]) -> None:
        peak = 32768 * 2**0.5 * 10 ** (rms_dbfs / 20)
        n = np.arange(len(samples) - 96_000)
        wave = peak * np.sin(2 * np.pi * 400 * n / 48_000)
        samples[96_000:, 0] = np.rint(wave).astype(np.int16)

    measured = time_to_silence(
        studio.sound(Tone(), edit=fall), Tone(),
        since_ns=clock(1.5), until_ns=clock(5), alive=studio.witness(),
    )  # fmt: skip
    assert measured.at_least is lasting


def test_stream_that_ends_is_silent_from_then_on(studio: Studio, clock: Clock) -> None:
    measured = time_to_silence(
        studio.sound(Tone(), seconds=2.1), Tone(),
        since_ns=clock(2), until_ns=clock(5), alive=studio.witness(),
    )  # fmt: skip
    assert measured.value == pytest.approx(100, abs=2)
    assert not measured.at_least


def test_sound_that_does_not_end_is_a_lower_bound(studio: Studio, clock: Clock) -> None:
    measured = time_to_silence(
        studio.sound(Tone()), Tone(), since_ns=clock(2), until_ns=clock(5), alive=studio.witness()
    )
    assert measured.value == pytest.approx(3000, abs=2)
    assert measured.at_least
    assert "still to be heard at the end" in measured.notes


def test_silence_without_flow_before_or_life_after_is_missing(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(2), "until_ns": clock(5)}
    never = studio.sound(Tone(), silent=[(0, 6)])
    assert time_to_silence(never, Tone(), alive=studio.witness(), **window).missing is not None
    stopped = studio.sound(Tone(), silent=[(2.05, 6)])
    for dead in (studio.witness(silent=[(2.5, 6)]), studio.witness(seconds=3.9)):
        assert time_to_silence(stopped, Tone(), alive=dead, **window).missing is not None
    absent = studio.absent_sound()
    assert time_to_silence(absent, Tone(), alive=studio.witness(), **window).missing is not None


def test_a_stream_that_gave_nothing_needs_a_witness(studio: Studio, clock: Clock) -> None:
    ended = studio.sound(Tone(), seconds=2)
    window: Window = {"since_ns": clock(3), "until_ns": clock(5)}
    assert "holds nothing" in str(first_tone(ended, Tone(), **window).missing)
    never = first_tone(ended, Tone(), alive=studio.witness(), **window)
    assert (never.value, never.at_least) == (2000.0, True)
    assert never.evidence == ("bob/tone.wav", "bob/proof.wav")
    assert first_tone(ended, Tone(), alive=studio.witness(seconds=2), **window).missing
