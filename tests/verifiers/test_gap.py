from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import AudioRecording
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.gap import CONCEALED_MS, picture_gap, sound_gap
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)
TONE = Tone()


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(2), "until_ns": clock(5)}


@pytest.mark.parametrize(
    ("gap", "value_ms"), [((2.5, 4.5), 2050), ((1.9, 2.6), 750), ((2.0, 2.0), 50)]
)
def test_longest_time_without_a_new_picture(
    studio: Studio, window: Window, gap: tuple[float, float], value_ms: float
) -> None:
    measured = picture_gap(studio.pictures(CODE, gaps=[gap]), 3, **window)

    assert measured.value == pytest.approx(value_ms, abs=0.1)
    assert (measured.error, measured.at_least) == (2.0, False)


def test_repeated_pictures_do_not_end_a_gap(studio: Studio, window: Window) -> None:
    def freeze(frames: NDArray[Any]) -> NDArray[Any]:
        frozen = slice(60, 80)
        frames["counter"][frozen] = frames["counter"][59]
        return frames

    measured = picture_gap(studio.pictures(CODE, edit=freeze), 3, **window)

    assert measured.value == pytest.approx(1050, abs=0.1)
    assert "longest began at 9" in measured.notes[0]


def test_pictures_that_do_not_come_back_are_a_lower_bound(studio: Studio, window: Window) -> None:
    gone = studio.pictures(CODE, gaps=[(3.0, 60)])
    measured = picture_gap(gone, 3, alive=studio.witness(), **window)

    assert measured.at_least
    assert measured.value == pytest.approx(2035, abs=0.1)
    assert measured.evidence == ("bob/face.frames", "bob/proof.wav")


def test_a_receiver_that_may_be_dead_is_not_the_servers_fault(
    studio: Studio, window: Window
) -> None:
    cut = studio.pictures(CODE, seconds=3)

    assert "ends 2035 ms before" in str(picture_gap(cut, 3, **window).missing)
    dead = studio.witness(seconds=3.2)
    assert "was heard in" in str(picture_gap(cut, 3, alive=dead, **window).missing)


def test_a_picture_that_stands_still_shows_a_live_receiver(studio: Studio, window: Window) -> None:
    def stand(frames: NDArray[Any]) -> NDArray[Any]:
        frames["counter"][60:] = frames["counter"][59]
        return frames

    measured = picture_gap(studio.pictures(CODE, edit=stand), 3, **window)

    assert measured.at_least
    assert measured.value == pytest.approx(2035, abs=0.1)


def test_a_gap_of_pictures_that_never_flowed_is_none(studio: Studio, window: Window) -> None:
    never = studio.pictures(CODE, gaps=[(0, 4)])

    assert "no picture of track code 3" in str(picture_gap(never, 3, **window).missing)
    assert picture_gap(studio.absent_pictures(), 3, **window).missing is not None


@pytest.mark.parametrize("silent", [(2.2, 4.2), (1.8, 3.8)])
def test_longest_time_without_the_tone(
    studio: Studio, window: Window, silent: tuple[float, float]
) -> None:
    measured = sound_gap(studio.sound(TONE, silent=[silent]), TONE, **window)

    assert measured.value == pytest.approx(2000 + CONCEALED_MS / 2, abs=20)
    assert measured.interval == pytest.approx((1990, 2000 + CONCEALED_MS + 10), abs=20)
    assert not measured.at_least


def test_sound_without_a_break_may_have_one_that_was_concealed(
    studio: Studio, window: Window
) -> None:
    measured = sound_gap(studio.sound(TONE), TONE, **window)

    assert (measured.value, measured.interval) == (0, (0, 80))
    assert "never silent" in measured.notes[0]


def test_a_recording_that_ends_early_has_a_gap_only_where_the_receiver_was_alive(
    studio: Studio, window: Window
) -> None:
    cut = studio.sound(TONE, seconds=4)

    assert "ends 1000 ms before" in str(sound_gap(cut, TONE, **window).missing)
    dead = studio.witness(silent=[(4, 6)])
    assert "was heard in" in str(sound_gap(cut, TONE, alive=dead, **window).missing)
    ended = sound_gap(cut, TONE, alive=studio.witness(), **window)
    assert ended.at_least
    assert ended.value == pytest.approx(1000 + CONCEALED_MS / 2, abs=20)
    assert "bob/proof.wav" in ended.evidence


def test_noise_is_no_tone(studio: Studio, window: Window) -> None:
    def hiss(samples: NDArray[np.int16]) -> None:
        noise = np.random.default_rng(5).normal(0, 300, samples[144_000:192_000].shape)
        samples[144_000:192_000] = noise.astype(np.int16)

    measured = sound_gap(studio.sound(TONE, edit=hiss), TONE, **window)

    assert measured.value == pytest.approx(1000 + CONCEALED_MS / 2, abs=20)


def test_a_recording_that_stands_still_has_a_gap(studio: Studio, window: Window) -> None:
    """A stream that was ended and opened again has no frames in between."""
    recording = studio.sound(TONE)
    arrivals = np.fromfile(recording.path.with_suffix(".arrivals"), dtype="<i8")
    arrivals[300:] += 1_500_000_000
    arrivals.tofile(recording.path.with_suffix(".arrivals"))

    measured = sound_gap(recording, TONE, **window)

    assert measured.value == pytest.approx(1500 + CONCEALED_MS / 2, abs=20)


def test_sound_that_does_not_come_back_is_a_lower_bound(studio: Studio, window: Window) -> None:
    measured = sound_gap(studio.sound(TONE, silent=[(3, 6)]), TONE, **window)

    assert measured.at_least
    assert measured.value == pytest.approx(2000 + CONCEALED_MS / 2, abs=20)


def test_a_recording_that_the_sdk_contradicts_has_no_gap(studio: Studio, window: Window) -> None:
    whole = studio.sound(TONE)
    counted = counts_of(whole, range(7))
    assert sound_gap(whole, TONE, statistics=counted, **window).value == 0
    arrivals = np.fromfile(whole.path.with_suffix(".arrivals"), dtype="<i8")
    arrivals[300:] += 100_000_000
    arrivals.tofile(whole.path.with_suffix(".arrivals"))
    stepped = AudioRecording(path=whole.path, subscriber="bob")
    assert "its clock stepped" in str(
        sound_gap(stepped, TONE, statistics=counted, **window).missing
    )


def test_a_gap_of_sound_that_never_flowed_is_none(studio: Studio, window: Window) -> None:
    never = studio.sound(TONE, silent=[(0, 4)])

    assert "was heard in" in str(sound_gap(never, TONE, **window).missing)
    assert sound_gap(studio.absent_sound(), TONE, **window).missing is not None


def test_a_gap_is_shown_from_the_middle_of_what_may_have_been_concealed(
    studio: Studio, clock: Clock, window: Window
) -> None:
    measured = sound_gap(studio.sound(TONE, silent=[(2.5, 3.5)]), TONE, **window)

    assert measured.seen is not None
    assert measured.seen.since_ns is not None
    assert (clock(2.5) - measured.seen.since_ns) / 1e6 == pytest.approx(CONCEALED_MS / 2, abs=15)
