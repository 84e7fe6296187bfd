from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.signals.picture import ColourCode
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.freeze import (
    find_freezes,
    freeze_bound_ns,
    freeze_count,
    freezes,
    frozen_ratio,
    frozen_time,
    longest_freeze,
)
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
Edit = Callable[[NDArray[Any]], NDArray[Any]]
CODE = ColourCode(track_code=3, fps=20)
VERIFIERS = [freeze_count, frozen_time, frozen_ratio, longest_freeze]


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def found_in(*intervals_ms: int, until_ms: int = 0) -> list[tuple[int, int | None]]:
    """Number of the picture that stood still, and of the next, of pictures these ms apart."""
    times = np.cumsum([0, *intervals_ms]) * NS_PER_MS
    found = find_freezes(times, np.arange(len(times)), int(times[-1]) + until_ms * NS_PER_MS)
    return [(freeze.last, freeze.next) for freeze in found]


@pytest.mark.parametrize(
    ("average_ms", "bound_ms"), [(10, 160), (33, 183), (75, 225), (100, 300), (200, 600)]
)
def test_bound_is_the_larger_of_the_two(average_ms: int, bound_ms: int) -> None:
    assert freeze_bound_ns(average_ms * NS_PER_MS) == bound_ms * NS_PER_MS


def test_interval_is_part_of_its_average() -> None:
    # 29 of 50 ms and one of x: x >= (1450 + x) / 30 + 150 from 205.2 on
    assert found_in(*[50] * 29, 205) == []
    assert found_in(*[50] * 29, 206) == [(29, 30)]


def test_average_is_that_of_thirty() -> None:
    # slow ones that are longer ago than 30 intervals do not count
    assert found_in(*[400] * 20, *[50] * 29, 206) == [(49, 50)]
    assert found_in(*[400] * 20, *[50] * 20, 206) == []


def test_first_four_intervals_are_no_freeze() -> None:
    assert found_in(50, 50, 50, 4000) == []
    assert found_in(50, 50, 50, 50, 4000) == [(4, 5)]


def test_pause_is_a_freeze_and_no_part_of_the_average() -> None:
    times = np.cumsum([0, *[50] * 10, 5001, *[50] * 19, 210]) * NS_PER_MS
    found = find_freezes(times, np.arange(len(times)), int(times[-1]))
    assert [(freeze.last, freeze.paused) for freeze in found] == [(10, True), (30, False)]
    assert found_in(5000, 5000, until_ms=0) == []
    assert found_in(5001) == [(0, 1)]


def test_what_has_not_ended_counts() -> None:
    assert found_in(*[50] * 29, until_ms=205) == []
    assert found_in(*[50] * 29, until_ms=206) == [(29, None)]


def test_nothing_came_and_nothing_stood_still() -> None:
    assert find_freezes([], [], 0) == ()
    assert find_freezes([5], [0], 5 + 6 * NS_PER_S)[0].paused


def observer(intervals: list[int]) -> tuple[set[int], set[int], set[int]]:
    """What libwebrtc's VideoQualityObserver calls frozen and paused, and what it nearly did.

    It counts in whole ms and rounds the average down, which lowers the bound by less than 3 ms.
    """
    cached: list[int] = []
    frozen, paused, close = set(), set(), set()
    for place, interval in enumerate(intervals):
        if interval > 5000:
            paused.add(place)
            continue
        cached = [*cached, interval][-30:]
        average = sum(cached) // len(cached)
        above = interval - max(3 * average, average + 150)
        if len(cached) >= 5 and above >= 0:
            frozen.add(place)
        if abs(above) < 3:
            close.add(place)
    return frozen, paused, close


@pytest.mark.parametrize("seed", range(20))
def test_freezes_are_those_that_libwebrtc_counts(seed: int) -> None:
    random = np.random.default_rng(seed)
    intervals = random.integers(20, 90, 200)
    spikes = random.random(200) < 0.06
    intervals[spikes] = random.integers(150, 7000, int(spikes.sum()))
    frozen, paused, close = observer(intervals.tolist())
    times = np.cumsum([0, *intervals]) * NS_PER_MS
    found = find_freezes(times, np.arange(len(times)), int(times[-1]))

    assert {freeze.last for freeze in found if freeze.paused} == paused
    assert {freeze.last for freeze in found if not freeze.paused} - close == frozen - close


@pytest.mark.parametrize(
    ("gap", "duration_ms", "inside_ms"),
    [((2.0, 3.0), 1050, 1050), ((2.01, 2.31), 350, 350), ((0.5, 1.5), 1050, 515)],
)
def test_one_freeze_is_found_where_it_is(
    studio: Studio,
    window: Window,
    clock: Clock,
    gap: tuple[float, float],
    duration_ms: float,
    inside_ms: float,
) -> None:
    recording = studio.pictures(CODE, gaps=[gap])
    (freeze,) = freezes(recording, 3, **window).found
    assert clock(gap[0]) - NS_PER_S // 20 <= freeze.start_ns < clock(gap[0])
    assert clock(gap[1]) <= freeze.end_ns < clock(gap[1]) + NS_PER_S // 20
    assert freeze.skipped == round(duration_ms / 50) - 1
    assert freeze_count(recording, 3, **window).value == 1
    assert longest_freeze(recording, 3, **window).value == pytest.approx(duration_ms, abs=0.01)
    assert frozen_time(recording, 3, **window).value == pytest.approx(inside_ms, abs=0.01)
    assert frozen_ratio(recording, 3, **window).value == pytest.approx(inside_ms / 4000)
    assert frozen_time(recording, 3, **window).error == 2.0


def test_clean_flow_has_no_freeze(studio: Studio, window: Window) -> None:
    measured = [verifier(studio.pictures(CODE), 3, **window) for verifier in VERIFIERS]
    assert [m.value for m in measured] == [0.0] * 4
    assert {m.rests_on for m in measured} == {80}
    assert {m.notes for m in measured} == {()}


def test_only_the_last_freeze_can_be_lasting(studio: Studio, window: Window) -> None:
    ended = freezes(studio.pictures(CODE, gaps=[(2.0, 2.4), (3.5, 4.2)]), 3, **window)
    stays = studio.pictures(CODE, gaps=[(2.0, 2.4), (3.5, 9.0)])
    lasting = freezes(stays, 3, **window, alive=studio.witness())
    assert (ended.lasting, lasting.lasting) == (False, True)
    assert not ended.measured(1.0, "events", 0.0).at_least
    with pytest.raises(NoEvidenceError, match="no witness was named"):
        freezes(stays, 3, **window)


def test_notes_say_where(studio: Studio, window: Window) -> None:
    measured = freeze_count(studio.pictures(CODE, gaps=[(2.0, 2.4), (3.5, 4.2)]), 3, **window)
    assert measured.value == 2
    assert measured.notes == ("frozen for 450 ms from 965 ms; 750 ms from 2465 ms",)


def test_a_pause_is_a_freeze_and_told(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, seconds=12, gaps=[(2.0, 8.0)])
    window: Window = {"since_ns": clock(1), "until_ns": clock(11)}
    assert freeze_count(recording, 3, **window).value == 1
    assert longest_freeze(recording, 3, **window).value == pytest.approx(6050)
    assert "6050 ms from 965 ms, a pause" in freeze_count(recording, 3, **window).notes[0]


@pytest.mark.parametrize("stale", [0, 10])
def test_repeated_and_late_pictures_do_not_end_a_freeze(
    studio: Studio, window: Window, stale: int
) -> None:
    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        frames["counter"][40:60] = frames["counter"][39] - stale
        return frames

    assert longest_freeze(studio.pictures(CODE, edit=edit), 3, **window).value == 1050


def test_freeze_to_the_end_needs_a_live_receiver(studio: Studio, window: Window) -> None:
    gone = studio.pictures(CODE, gaps=[(3.0, 60)])
    assert "no witness was named" in str(longest_freeze(gone, 3, **window).missing)
    dead = studio.witness(silent=[(3.0, 6)])
    assert longest_freeze(gone, 3, **window, alive=dead).value is None
    measured = longest_freeze(gone, 3, **window, alive=studio.witness())
    assert measured.value == pytest.approx(2035)
    assert measured.at_least
    assert freeze_count(gone, 3, **window, alive=studio.witness()).value == 1
    assert measured.notes == ("frozen for 2035 ms from 1965 ms, to the end",)


def test_recording_that_goes_on_afterwards_is_proof_enough(studio: Studio, window: Window) -> None:
    measured = longest_freeze(studio.pictures(CODE, gaps=[(3.0, 5.2)]), 3, **window)
    assert measured.value == pytest.approx(2035)
    assert measured.at_least


def cut(frames: NDArray[Any]) -> NDArray[Any]:
    return frames[:50]


def of_another(frames: NDArray[Any]) -> NDArray[Any]:
    frames["track_code"] = 7
    return frames


def unreadable(frames: NDArray[Any]) -> NDArray[Any]:
    frames["status"] = FrameStatus.BAD_CRC
    return frames


def backwards(frames: NDArray[Any]) -> NDArray[Any]:
    frames["arrival_ns"][60:] -= 2 * NS_PER_S
    return frames


def forwards(frames: NDArray[Any]) -> NDArray[Any]:
    frames["arrival_ns"][40:] += 60 * NS_PER_S
    return frames


def hole(frames: NDArray[Any]) -> NDArray[Any]:
    frames[40:60] = np.zeros(1, dtype=frames.dtype)
    return frames


def late(frames: NDArray[Any]) -> NDArray[Any]:
    return frames[18:]


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        (cut, "ends with a picture that stands still"),
        (lambda frames: frames[:0], "0 pictures"),
        (of_another, "0 pictures"),
        (unreadable, "0 pictures"),
        (backwards, "backwards"),
        (hole, "backwards"),
        (forwards, "came 60 s apart: the clock stepped"),
        (late, "2 pictures of track code 3 were read before the time asked for, 5 needed"),
    ],
)
def test_bad_recordings_do_not_answer(studio: Studio, window: Window, edit: Edit, why: str) -> None:
    recording = studio.pictures(CODE, edit=edit)
    for verifier in VERIFIERS:
        assert why in str(verifier(recording, 3, **window).missing)


def test_what_the_sdk_counted_tells_a_freeze_from_a_hole_of_the_recording(
    studio: Studio, window: Window
) -> None:
    whole = counts_of(studio.pictures(CODE), range(7))
    for gap in ((2.5, 4), (4, 9)):
        stood_still = studio.pictures(CODE, gaps=[gap])
        own = counts_of(stood_still, range(7))
        frozen = longest_freeze(stood_still, 3, statistics=own, **window)
        assert frozen.value == pytest.approx(min(gap[1], 5) * 1000 - gap[0] * 1000, abs=60)
        for verifier in VERIFIERS:
            damaged = verifier(stood_still, 3, statistics=whole, **window)
            assert "the SDK gave out" in str(damaged.missing)


def test_without_a_recording_there_is_no_answer(studio: Studio, window: Window) -> None:
    absent: VideoRecording = studio.absent_pictures()
    for verifier in VERIFIERS:
        assert verifier(absent, 3, **window).value is None
