from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.picture import ColourCode
from harness.verifiers.picture_order import (
    foreign_frames,
    frames_lost,
    frames_never_sent,
    frames_out_of_order,
    frames_read_ratio,
    frames_repeated,
    frames_skipped_ratio,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
CODE = ColourCode(track_code=3, fps=20)


def without(*places: int) -> Callable[[NDArray[Any]], NDArray[Any]]:
    return lambda frames: np.delete(frames, places)


def counters_at(places: list[int], numbers: list[int]) -> Callable[[NDArray[Any]], NDArray[Any]]:
    """Counters of some frames as offsets from the first frame's."""

    def edit(frames: NDArray[Any]) -> NDArray[Any]:
        frames["counter"][places] = frames["counter"][0] + np.array(numbers, dtype=np.uint32)
        return frames

    return edit


def test_every_picture_sent_was_read(studio: Studio, clock: Clock) -> None:
    measured = frames_read_ratio(
        studio.pictures(CODE), 3, sent=studio.sent_pictures(CODE),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert (measured.value, measured.rests_on) == (1.0, 80)


@pytest.mark.parametrize(
    ("hue_deg", "value", "told"),
    [
        (135 + 22, 1.0, None),
        (135 - 22, 1.0, None),
        (135 + 23, 0.0, "80 in another colour, the first hue 158° in place of 135°"),
        (315, 0.0, "80 in another colour, the first hue 315° in place of 135°"),
        (np.nan, 0.0, "80 in another colour, the first grey in place of 135°"),
    ],
)
def test_a_picture_in_another_colour_was_not_seen(
    studio: Studio, clock: Clock, hue_deg: float, value: float, told: str | None
) -> None:
    def colour(frames: NDArray[Any]) -> NDArray[Any]:
        frames["hue_deg"] = hue_deg
        inside = (frames["arrival_ns"] >= clock(1)) & (frames["arrival_ns"] < clock(7))
        return frames[inside][:80]

    measured = frames_read_ratio(
        studio.pictures(CODE, edit=colour), 3, sent=studio.sent_pictures(CODE),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip

    assert measured.value == value
    assert measured.notes[1:] == (() if told is None else (f"not counted: {told}",))


def test_hues_meet_at_360(studio: Studio, clock: Clock) -> None:
    red = ColourCode(track_code=8, fps=20)

    def colour(frames: NDArray[Any]) -> NDArray[Any]:
        frames["hue_deg"] = 350
        return frames

    measured = frames_lost(
        studio.pictures(red, edit=colour), 8, sent=studio.sent_pictures(red),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert measured.value == 0


def test_pictures_lost_or_unreadable_lower_the_ratio(studio: Studio, clock: Clock) -> None:
    def lose(frames: NDArray[Any]) -> NDArray[Any]:
        frames["status"][30] = FrameStatus.BAD_CRC
        return np.delete(frames, [40, 41, 42])

    measured = frames_read_ratio(
        studio.pictures(CODE, edit=lose), 3, sent=studio.sent_pictures(CODE),
        since_ns=clock(1), until_ns=clock(5),
    )  # fmt: skip
    assert measured.value == 76 / 80
    assert measured.notes == ("76 of 80 pictures were seen", "not counted: 1 bad crc")


def test_every_lost_picture_is_known_by_its_number(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    sent = studio.sent_pictures(CODE)
    assert frames_lost(studio.pictures(CODE), 3, sent=sent, **window).value == 0
    recording = studio.pictures(CODE, edit=without(30, 40, 41, 42))
    first = int(recording.frames["counter"][0])
    measured = frames_lost(recording, 3, sent=sent, **window)
    assert (measured.value, measured.rests_on) == (4, 80)
    assert measured.notes == (f"numbers {first + 30}, {first + 40} to {first + 42}",)


def test_lost_pictures_need_a_live_receiver_and_what_was_sent(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    recording, sent = studio.pictures(CODE, gaps=[(0, 60)]), studio.sent_pictures(CODE)
    assert frames_lost(recording, 3, sent=sent, **window).missing is not None
    alive = studio.witness()
    assert frames_lost(recording, 3, sent=sent, **window, alive=alive).value == 80
    nowhere = Path(recording.path.parent / "absent.sent")
    assert "no record" in str(frames_lost(recording, 3, sent=nowhere, **window).missing)


def test_pictures_that_nobody_sent_are_found(studio: Studio, clock: Clock) -> None:
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    sent = studio.sent_pictures(CODE)
    assert frames_never_sent(studio.pictures(CODE), 3, sent=sent, **window).value == 0
    recording = studio.pictures(CODE, edit=counters_at([30, 31, 50], [500, 501, 55]))
    measured = frames_never_sent(recording, 3, sent=sent, **window)
    assert measured.value == 3  # two that never were, and one that is yet to be handed over
    assert "numbers" in measured.notes[0]
    nowhere = Path(recording.path.parent / "absent.sent")
    assert frames_never_sent(recording, 3, sent=nowhere, **window).value is None
    assert frames_never_sent(recording, 4, sent=sent, **window).value is None


def test_no_picture_at_all_needs_a_witness(studio: Studio, clock: Clock) -> None:
    recording, sent = studio.pictures(CODE, gaps=[(0, 60)]), studio.sent_pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    assert frames_read_ratio(recording, 3, sent=sent, **window).missing is not None
    alive, dead = studio.witness(), studio.witness(silent=[(3, 6)])
    assert frames_read_ratio(recording, 3, sent=sent, alive=dead, **window).missing is not None
    alive = studio.witness()
    assert frames_read_ratio(recording, 3, sent=sent, alive=alive, **window).value == 0.0


def test_ratio_needs_a_record_of_what_was_sent(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE)
    window: Window = {"since_ns": clock(1), "until_ns": clock(5)}
    nowhere = Path(recording.path.parent / "absent.sent")
    assert "no record" in str(frames_read_ratio(recording, 3, sent=nowhere, **window).missing)
    sent = studio.sent_pictures(CODE, seconds=0)
    assert "handed over" in str(frames_read_ratio(recording, 3, sent=sent, **window).missing)
    sent.write_bytes(b"")
    assert "holds no picture" in str(frames_read_ratio(recording, 3, sent=sent, **window).missing)


def test_clean_pictures_are_in_order_once_and_complete(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE)
    window: Window = {"since_ns": clock(0), "until_ns": clock(6)}
    assert frames_out_of_order(recording, 3, **window).value == 0
    assert frames_repeated(recording, 3, **window).value == 0
    assert frames_skipped_ratio(recording, 3, **window).value == 0
    assert foreign_frames(recording, 3, **window).value == 0


@pytest.mark.parametrize(
    ("places", "numbers", "out_of_order", "repeated"),
    [
        ([20, 21], [21, 20], 1, 0),  # swapped
        ([20], [19], 0, 1),  # twice in a row
        ([20, 21, 22], [10, 11, 12], 1, 3),  # a replay of three
        ([20, 40], [5, 6], 2, 2),
    ],
)
def test_order_and_repetition(
    studio: Studio,
    clock: Clock,
    places: list[int],
    numbers: list[int],
    out_of_order: int,
    repeated: int,
) -> None:
    recording = studio.pictures(CODE, edit=counters_at(places, numbers))
    window: Window = {"since_ns": clock(0), "until_ns": clock(6)}
    assert frames_out_of_order(recording, 3, **window).value == out_of_order
    assert frames_repeated(recording, 3, **window).value == repeated


def test_skipped_numbers(studio: Studio, clock: Clock) -> None:
    recording = studio.pictures(CODE, edit=without(20, 21, 50))
    measured = frames_skipped_ratio(recording, 3, since_ns=clock(0), until_ns=clock(6))
    assert measured.value == pytest.approx(3 / measured.rests_on)


def test_pictures_of_another_track_are_foreign(studio: Studio, clock: Clock) -> None:
    def swap(frames: NDArray[Any]) -> NDArray[Any]:
        frames["track_code"][30:33] = 8
        return frames

    window: Window = {"since_ns": clock(0), "until_ns": clock(6)}
    measured = foreign_frames(studio.pictures(CODE, edit=swap), 3, **window)
    assert measured.value == 3
    assert measured.notes == ("track codes [8]",)


@pytest.mark.parametrize(
    "verifier", [frames_out_of_order, frames_repeated, frames_skipped_ratio, foreign_frames]
)
def test_without_pictures_there_is_no_answer(
    studio: Studio, clock: Clock, verifier: Callable[..., Any]
) -> None:
    window: Window = {"since_ns": clock(0), "until_ns": clock(6)}
    frozen = studio.pictures(CODE, gaps=[(0, 60)])
    assert verifier(frozen, 3, **window).missing is not None
    assert verifier(studio.absent_pictures(), 3, **window).missing is not None
