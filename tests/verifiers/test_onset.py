from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import AudioRecording
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.onset import first_clean_sound, first_full_picture
from tests.verifiers.conftest import RUN_IN_S, SOUND_LATENCY_MS

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
Spans = list[tuple[float, float]]
CODE = ColourCode(track_code=3, fps=20)
TONE = Tone()
RATE = 48_000
START = int((RUN_IN_S - SOUND_LATENCY_MS / 1000) * RATE)
"""First sample of a tone that is in a recording: markers begin at 0.06, 0.56 … seconds."""


@pytest.mark.parametrize(
    ("silent", "value_ms"),
    [
        ([], 0),
        ([(0, 0.3)], 300),
        ([(0, 0.573)], 573),
        ([(0, 0.3), (0.4, 0.5)], 500),
        ([(0, 0.3), (0.9, 1.2)], 1200),
        ([(0, 0.3), (1.07, 1.08)], 1110),
        ([(0, 0.3), (0.4, 0.41)], 300),
    ],
    ids=["at once", "later", "inside a marker", "breaks", "second marker", "cuts it", "a click"],
)
def test_sound_is_clean_from_where_nothing_is_missing(
    studio: Studio, clock: Clock, silent: Spans, value_ms: float
) -> None:
    measured = first_clean_sound(
        studio.sound(TONE, silent=silent), TONE, since_ns=clock(0), until_ns=clock(4)
    )

    assert measured.value == pytest.approx(value_ms, abs=8)
    assert (measured.error, measured.at_least) == (10.0, False)


def test_it_is_told_when_sound_was_heard_first(studio: Studio, clock: Clock) -> None:
    breaks = studio.sound(TONE, silent=[(0, 0.3), (0.4, 0.5), (2.0, 2.3)])
    measured = first_clean_sound(breaks, TONE, since_ns=clock(0), until_ns=clock(4))

    assert measured.rests_on == 1
    [note] = measured.notes
    first_ms = float(note.removeprefix("first heard after ").removesuffix(" ms"))
    assert first_ms == pytest.approx(300, abs=8)


def test_a_sound_that_fades_in_is_clean_at_its_level(studio: Studio, clock: Clock) -> None:
    def fade(samples: NDArray[np.int16]) -> None:
        ramp = np.clip((np.arange(len(samples)) / RATE - 0.2) / 0.2, 0, 1)
        samples[:] = (samples * ramp[:, None]).astype(np.int16)

    measured = first_clean_sound(
        studio.sound(TONE, edit=fade), TONE, since_ns=clock(0), until_ns=clock(4)
    )

    assert measured.value == pytest.approx(200 + 200 * 0.71, abs=10)


def test_sound_that_was_clean_when_recording_began_was_so_at_any_time_before(
    studio: Studio, clock: Clock
) -> None:
    measured = first_clean_sound(studio.sound(TONE), TONE, since_ns=clock(-0.4), until_ns=clock(4))

    assert measured.value == pytest.approx(400, abs=0.1)
    assert measured.interval == pytest.approx((0, 410), abs=0.1)
    assert "it may have begun before" in measured.notes[1]


def conceal(begin_s: float, end_s: float) -> Callable[[NDArray[np.int16]], None]:
    """The pilot goes on where a marker should have been."""

    def edit(samples: NDArray[np.int16]) -> None:
        steady = ToneGenerator(Tone(marker=None)).samples(START, START + len(samples))
        part = slice(int(begin_s * RATE), int(end_s * RATE))
        samples[part] = steady[part]

    return edit


@pytest.mark.parametrize(
    ("concealed", "since_s", "value_ms"),
    [
        ((0, 0.3), 0, 110),
        ((0.5, 0.7), 0.3, 310),
        ((0.57, 0.59), 0.3, 310),
        ((0.9, 1.2), 0.3, 810),
    ],
    ids=["from the beginning", "first marker", "part of it", "second marker"],
)
def test_concealment_is_not_clean(
    studio: Studio,
    clock: Clock,
    concealed: tuple[float, float],
    since_s: float,
    value_ms: float,
) -> None:
    recording = studio.sound(TONE, edit=conceal(*concealed))
    measured = first_clean_sound(recording, TONE, since_ns=clock(since_s), until_ns=clock(4))

    assert measured.value == pytest.approx(value_ms, abs=10)


def test_markers_that_come_at_another_time_are_not_clean(studio: Studio, clock: Clock) -> None:
    def hole(samples: NDArray[np.int16]) -> None:
        """130 ms of the second period, which has no marker, are not there."""
        at = int(0.7 * RATE)
        samples[at:-6240] = samples[at + 6240 :].copy()

    measured = first_clean_sound(
        studio.sound(TONE, edit=hole), TONE, since_ns=clock(0.3), until_ns=clock(4)
    )

    assert measured.value == pytest.approx(630, abs=10)


@pytest.mark.parametrize("silent", [[(0, 6)], [(k / 2, k / 2 + 0.2) for k in range(12)]])
def test_what_never_is_clean_is_a_lower_bound(studio: Studio, clock: Clock, silent: Spans) -> None:
    measured = first_clean_sound(
        studio.sound(TONE, silent=silent), TONE, since_ns=clock(0), until_ns=clock(4)
    )

    assert measured.at_least
    assert measured.value == pytest.approx(4000, abs=10)
    assert "never clean" in measured.notes[0]


def test_another_participants_sound_never_is_clean(studio: Studio, clock: Clock) -> None:
    other = studio.sound(Tone(pilot_hz=700))
    measured = first_clean_sound(other, TONE, since_ns=clock(0), until_ns=clock(4))

    assert measured.at_least


def test_a_stream_that_stalls_is_not_clean(studio: Studio, clock: Clock) -> None:
    recording = studio.sound(TONE)
    file = recording.path.with_suffix(".arrivals")
    arrivals = np.fromfile(file, dtype="<i8")
    arrivals[30:] += 2_000_000_000
    arrivals.tofile(file)
    stalled = AudioRecording(path=recording.path, subscriber="bob")
    measured = first_clean_sound(stalled, TONE, since_ns=clock(0), until_ns=clock(5))

    assert measured.value == pytest.approx(2300, abs=15)


def test_sound_without_evidence_has_no_onset(studio: Studio, clock: Clock) -> None:
    cut = studio.sound(TONE, seconds=1.0, silent=[(0, 0.5)])
    after = first_clean_sound(cut, TONE, since_ns=clock(3), until_ns=clock(4))
    assert "nothing of the time asked for" in str(after.missing)
    early = first_clean_sound(cut, TONE, since_ns=clock(0), until_ns=clock(4))
    assert "too early" in str(early.missing)
    absent = first_clean_sound(studio.absent_sound(), TONE, since_ns=0, until_ns=clock(4))
    assert absent.missing is not None
    plain = Tone(marker=None)
    unmarked = first_clean_sound(studio.sound(plain), plain, since_ns=0, until_ns=clock(4))
    assert "without markers" in str(unmarked.missing)


def test_a_stream_that_gave_nothing_is_told_by_a_witness(studio: Studio, clock: Clock) -> None:
    cut = studio.sound(TONE, seconds=1.0)
    measured = first_clean_sound(
        cut, TONE, since_ns=clock(2), until_ns=clock(4), alive=studio.witness()
    )

    assert (measured.value, measured.at_least) == (2000.0, True)


def small(begin_s: float, end_s: float, clock: Clock) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Half the size in a time."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        arrival = frames["arrival_ns"]
        then = (arrival >= clock(begin_s)) & (arrival < clock(end_s))
        frames["width"][then], frames["height"][then] = 320, 180
        return frames

    return edit


@pytest.mark.parametrize(
    ("smaller", "gaps", "value_ms"),
    [
        ((9, 9), [], 15),
        ((0, 0.6), [], 615),
        ((0.5, 0.6), [], 615),
        ((1.1, 1.2), [], 15),
        ((0, 0.6), [(0.7, 1.4)], 1415),
    ],
    ids=["at once", "later", "not for long", "a second is enough", "too few"],
)
def test_a_picture_is_full_when_it_stays_so(
    studio: Studio,
    clock: Clock,
    smaller: tuple[float, float],
    gaps: Spans,
    value_ms: float,
) -> None:
    recording = studio.pictures(CODE, gaps=gaps, edit=small(*smaller, clock))
    measured = first_full_picture(recording, CODE, since_ns=clock(0), until_ns=clock(4))

    assert measured.value == pytest.approx(value_ms, abs=0.1)
    assert (measured.error, measured.at_least) == (2.0, False)


def test_a_picture_that_stays_small_is_a_lower_bound(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, edit=small(0, 6, clock))
    measured = first_full_picture(recording, CODE, since_ns=clock(0), until_ns=clock(4))

    assert (measured.value, measured.at_least) == (4000.0, True)
    assert measured.notes[1] == "heights in order: 180"


def test_pictures_that_never_came_need_a_witness(studio: Studio, clock: Clock) -> None:
    for recording in (studio.pictures(CODE, gaps=[(0, 9)]), studio.absent_pictures()):
        measured = first_full_picture(recording, CODE, since_ns=clock(0), until_ns=clock(4))
        assert measured.missing is not None
    never = first_full_picture(
        studio.pictures(CODE, gaps=[(0, 9)]),
        CODE,
        since_ns=clock(0),
        until_ns=clock(4),
        alive=studio.witness(),
    )
    assert (never.value, never.at_least) == (4000.0, True)
