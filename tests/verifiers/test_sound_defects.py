from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.signals.sound import Tone
from harness.verifiers.defect_finder import Kind
from harness.verifiers.sound_defects import (
    defect_count,
    defect_time,
    longest_defect,
    time_stretched,
)
from tests.verifiers.coded_sweep import (
    SWEEP,
    Samples,
    clicked,
    coded,
    hastened,
    int16,
    made_up,
    silenced,
    slowed,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CLICK: tuple[Kind, ...] = ("click",)
MOVED: tuple[Kind, ...] = ("skip", "repeat")
ALL = (defect_count, defect_time, longest_defect, time_stretched)


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(0), "until_ns": clock(4)}


def recorded(studio: Studio, x: Samples) -> AudioRecording:
    return studio.write_sound(int16(x[: 4 * 48_000])[:, None], 48_000)


def spoilt(studio: Studio) -> AudioRecording:
    x = clicked(made_up(silenced(coded(5), 1150, 100), 1650, 40), 2200, 0)
    return recorded(studio, hastened(slowed(x, 2700, 9), 3150, 5))


@pytest.mark.parametrize("verifier", ALL)
def test_a_sound_as_it_was_sent_has_none(
    studio: Studio, window: Window, verifier: Callable[..., Measurement]
) -> None:
    measured = verifier(recorded(studio, coded(5)), SWEEP, **window)

    assert measured.interval == (0.0, 0.0)
    assert measured.rests_on == 4000
    assert measured.notes == ()
    assert measured.evidence == ("bob/tone.wav",)


def test_defects_are_counted_and_told(studio: Studio, window: Window) -> None:
    recording = spoilt(studio)

    measured = defect_count(recording, SWEEP, **window)

    assert measured.value == 3
    assert measured.notes[0].startswith("gap at 1150 ms, 100 ms: -99 dB")
    assert [note.split()[0] for note in measured.notes] == ["gap", "concealment", "click"]
    assert defect_count(recording, SWEEP, kinds=CLICK, **window).value == 1
    assert defect_count(recording, SWEEP, kinds=MOVED, **window).value == 0


def test_length_is_that_of_all_of_a_kind_and_of_the_longest(studio: Studio, window: Window) -> None:
    recording = spoilt(studio)

    whole = defect_time(recording, SWEEP, **window)
    longest = longest_defect(recording, SWEEP, **window)

    assert whole.value == pytest.approx(140, abs=10)
    assert whole.error == 30
    assert longest.value == pytest.approx(100, abs=1)
    assert defect_time(recording, SWEEP, kinds=CLICK, **window).value == pytest.approx(0, abs=1)


def test_stretched_time_adds_up_whichever_way_it_went(studio: Studio, window: Window) -> None:
    measured = time_stretched(spoilt(studio), SWEEP, **window)

    assert measured.value == pytest.approx((9 + 5) / 4, abs=0.5)
    assert measured.error == 0.5


def test_only_the_first_few_are_told(studio: Studio, window: Window) -> None:
    x = coded(5)
    for place in range(8):
        x = clicked(x, 600 + 300 * place, 0)

    measured = defect_count(recorded(studio, x), SWEEP, **window)

    assert measured.value == 8
    assert len(measured.notes) == 6
    assert measured.notes[-1] == "and 3 more"


@pytest.mark.parametrize("verifier", ALL)
def test_without_the_sweep_there_is_no_answer(
    studio: Studio, window: Window, verifier: Callable[..., Measurement]
) -> None:
    for made in (
        studio.absent_sound(),
        recorded(studio, np.zeros(200_000)),
        recorded(studio, coded(2)),
        studio.sound(Tone(), name="pilot"),
    ):
        measured = verifier(made, SWEEP, **window)
        assert measured.value is None
        assert measured.missing
