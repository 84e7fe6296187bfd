from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.measurement import Seen, Series
from harness.evidence.recording import AudioRecording
from harness.signals.turns import Turn
from harness.verifiers.turn_taking import (
    barge_in_time,
    longest_pause,
    response_time,
    unasked_sound,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
Answers = Callable[..., AudioRecording]
RATE, SECONDS = 48_000, 12


@pytest.fixture
def answers(studio: Studio) -> Answers:
    """A recording in which something is said in each of these spans of seconds."""

    def record(*spans: tuple[float, float]) -> AudioRecording:
        samples: NDArray[np.int16] = np.zeros((SECONDS * RATE, 1), np.int16)
        for begin, end in spans:
            n = np.arange(round(begin * RATE), round(end * RATE))
            samples[n, 0] = np.rint(3000 * np.sin(2 * np.pi * 317 * n / RATE))
        return studio.write_sound(samples, RATE)

    return record


@pytest.fixture
def turns(clock: Clock) -> list[Turn]:
    """A second of speech at 1, 4 and 7 s, each with two seconds after it."""
    return [
        Turn(begin_ns=clock(second), end_ns=clock(second + 1), next_ns=clock(second + 3))
        for second in (1, 4, 7)
    ]


def test_the_response_time_is_the_longest_of_all_answers(
    answers: Answers, turns: list[Turn]
) -> None:
    heard = answers((2.4, 3), (5.7, 6), (8.3, 9), (9.2, 9.5))
    measured = response_time(heard, turns)
    assert measured.value == pytest.approx(700, abs=5)
    assert (measured.error, measured.at_least, measured.rests_on) == (10, False, 3)
    assert measured.evidence == ("bob/tone.wav",)
    assert measured.seen == Seen(series=Series.LEVEL, file="bob/tone.wav", since_ns=turns[1].end_ns)
    assert measured.notes[0].startswith("answers after ")


def test_a_turn_without_an_answer_waited_at_least_until_the_next(
    answers: Answers, turns: list[Turn]
) -> None:
    measured = response_time(answers((2.4, 3), (8.3, 9)), turns)
    assert (measured.value, measured.at_least) == (2000, True)
    assert "none" in measured.notes[0]


def test_what_began_before_the_turn_ended_is_no_answer_to_it(
    answers: Answers, turns: list[Turn]
) -> None:
    always = response_time(answers((0, 11)), turns)
    assert (always.value, always.at_least) == (2000, True)
    over = response_time(answers((1.9, 2.1), (2.6, 3)), turns[:1])
    assert over.value == pytest.approx(600, abs=5)


def test_an_answer_needs_turns_and_a_recording_of_them(
    answers: Answers, turns: list[Turn], studio: Studio, clock: Clock
) -> None:
    assert "no turn" in str(response_time(answers(), []).missing)
    assert response_time(studio.absent_sound(), turns).missing is not None
    late = Turn(begin_ns=clock(10), end_ns=clock(11), next_ns=clock(13))
    assert "does not cover" in str(response_time(answers((11.5, 12)), [late]).missing)


def test_who_is_interrupted_yields(answers: Answers, turns: list[Turn], studio: Studio) -> None:
    heard = answers((2.2, 4.3), (5.2, 7.15), (8.2, 9))
    measured = barge_in_time(heard, turns, alive=studio.witness(seconds=SECONDS))
    assert measured.value == pytest.approx(300, abs=5)
    assert (measured.error, measured.at_least, measured.rests_on) == (10, False, 2)
    assert measured.notes[0].startswith("2 of 3 turns interrupted")
    assert measured.evidence == ("bob/tone.wav", "bob/proof.wav")
    assert measured.seen == Seen(
        series=Series.LEVEL, file="bob/tone.wav", since_ns=turns[1].begin_ns
    )


def test_who_goes_on_after_a_breath_has_not_yielded(
    answers: Answers, turns: list[Turn], studio: Studio
) -> None:
    heard = answers((2.2, 4.1), (4.5, 4.8))
    measured = barge_in_time(heard, turns, alive=studio.witness(seconds=SECONDS))
    assert measured.value == pytest.approx(800, abs=5)


def test_who_never_yields_took_at_least_the_whole_turn(
    answers: Answers, turns: list[Turn], studio: Studio
) -> None:
    measured = barge_in_time(answers((2.2, 5.5)), turns[:2], alive=studio.witness(seconds=SECONDS))
    assert (measured.value, measured.at_least) == (1000, True)


def test_where_nobody_spoke_nothing_was_interrupted(
    answers: Answers, turns: list[Turn], studio: Studio
) -> None:
    alive = studio.witness(seconds=SECONDS)
    quiet = barge_in_time(answers((2.2, 3.9)), turns, alive=alive)
    assert "nothing was interrupted" in str(quiet.missing)


def test_falling_silent_needs_a_live_receiver(
    answers: Answers, turns: list[Turn], studio: Studio
) -> None:
    dead = studio.witness(seconds=SECONDS, silent=[(4, 5)])
    measured = barge_in_time(answers((2.2, 4.3)), turns, alive=dead)
    assert measured.value is None
    assert "was heard in" in str(measured.missing)


def test_what_nobody_asked_for_is_added_up(answers: Answers, clock: Clock) -> None:
    heard = answers((0.5, 0.7), (1.2, 1.3), (5, 6))
    measured = unasked_sound(heard, since_ns=clock(0.1), until_ns=clock(3))
    assert measured.value == pytest.approx(300, abs=6)
    assert (measured.error, measured.rests_on) == (20, 2)
    silent = unasked_sound(heard, since_ns=clock(2), until_ns=clock(4))
    assert (silent.value, silent.error) == (0, 0)


def test_silence_needs_a_sound_afterwards(answers: Answers, clock: Clock) -> None:
    measured = unasked_sound(answers((0.5, 0.7)), since_ns=clock(1), until_ns=clock(3))
    assert "silence in it proves nothing" in str(measured.missing)


def test_a_pause_inside_an_answer_is_found(answers: Answers, turns: list[Turn]) -> None:
    heard = answers((2.4, 2.6), (2.9, 3.5), (5.5, 6), (8.5, 9), (9.1, 9.5))
    measured = longest_pause(heard, turns)
    assert measured.value == pytest.approx(300, abs=6)
    assert measured.notes == ("2 pauses in 3 answers",)
    whole = longest_pause(answers((2.4, 3.5)), turns[:1])
    assert (whole.value, whole.error) == (0, 0)


def test_a_pause_needs_an_answer_to_each_turn(answers: Answers, turns: list[Turn]) -> None:
    assert "turn 2 has no answer" in str(longest_pause(answers((2.4, 3)), turns).missing)


def test_another_level_makes_another_sound(answers: Answers, turns: list[Turn]) -> None:
    heard = answers((2.4, 3))
    assert response_time(heard, turns[:1], above_dbfs=-20).at_least
    assert not response_time(heard, turns[:1], above_dbfs=-30).at_least
