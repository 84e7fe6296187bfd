from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.measurement import Seen, Series
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.verifiers.recovery import STEADY_NS, _answer, picture_recovery, sound_recovery
from tests.verifiers.conftest import RUN_IN_S, SOUND_LATENCY_MS

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)
TONE = Tone()
Spans = list[tuple[float, float]]
START = int((RUN_IN_S - SOUND_LATENCY_MS / 1000) * 48_000)
"""First sample of a tone that is in a recording."""


@pytest.mark.parametrize(
    ("gaps", "value_ms"),
    [
        ([], 15),
        ([(1, 2.53)], 565),
        ([(1, 2.1), (2.5, 2.75)], 765),
        ([(2.5, 2.6)], 15),
        ([(1, 3.9)], 1915),
        ([(1, 2.53), (4.5, 4.75)], 565),
    ],
    ids=["no fault", "one break", "breaks at once", "two missing", "a second is left", "later"],
)
def test_pictures_have_recovered_when_they_stay(
    studio: Studio, clock: Clock, gaps: Spans, value_ms: float
) -> None:
    measured = picture_recovery(
        studio.pictures(CODE, gaps=gaps), CODE, healed_ns=clock(2), until_ns=clock(5)
    )

    assert measured.value == pytest.approx(value_ms, abs=0.1)
    assert (measured.error, measured.at_least) == (2.0, False)


@pytest.mark.parametrize(
    "gaps",
    [[(1, 60)], [(1, 4.3)], [(1, 2.5), (3, 3.4), (4, 4.4), (4.9, 60)]],
    ids=["never", "too late to tell", "again and again"],
)
def test_pictures_that_did_not_stay_are_a_lower_bound(
    studio: Studio, clock: Clock, gaps: Spans
) -> None:
    measured = picture_recovery(
        studio.pictures(CODE, gaps=gaps), CODE,
        healed_ns=clock(2), until_ns=clock(5), alive=studio.witness(),
    )  # fmt: skip

    assert (measured.value, measured.at_least) == (3000.0, True)
    assert "never steady" in measured.notes[0]


def test_a_receiver_that_may_be_dead_is_not_said_not_to_recover(
    studio: Studio, clock: Clock
) -> None:
    window = {"healed_ns": clock(2), "until_ns": clock(5)}
    pictures, sound = studio.pictures(CODE, seconds=2.5), studio.sound(TONE, seconds=2.5)
    dead = studio.witness(seconds=2.5)

    for witness in (None, dead):
        assert picture_recovery(pictures, CODE, alive=witness, **window).missing is not None
        assert sound_recovery(sound, TONE, alive=witness, **window).missing is not None
    ended = sound_recovery(sound, TONE, alive=studio.witness(), **window)
    assert (ended.value, ended.at_least) == (3000.0, True)


@pytest.mark.parametrize(("longest_ms", "value_ms"), [(None, 2_300), (400, 0), (280, 2_300)])
def test_on_a_network_that_repairs_all_the_time_a_freeze_may_be_longer(
    studio: Studio, clock: Clock, longest_ms: float | None, value_ms: float
) -> None:
    measured = picture_recovery(
        studio.pictures(CODE, gaps=[(3, 3.3), (4, 4.3)]),
        CODE, healed_ns=clock(2), until_ns=clock(6), longest_ms=longest_ms,
    )  # fmt: skip
    assert measured.value == pytest.approx(value_ms, abs=100)


def test_pictures_below_their_rate_have_not_recovered(studio: Studio, clock: Clock) -> None:
    def thin(frames: NDArray[Any]) -> NDArray[Any]:
        """Every third picture is missing from second 2 to 3.5: a rate of two thirds, no freeze."""
        arrived = (frames["arrival_ns"] >= clock(2)) & (frames["arrival_ns"] < clock(3.5))
        kept: NDArray[Any] = frames[~arrived | (frames["counter"] % 3 > 0)]
        return kept

    measured = picture_recovery(
        studio.pictures(CODE, edit=thin), CODE, healed_ns=clock(2), until_ns=clock(5)
    )

    assert measured.value is not None
    assert 800 < measured.value < 1300


def test_recovery_of_pictures_that_never_came_is_none(studio: Studio, clock: Clock) -> None:
    for recording in (studio.pictures(CODE, gaps=[(0, 2.5)]), studio.absent_pictures()):
        measured = picture_recovery(recording, CODE, healed_ns=clock(2), until_ns=clock(5))
        assert measured.missing is not None


@pytest.mark.parametrize(
    ("silent", "value_ms"),
    [
        ([], 0),
        ([(1, 2.7)], 700),
        ([(1, 2.1), (2.8, 2.88)], 880),
        ([(2.3, 2.32)], 0),
        ([(1, 2.7), (4.9, 6)], 700),
    ],
    ids=["no fault", "one break", "breaks again", "a click", "breaks later"],
)
def test_sound_has_recovered_when_it_stays_clean(
    studio: Studio, clock: Clock, silent: Spans, value_ms: float
) -> None:
    recording = studio.sound(TONE, silent=silent)
    measured = sound_recovery(recording, TONE, healed_ns=clock(2), until_ns=clock(5))

    assert measured.value == pytest.approx(value_ms, abs=20)
    assert (measured.error, measured.at_least) == (10.0, False)
    assert measured.notes == (("breaks afterwards: 1",) if silent[-1:] == [(4.9, 6)] else ())


@pytest.mark.parametrize(
    "silent",
    [[(1, 6)], [(1, 4.3)], [(1, 2.2), (2.9, 3), (3.8, 3.9), (4.5, 6)]],
    ids=["never", "too late", "again and again"],
)
def test_sound_that_did_not_stay_is_a_lower_bound(
    studio: Studio, clock: Clock, silent: Spans
) -> None:
    recording = studio.sound(TONE, silent=silent)
    measured = sound_recovery(recording, TONE, healed_ns=clock(2), until_ns=clock(5))

    assert (measured.value, measured.at_least) == (3000.0, True)


@pytest.mark.parametrize(("until_s", "value_ms"), [(2.7, 610), (60, None)])
def test_a_tone_without_its_markers_is_concealment(
    studio: Studio, clock: Clock, until_s: float, value_ms: float | None
) -> None:
    def conceal(samples: NDArray[np.int16]) -> None:
        """The pilot goes on where a marker should have been, at 2.56 s."""
        steady = ToneGenerator(Tone(marker=None)).samples(START, START + len(samples))
        concealed = slice(int(2.5 * 48_000), int(until_s * 48_000))
        samples[concealed] = steady[concealed]

    recording = studio.sound(TONE, edit=conceal)
    measured = sound_recovery(recording, TONE, healed_ns=clock(2), until_ns=clock(5))

    assert measured.at_least is (value_ms is None)
    assert measured.value == pytest.approx(value_ms or 3000, abs=20)


def test_recovery_of_sound_that_was_never_heard_is_none(studio: Studio, clock: Clock) -> None:
    never, absent = studio.sound(TONE, silent=[(0, 2.5)]), studio.absent_sound()
    for recording in (never, absent):
        measured = sound_recovery(recording, TONE, healed_ns=clock(2), until_ns=clock(5))
        assert measured.missing is not None
    plain = Tone(marker=None)
    unmarked = sound_recovery(studio.sound(plain), plain, healed_ns=clock(2), until_ns=clock(5))
    assert "no markers" in str(unmarked.missing)


@pytest.mark.parametrize(("more_ns", "steady"), [(0, True), (-1, False)])
def test_a_whole_second_must_be_seen(more_ns: int, steady: bool) -> None:
    times = np.array([5], dtype=np.int64)
    seen = Seen(series=Series.LEVEL, file="x", since_ns=0)
    measured = _answer(times, times[:0], 5 + STEADY_NS + more_ns, seen, error=1.0, notes=())
    assert measured.at_least is not steady
