from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import FRAME_DTYPE
from harness.evidence.sent import SENT_DTYPE
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.latency import (
    added_latency,
    latency,
    longest_latency,
    network_latency,
    remainder,
    slow_network_latency,
)
from harness.verifiers.latency_series import HeardSound, SeenPictures, Track
from tests.verifiers.conftest import PICTURE_LATENCY_MS, SOUND_LATENCY_MS, Window, at
from tests.verifiers.latency_evidence import (
    DOWNLINK_MS,
    PICTURE_REMAINDER_MS,
    SERVER_MS,
    SOUND_REMAINDER_MS,
    UPLINK_MS,
    heard_sound,
    seen_pictures,
    statistics,
)
from tests.verifiers.sdk_counts import counts_of

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio

Clock = Callable[[float], int]
TONE = Tone(marker="order")
CODE = ColourCode(track_code=3, fps=30)


@pytest.fixture
def window(clock: Clock) -> Window:
    """Steady state."""
    return {"since_ns": clock(1), "until_ns": clock(5.9)}


@pytest.fixture
def sound(studio: Studio) -> HeardSound:
    return HeardSound(recording=studio.sound(TONE), tone=TONE, sent=studio.sent_sound(TONE))


def pictures(
    studio: Studio,
    edit: Callable[[NDArray[Any]], NDArray[Any]] | None = None,
    *,
    gaps: tuple[tuple[float, float], ...] = (),
    seconds: float = 6.0,
) -> SeenPictures:
    recording = studio.pictures(CODE, edit=edit, gaps=gaps, seconds=seconds)
    return SeenPictures(recording=recording, track_code=3, sent=studio.sent_pictures(CODE))


def test_the_median_lies_in_what_was_sampled(
    studio: Studio, sound: HeardSound, window: Window
) -> None:
    for track, expected, error in (
        (sound, SOUND_LATENCY_MS, 10),
        (pictures(studio), PICTURE_LATENCY_MS, 2),
    ):
        measured = latency(track, **window)
        assert measured.value == pytest.approx(expected, abs=0.1)
        assert measured.error == error
        assert measured.value is not None
        assert measured.sampling is not None
        assert measured.sampling[0] <= measured.value <= measured.sampling[1]


def test_the_slow_end_and_the_worst(studio: Studio, window: Window) -> None:
    def slow(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"][::10] += 40 * NS_PER_MS
        frames["arrival_ns"][100] += 300 * NS_PER_MS
        return frames[np.argsort(frames["arrival_ns"], kind="stable")]

    track = pictures(studio, slow)
    p95 = latency(track, q=0.95, **window)
    assert p95.value == pytest.approx(PICTURE_LATENCY_MS + 40, abs=0.1)
    worst = longest_latency(track, **window)
    assert worst.value == pytest.approx(PICTURE_LATENCY_MS + 340, abs=0.1)
    assert worst.sampling is None


def test_too_few_markers_for_the_slow_end_are_told(sound: HeardSound, window: Window) -> None:
    assert "94" in str(latency(sound, q=0.95, **window).missing)


def test_a_series_with_a_hole_is_no_figure(
    studio: Studio, sound: HeardSound, window: Window
) -> None:
    for track in (
        pictures(studio, gaps=((2, 4),)),
        pictures(studio, seconds=3.0),
        pictures(studio, gaps=((1, 2.9),)),
        replace(sound, recording=studio.sound(TONE, silent=[(0.9, 2.9)])),
        replace(sound, recording=studio.sound(TONE, seconds=3.9)),
    ):
        for verifier in (latency, longest_latency):
            measured = verifier(track, **window)
            assert measured.value is None
            assert "nothing came for" in str(measured.missing)


@pytest.mark.parametrize(("hole_ms", "told"), [(1599.5, True), (1600.5, False)])
def test_a_hole_may_be_as_long_as_three_markers_that_are_missing(
    studio: Studio, window: Window, hole_ms: float, told: bool
) -> None:
    def later(frames: NDArray[Any]) -> NDArray[Any]:
        apart_ns = frames["arrival_ns"][100] - frames["arrival_ns"][99]
        frames["arrival_ns"][100:] += round(hole_ms * NS_PER_MS) - apart_ns
        return frames

    assert (latency(pictures(studio, later), **window).value is not None) is told


def known(track: SeenPictures, *, of: SeenPictures | None = None) -> SeenPictures:
    """With the SDK's counts, which agree with the recording, or with another one."""
    return replace(track, statistics=counts_of((of or track).recording, range(7)))


def test_a_hole_that_really_was_counts(studio: Studio, window: Window) -> None:
    stood_still = known(pictures(studio, gaps=((2.5, 4.5),)))
    median = latency(stood_still, **window)
    assert median.value == pytest.approx(PICTURE_LATENCY_MS, abs=0.1)
    assert "nothing came for 2033 ms, from 1482 ms on" in median.notes[1]
    slow = latency(stood_still, q=0.95, **window)
    assert slow.at_least
    assert slow.value == pytest.approx(2000 - 0.05 * 2000 / 0.41, abs=100)
    assert "60 that never came are in it" in slow.notes[0]
    assert slow.rests_on == median.rests_on
    assert slow.sampling is not None
    assert slow.sampling[0] >= PICTURE_LATENCY_MS
    longest = longest_latency(stood_still, **window)
    assert longest.at_least
    assert longest.value == pytest.approx(2015, abs=35)
    assert "nothing came" in str(slow_network_latency(stood_still, q=0.95, **window).missing)


def test_what_comes_after_the_hole_is_as_old_as_it_is(studio: Studio, window: Window) -> None:
    """Nothing was lost: all of it came at 4.5 s."""

    def held_up(frames: NDArray[Any]) -> NDArray[Any]:
        there = (frames["arrival_ns"] >= at(2.5)) & (frames["arrival_ns"] < at(4.5))
        frames["arrival_ns"][there] = at(4.5)
        return frames

    held = known(pictures(studio, held_up))
    slow, longest = latency(held, q=0.95, **window), longest_latency(held, **window)
    assert slow.value == pytest.approx(2000 - 0.05 * 2000 / 0.41, abs=100)
    assert longest.value == pytest.approx(2015, abs=35)
    assert not slow.at_least
    assert not longest.at_least


def test_a_hole_of_a_recording_is_none_of_the_pictures(studio: Studio, window: Window) -> None:
    whole = pictures(studio)
    counted = counts_of(whole.recording, range(7))
    for gap in ((2.5, 4.5), (2.5, 3.0), (3, 9)):
        damaged = replace(pictures(studio, gaps=(gap,)), statistics=counted)
        for verifier in (latency, longest_latency):
            assert "the SDK gave out" in str(verifier(damaged, **window).missing)


def test_markers_are_lost_where_the_sound_went_on(sound: HeardSound, studio: Studio) -> None:
    long = studio.sent_sound(TONE, seconds=12)
    lost = replace(sound, recording=studio.sound(TONE, seconds=12, silent=[(4.3, 6.3)]), sent=long)
    window = Window(since_ns=at(1), until_ns=at(11.5))
    median = latency(lost, **window)
    assert median.value == pytest.approx(SOUND_LATENCY_MS, abs=0.1)
    assert any("nothing came for 2500 ms" in note for note in median.notes)
    longest = longest_latency(lost, **window)
    assert longest.at_least
    assert longest.value == pytest.approx(SOUND_LATENCY_MS + 2000, abs=1)
    log = np.fromfile(long, dtype=SENT_DTYPE)
    log[(log["at_ns"] < at(4)) | (log["at_ns"] > at(6.5))].tofile(long)
    assert "latency not known" in str(latency(lost, **window).missing)


def test_nothing_is_no_figure(studio: Studio, sound: HeardSound, window: Window) -> None:
    gone = replace(pictures(studio), recording=studio.absent_pictures())
    for track in (gone, replace(sound, recording=studio.absent_sound())):
        for verifier in (latency, longest_latency):
            assert verifier(track, **window).value is None


def test_a_figure_says_what_it_is_made_of(studio: Studio, window: Window) -> None:
    measured = latency(seen_pictures(studio), **window)
    assert measured.value == pytest.approx(PICTURE_LATENCY_MS, abs=0.1)
    assert "encoder 1.5, uplink 2.0, server 0.2" in measured.notes[1]
    assert "jitter buffer 7.0; remainder 1.3, 1.2 to 1.3" in measured.notes[1]
    assert "bindings.ndjson" in measured.evidence


def test_what_is_not_the_network_is_added(studio: Studio, window: Window) -> None:
    for track, whole in (
        (seen_pictures(studio), PICTURE_LATENCY_MS),
        (heard_sound(studio), SOUND_LATENCY_MS),
    ):
        measured = added_latency(track, **window)
        assert measured.value == pytest.approx(whole - UPLINK_MS - DOWNLINK_MS, abs=0.1)


def test_the_network_is_what_no_codec_and_no_buffer_explains(
    studio: Studio, window: Window
) -> None:
    between = UPLINK_MS + SERVER_MS + DOWNLINK_MS
    for track, left, error in (
        (seen_pictures(studio), PICTURE_REMAINDER_MS, 2),
        (heard_sound(studio), SOUND_REMAINDER_MS, 5),
    ):
        measured = network_latency(track, **window)
        assert measured.value == pytest.approx(between + left, abs=0.1)
        assert measured.error == error
        slow = slow_network_latency(track, q=0.5, **window)
        assert slow.value == pytest.approx(between + left, abs=0.1)
        assert remainder(track, **window).value == pytest.approx(left, abs=0.1)


def test_a_level_of_the_jitter_buffer_is_no_network(studio: Studio, window: Window) -> None:
    """Sound that stands 20 ms higher in the buffer is heard 20 ms later on the same network."""
    usual = network_latency(heard_sound(studio), **window)
    later = replace(heard_sound(studio, buffer_ms=55), recording=studio.sound(TONE, latency_ms=80))
    assert network_latency(later, **window).value == pytest.approx(usual.value, abs=0.1)


@pytest.mark.parametrize(("jump_ms", "told"), [(18, True), (25, False), (-25, False)])
def test_a_remainder_that_jumps_leaves_the_figure_open(
    studio: Studio, window: Window, jump_ms: int, told: bool
) -> None:
    def step(frames: NDArray[Any]) -> NDArray[Any]:
        frames["arrival_ns"] += (50 + (frames["arrival_ns"] > at(4)) * jump_ms) * NS_PER_MS
        return frames

    track = seen_pictures(studio, buffer_ms=57)
    stepped = replace(track, recording=studio.pictures(CODE, edit=step))
    for verifier in (latency, longest_latency, added_latency, network_latency):
        measured = verifier(stepped, **window)
        assert (measured.value is not None) is told
        assert told or "jumps by more than 20 ms" in str(measured.missing)


def test_a_remainder_that_nothing_makes_leaves_the_figure_open(
    studio: Studio, window: Window
) -> None:
    """A clock that is off by 20 ms from the beginning: nothing moves, and nothing is true."""
    heard, seen = heard_sound(studio), seen_pictures(studio)
    late_sound = studio.sound(TONE, latency_ms=80, name="off")
    late_pictures = studio.pictures(CODE, edit=later_by_20_ms, name="off")
    cases: list[tuple[Track, Track]] = [
        (heard, replace(heard, recording=late_sound)),
        (seen, replace(seen, recording=late_pictures)),
    ]
    for usual, off in cases:
        for verifier in (latency, longest_latency, added_latency, network_latency):
            measured = verifier(off, **window)
            assert "ms in the middle, usual are" in str(measured.missing)
        told = remainder(off, **window).value
        assert told == pytest.approx(20 + (remainder(usual, **window).value or 0), abs=0.1)


def later_by_20_ms(frames: NDArray[Any]) -> NDArray[Any]:
    frames["arrival_ns"] += 20 * NS_PER_MS
    return frames


def test_where_the_parts_are_not_known_there_is_no_figure(studio: Studio, window: Window) -> None:
    track = replace(seen_pictures(studio), statistics=statistics(7, 0))
    for verifier in (latency, longest_latency, added_latency, network_latency, remainder):
        assert "jitter buffer" in str(verifier(track, **window).missing)


def backwards(path: Path, dtype: np.dtype[Any]) -> None:
    """The clock stepped back by two seconds in the middle."""
    rows = np.fromfile(path, dtype=dtype)
    arrivals = rows["arrival_ns"] if dtype.names else rows
    arrivals[len(rows) // 2 :] -= 2_000 * NS_PER_MS
    path.write_bytes(rows.tobytes())


def bad_tracks(studio: Studio) -> list[Track]:
    """Recordings that are empty, cut short, of another, and of a clock that stepped."""
    sound, seen = heard_sound(studio), seen_pictures(studio)
    other_tone, other_code = Tone(pilot_hz=700, marker="order"), ColourCode(track_code=9, fps=30)
    empty_sound, empty_pictures = studio.sound(TONE, name="e"), studio.pictures(CODE, name="e")
    empty_sound.path.write_bytes(b"")
    empty_pictures.path.write_bytes(b"")
    stepped_sound, stepped = studio.sound(TONE, name="s"), studio.pictures(CODE, name="s")
    backwards(stepped_sound.path.with_suffix(".arrivals"), np.dtype("<i8"))
    backwards(stepped.path, FRAME_DTYPE)
    return [
        *(
            replace(sound, recording=recording)
            for recording in (
                empty_sound, stepped_sound, studio.sound(TONE, seconds=3, name="c"),
                studio.sound(other_tone, name="o"),
            )
        ),
        *(
            replace(seen, recording=recording)
            for recording in (
                empty_pictures, stepped, studio.pictures(CODE, seconds=3, name="c"),
                studio.pictures(other_code, name="o"),
            )
        ),
    ]  # fmt: skip


@pytest.mark.parametrize("bad", range(8))
def test_bad_evidence_is_no_figure(studio: Studio, window: Window, bad: int) -> None:
    track = bad_tracks(studio)[bad]
    for verifier in (latency, longest_latency, added_latency, network_latency, remainder):
        measured = verifier(track, **window)
        assert measured.value is None
        assert measured.missing
