from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement
from harness.signals.sound import SAMPLE_RATES, Tone, ToneGenerator
from harness.verifiers.sound_level import (
    crosstalk,
    frequency_error,
    loudest_after,
    pilot_level_error,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
QUIET = Tone(pilot_dbfs=-50, marker_dbfs=-12, pilot_hz=900)


def number(measurement: Measurement) -> float:
    assert measurement.value is not None, measurement.missing
    return measurement.value


@pytest.mark.parametrize("tone", [Tone(), QUIET, Tone(sample_rate=8000, pilot_hz=700)])
def test_level_as_sent_has_no_error(studio: Studio, clock: Clock, tone: Tone) -> None:
    measured = pilot_level_error(studio.sound(tone), tone, since_ns=clock(1), until_ns=clock(5))
    assert number(measured) < 0.2
    assert measured.error == 0.2
    assert measured.rests_on > 250
    assert measured.evidence == ("bob/tone.wav",)


def test_100_ms_at_half_the_level_are_found(studio: Studio, clock: Clock) -> None:
    def soften(samples: NDArray[np.int16]) -> None:
        samples[144_000:153_600] //= 2

    measured = pilot_level_error(
        studio.sound(Tone(marker=None), edit=soften), Tone(marker=None),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert abs(number(measured) - 6.02) < 0.2
    assert "-6.0 dB, 2000 ms into the time judged" in measured.notes[0]


def test_level_of_a_silent_recording_is_far_off(studio: Studio, clock: Clock) -> None:
    silent = studio.sound(Tone(), silent=[(0, 6)])
    assert number(pilot_level_error(silent, Tone(), since_ns=clock(1), until_ns=clock(5))) > 100


def test_swapped_channels_are_a_level_error(studio: Studio, clock: Clock) -> None:
    tone, swapped = Tone(right_pilot_hz=900), Tone(pilot_hz=900, right_pilot_hz=400)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert number(pilot_level_error(studio.sound(tone), tone, **window)) < 0.2
    assert number(pilot_level_error(studio.sound(swapped), tone, **window)) > 40


def test_level_needs_a_recording_of_that_time(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(7), "until_ns": clock(9)}
    assert "less than 100 ms" in str(
        pilot_level_error(studio.sound(Tone()), Tone(), **window).missing
    )
    assert pilot_level_error(studio.absent_sound(), Tone(), **window).missing is not None
    stereo = Tone(right_pilot_hz=900)
    assert "one channel" in str(pilot_level_error(studio.sound(Tone()), stereo, **window).missing)


def test_silence_between_mute_and_unmute(studio: Studio, clock: Clock) -> None:
    measured = loudest_after(
        studio.sound(Tone(), silent=[(2.0, 4.0)]), Tone(),
        since_ns=clock(2.3), until_ns=clock(4), alive=studio.witness(),
        flow_ns=(clock(1), clock(2)),
    )  # fmt: skip
    assert (number(measured), measured.error) == (-140.0, 0.0)
    assert measured.evidence == ("bob/tone.wav", "bob/proof.wav")


def test_leak_of_20_ms_is_heard(studio: Studio, clock: Clock) -> None:
    measured = loudest_after(
        studio.sound(Tone(marker=None), silent=[(2.0, 3.0), (3.02, 4.0)]), Tone(),
        since_ns=clock(2.3), until_ns=clock(4), alive=studio.witness(),
        flow_ns=(clock(4.5), clock(5)),
    )  # fmt: skip
    assert abs(number(measured) + 29) < 0.2
    assert "70" in measured.notes[0]


def test_nothing_decoded_is_silence_if_the_receiver_was_alive(studio: Studio, clock: Clock) -> None:
    short = studio.sound(Tone(), seconds=2)
    measured = loudest_after(
        short, Tone(), since_ns=clock(2.5), until_ns=clock(5), alive=studio.witness(),
        flow_ns=(clock(1), clock(2)),
    )  # fmt: skip
    assert number(measured) == -140.0
    assert measured.notes == ("nothing at all was decoded in this time",)


def test_silence_without_proof_is_missing(studio: Studio, clock: Clock) -> None:
    tone = studio.sound(Tone(), silent=[(0.0, 4.0)])
    window: Window = {"since_ns": clock(2.3), "until_ns": clock(4)}
    flow_ns = clock(1), clock(2)
    never = loudest_after(tone, Tone(), alive=studio.witness(), flow_ns=flow_ns, **window)
    assert "400 Hz was heard in 0 of 1000 ms" in str(never.missing)
    dead = studio.witness(silent=[(3.0, 6.0)])
    assert "700 Hz" in str(
        loudest_after(tone, Tone(), alive=dead, flow_ns=flow_ns, **window).missing
    )


def test_no_crosstalk_on_a_clean_track(studio: Studio, clock: Clock) -> None:
    measured = crosstalk(
        studio.sound(Tone()), Tone(), other=Tone(pilot_hz=700), since_ns=clock(1), until_ns=clock(5)
    )
    assert number(measured) < -95
    assert "at markers" in measured.notes[0]


def test_50_ms_of_another_publisher_are_crosstalk(studio: Studio, clock: Clock) -> None:
    other = Tone(pilot_hz=700, marker=None, pilot_dbfs=-30)

    def mix(samples: NDArray[np.int16]) -> None:
        samples[120_000:125_000] += ToneGenerator(other).samples(0, 5000)

    measured = crosstalk(
        studio.sound(Tone(marker=None), edit=mix), Tone(marker=None), other=other,
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert abs(number(measured) + 30) < 1


def test_a_track_that_is_another_one_altogether_is_crosstalk(studio: Studio, clock: Clock) -> None:
    swapped = studio.sound(Tone(pilot_hz=700))
    measured = crosstalk(
        swapped, Tone(), other=Tone(pilot_hz=700), since_ns=clock(1), until_ns=clock(3)
    )

    assert measured.value == pytest.approx(-26, abs=0.3)


def test_crosstalk_needs_the_track_itself(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    silent = studio.sound(Tone(), silent=[(0, 6)])
    assert crosstalk(silent, Tone(), other=Tone(pilot_hz=700), **window).value is None
    assert "both publishers" in str(crosstalk(silent, Tone(), other=Tone(), **window).missing)


def test_a_recording_that_cannot_hold_the_markers_has_no_crosstalk(
    studio: Studio, clock: Clock
) -> None:
    wave = 1642 * np.sin(2 * np.pi * 400 * np.arange(36_000) / 6000)
    slow = studio.write_sound(wave.astype(np.int16)[:, None], 6000)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    measured = crosstalk(slow, Tone(), other=Tone(pilot_hz=700), **window)

    assert "does not fit into 6000" in str(measured.missing)


@pytest.mark.parametrize("rate", SAMPLE_RATES)
def test_pitch_as_sent(studio: Studio, clock: Clock, rate: int) -> None:
    tone = Tone(pilot_hz=900, sample_rate=rate)
    measured = frequency_error(studio.sound(tone), tone, since_ns=clock(1), until_ns=clock(5))
    assert number(measured) < 0.5
    assert measured.rests_on == 400


def test_recording_played_at_another_rate_has_another_pitch(studio: Studio, clock: Clock) -> None:
    tone = Tone(pilot_hz=900)
    slow = studio.write_sound(ToneGenerator(tone).samples(0, 96000), 16000)
    measured = frequency_error(slow, tone, since_ns=clock(1), until_ns=clock(5))
    assert abs(number(measured) - 600) < 1
    assert measured.notes == ("sent 900 Hz, heard 300.0 Hz",)


def test_silence_has_no_pitch(studio: Studio, clock: Clock) -> None:
    silent = studio.sound(Tone(), silent=[(0, 6)])
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert "no tone" in str(frequency_error(silent, Tone(), **window).missing)
