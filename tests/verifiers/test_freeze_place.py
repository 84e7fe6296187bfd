from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import FRAME_DTYPE, VideoRecording
from harness.evidence.sent import SENT_DTYPE
from harness.signals.picture import ColourCode
from harness.verifiers.freeze_place import (
    freeze_end,
    freeze_length_error,
    freeze_start,
    freezes_elsewhere,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def stands_still(
    studio: Studio, clock: Clock, *, at_s: float = 2.0, for_s: float = 1.0, seen_ms: int = 0
) -> tuple[VideoRecording, Path]:
    """A camera that stands still, and its picture, which does so for some ms more."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        later = frames["arrival_ns"] >= clock(at_s)
        frames["arrival_ns"][later] += round(for_s * 1e9) + seen_ms * NS_PER_MS
        return frames

    recording, sent = studio.pictures(CODE, edit=edit), studio.sent_pictures(CODE)
    log = np.fromfile(sent, dtype=SENT_DTYPE)
    log["at_ns"][log["at_ns"] >= clock(at_s) - 15 * NS_PER_MS] += round(for_s * 1e9)
    sent.write_bytes(log.tobytes())
    return recording, sent


def test_picture_stands_still_as_its_camera_did(
    studio: Studio, window: Window, clock: Clock
) -> None:
    recording, sent = stands_still(studio, clock)
    elsewhere = freezes_elsewhere(recording, 3, sent=sent, **window)
    assert elsewhere.value == 0
    assert elsewhere.notes == ("frozen for 1050 ms from 965 ms",)
    length = freeze_length_error(recording, 3, sent=sent, **window)
    assert length.value == pytest.approx(0)
    assert (length.rests_on, length.error) == (1, 2.0)


@pytest.mark.parametrize("more_ms", [40, -40])
def test_another_length_is_told(studio: Studio, window: Window, clock: Clock, more_ms: int) -> None:
    recording, sent = stands_still(studio, clock, seen_ms=more_ms)
    measured = freeze_length_error(recording, 3, sent=sent, **window)
    assert measured.value == pytest.approx(40)
    assert measured.notes == (f"{more_ms:+.1f} ms longer than captured",)


def test_freeze_of_its_own_is_elsewhere(studio: Studio, window: Window) -> None:
    recording, sent = studio.pictures(CODE, gaps=[(2, 3)]), studio.sent_pictures(CODE)
    assert freezes_elsewhere(recording, 3, sent=sent, **window).value == 1
    assert "no freeze that captures have" in str(
        freeze_length_error(recording, 3, sent=sent, **window).missing
    )


def test_freeze_that_was_not_seen_is_told(studio: Studio, window: Window, clock: Clock) -> None:
    _, sent = stands_still(studio, clock)
    measured = freezes_elsewhere(studio.pictures(CODE), 3, sent=sent, **window)
    assert measured.value == 1
    assert measured.notes == ("not seen: after picture 89",)


@pytest.mark.parametrize(("shift", "elsewhere"), [(1, 0), (2, 2)])
def test_freeze_is_the_same_within_one_picture(
    studio: Studio, window: Window, clock: Clock, shift: int, elsewhere: int
) -> None:
    recording, sent = stands_still(studio, clock)
    log = np.fromfile(sent, dtype=SENT_DTYPE)
    log["number"] += shift
    sent.write_bytes(log.tobytes())
    assert freezes_elsewhere(recording, 3, sent=sent, **window).value == elsewhere


def test_freezes_that_only_end_together_are_not_the_same(
    studio: Studio, window: Window, clock: Clock
) -> None:
    """The camera stood still after picture 89; seen is nothing from picture 86 on."""
    _, sent = stands_still(studio, clock)
    recording = studio.pictures(CODE, gaps=[(1.8, 1.99)])
    frames = np.fromfile(recording.path, dtype=FRAME_DTYPE)
    frames["arrival_ns"][frames["counter"] >= 90] += 10**9
    recording.path.write_bytes(frames.tobytes())
    assert freezes_elsewhere(recording, 3, sent=sent, **window).value == 2


def test_freeze_of_a_fault_is_timed_from_it(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, gaps=[(2.0, 3.03), (4.0, 4.3)])
    window: Window = {"since_ns": clock(2), "until_ns": clock(5)}
    start = freeze_start(recording, 3, **window)
    assert start.value == pytest.approx(-35)
    assert start.error == 2.0
    end = freeze_end(recording, 3, **window, healed_ns=clock(3))
    assert end.value == pytest.approx(65)
    assert not end.at_least


def test_freeze_that_does_not_end_is_a_lower_bound(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, gaps=[(2.0, 5.2)])
    window: Window = {"since_ns": clock(2), "until_ns": clock(5)}
    end = freeze_end(recording, 3, **window, healed_ns=clock(3))
    assert end.value == pytest.approx(2000)
    assert end.at_least


def test_without_a_freeze_there_is_no_place(studio: Studio, window: Window, clock: Clock) -> None:
    recording = studio.pictures(CODE)
    assert "never stood still" in str(freeze_start(recording, 3, **window).missing)
    assert freeze_end(recording, 3, **window, healed_ns=clock(3)).value is None


def test_bad_records_of_what_was_sent_do_not_answer(
    studio: Studio, window: Window, clock: Clock
) -> None:
    recording, sent = stands_still(studio, clock)
    log = np.fromfile(sent, dtype=SENT_DTYPE)
    log["at_ns"][60] -= 2_000_000_000
    sent.write_bytes(log.tobytes())
    for verifier in (freezes_elsewhere, freeze_length_error):
        assert "in their order" in str(verifier(recording, 3, sent=sent, **window).missing)
        nowhere = sent.with_name("absent.sent")
        assert verifier(recording, 3, sent=nowhere, **window).value is None
