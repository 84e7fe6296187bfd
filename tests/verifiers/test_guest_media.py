from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import FrameStatus
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone
from harness.verifiers.guest_media import longest_silence, longest_standstill
from harness.verifiers.sound import open_sound

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
TONE, CODE = Tone(), ColourCode(track_code=3)


def test_the_longest_silence_is_found(studio: Studio, clock: Clock) -> None:
    heard = studio.sound(TONE, silent=[(2, 2.1), (3, 3.4)])
    measured = longest_silence(heard, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(400, abs=6)
    assert (measured.error, measured.at_least, measured.rests_on) == (10, False, 3)
    assert measured.notes[0].startswith("the longest began at 20")


def test_a_sound_without_a_break_has_no_silence(studio: Studio, clock: Clock) -> None:
    measured = longest_silence(studio.sound(TONE), since_ns=clock(1), until_ns=clock(5))
    assert (measured.value, measured.error, measured.at_least) == (0, 0, False)


def test_a_sound_that_goes_on_to_the_end_of_its_recording_has_no_silence(
    studio: Studio, clock: Clock
) -> None:
    heard = studio.sound(TONE)
    ends_ns = open_sound(heard).end_ns
    for before_ms in range(12):
        until_ns = ends_ns - before_ms * NS_PER_MS
        measured = longest_silence(heard, since_ns=clock(1), until_ns=until_ns)
        assert (measured.value, measured.at_least) == (0, False)


def test_a_silence_that_had_not_ended_lasted_at_least_so_long(studio: Studio, clock: Clock) -> None:
    heard = studio.sound(TONE, silent=[(3, 6)])
    measured = longest_silence(heard, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(2000, abs=6)
    assert measured.at_least


def test_silence_needs_a_sound_before_it(studio: Studio, clock: Clock) -> None:
    heard = studio.sound(TONE, silent=[(0, 2)])
    measured = longest_silence(heard, since_ns=clock(1.5), until_ns=clock(5))
    assert "nothing was heard before" in str(measured.missing)
    late = longest_silence(studio.sound(TONE), since_ns=clock(1), until_ns=clock(9))
    assert "does not cover" in str(late.missing)


def unreadable(frames: NDArray[Any]) -> NDArray[Any]:
    """Pictures of somebody else's camera."""
    frames["status"] = FrameStatus.BAD_SYNC
    return frames


@pytest.mark.parametrize("edit", [None, unreadable])
def test_the_longest_standstill_is_found_whatever_is_shown(
    studio: Studio, clock: Clock, edit: Callable[[NDArray[Any]], NDArray[Any]] | None
) -> None:
    seen = studio.pictures(CODE, gaps=[(2, 2.5), (3, 4)], edit=edit)
    measured = longest_standstill(seen, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(1000, abs=2000 / CODE.fps)
    assert (measured.error, measured.at_least) == (2, False)
    assert measured.rests_on == pytest.approx(2.5 * CODE.fps, abs=3)


def test_blank_pictures_at_the_end_are_no_pictures(studio: Studio, clock: Clock) -> None:
    def blank(frames: NDArray[Any]) -> NDArray[Any]:
        frames["status"][frames["arrival_ns"] > clock(3)] = FrameStatus.TOO_SMALL
        return frames

    seen = studio.pictures(CODE, edit=blank)
    measured = longest_standstill(seen, since_ns=clock(1), until_ns=clock(5))
    assert measured.value == pytest.approx(2000, abs=2000 / CODE.fps)
    assert measured.at_least


def test_a_standstill_that_did_not_end_needs_a_live_receiver(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    seen = studio.pictures(CODE, seconds=3)
    assert "no witness was named" in str(longest_standstill(seen, **window).missing)
    measured = longest_standstill(seen, alive=studio.witness(), **window)
    assert measured.value == pytest.approx(2000, abs=2000 / CODE.fps)
    assert measured.at_least


def test_a_standstill_needs_a_picture_before_it(studio: Studio, clock: Clock) -> None:
    seen = studio.pictures(CODE, gaps=[(0, 2)])
    measured = longest_standstill(seen, since_ns=clock(1), until_ns=clock(5))
    assert "no picture came before" in str(measured.missing)


def test_half_a_second_may_pass_after_the_sound_before_it(studio: Studio, clock: Clock) -> None:
    heard = studio.sound(TONE, silent=[(1.3, 2)])
    measured = longest_silence(heard, since_ns=clock(1.5), until_ns=clock(5))
    assert measured.value == pytest.approx(500, abs=6)
