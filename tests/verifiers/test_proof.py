from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.signals.spoken import Spoken
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.pictures import open_pictures
from harness.verifiers.proof import Witness, require_alive, require_no_tone, require_pictures
from harness.verifiers.sound import open_sound

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3)


def test_pictures_can_be_the_witness(studio: Studio, clock: Clock) -> None:
    witness = Witness(recording=studio.pictures(CODE), signal=CODE)
    assert require_alive(witness, clock(1), clock(5)) == "bob/face.frames"


@pytest.mark.parametrize("gap", [(1.0, 4.0), (3.5, 6.0)])
def test_pictures_that_were_missing_too_long_prove_nothing(
    studio: Studio, clock: Clock, gap: tuple[float, float]
) -> None:
    witness = Witness(recording=studio.pictures(CODE, gaps=[gap]), signal=CODE)
    with pytest.raises(NoEvidenceError, match=r"bob/face\.frames"):
        require_alive(witness, clock(1), clock(5))


def test_sound_of_somebody_else_proves_nothing(studio: Studio, clock: Clock) -> None:
    witness = Witness(recording=studio.sound(Tone(pilot_hz=500)), signal=Tone(pilot_hz=700))
    with pytest.raises(NoEvidenceError, match="700 Hz was heard in 0 of 4000 ms"):
        require_alive(witness, clock(1), clock(5))


@pytest.mark.parametrize(("silent", "alive"), [((1.0, 2.9), True), ((1.0, 3.1), False)])
def test_half_of_the_time_of_a_sound_is_proof(
    studio: Studio, clock: Clock, silent: tuple[float, float], alive: bool
) -> None:
    witness = studio.witness(silent=[silent])
    if alive:
        assert require_alive(witness, clock(1), clock(5)) == "bob/proof.wav"
    else:
        with pytest.raises(NoEvidenceError, match="700 Hz was heard in 1900 of 4000 ms"):
            require_alive(witness, clock(1), clock(5))


@pytest.mark.parametrize(("silent", "alive"), [((1.0, 2.9), True), ((1.0, 3.1), False)])
def test_what_somebody_says_is_proof_while_it_is_heard(
    studio: Studio, clock: Clock, silent: tuple[float, float], alive: bool
) -> None:
    speech = Spoken(file=str(Path(__file__).parent / "sweep_period.wav"), pause_ms=500)
    witness = Witness(recording=studio.sound(Tone(), silent=[silent]), signal=speech)
    if alive:
        assert require_alive(witness, clock(1), clock(5)) == "bob/tone.wav"
    else:
        with pytest.raises(NoEvidenceError, match=r"heard in 1\d+ of 4000 ms where somebody spoke"):
            require_alive(witness, clock(1), clock(5))


@pytest.mark.parametrize(("silent_s", "alive"), [(4.05, False), (4.15, True)])
def test_speech_of_which_nothing_is_heard_in_the_end_proves_nothing(
    studio: Studio, clock: Clock, silent_s: float, alive: bool
) -> None:
    speech = Spoken(file=str(Path(__file__).parent / "sweep_period.wav"), pause_ms=500)
    heard = studio.sound(Tone(), silent=[(silent_s, 6)])
    witness = Witness(recording=heard, signal=speech)
    if alive:
        assert require_alive(witness, clock(1), clock(5)) == "bob/tone.wav"
    else:
        with pytest.raises(NoEvidenceError, match=r"heard in \d0 of 1000 ms where somebody spoke"):
            require_alive(witness, clock(1), clock(5))


def test_witness_must_be_of_one_kind(studio: Studio, clock: Clock) -> None:
    with pytest.raises(NoEvidenceError, match="the witness is"):
        require_alive(Witness(recording=studio.pictures(CODE), signal=Tone()), 0, 1)
    with pytest.raises(NoEvidenceError, match="the witness is"):
        require_alive(Witness(recording=studio.sound(Tone()), signal=CODE), clock(1), clock(2))


@pytest.mark.parametrize(("at", "was_away"), [(0.9, False), (1.5, True), (2.5, False)])
def test_what_was_never_away_cannot_come_back(
    studio: Studio, clock: Clock, at: float, *, was_away: bool
) -> None:
    sound = open_sound(studio.sound(Tone(), silent=[(1, 2)]))
    expected: AbstractContextManager[object] = (
        nullcontext() if was_away else pytest.raises(NoEvidenceError, match="not away")
    )
    with expected:
        require_no_tone(sound, Tone(), clock(at))


def test_flow_of_pictures_is_of_the_right_track(studio: Studio, clock: Clock) -> None:
    pictures = open_pictures(studio.pictures(CODE))
    require_pictures(pictures, 3, clock(1), clock(2))
    with pytest.raises(NoEvidenceError, match="track code 4"):
        require_pictures(pictures, 4, clock(1), clock(2))
