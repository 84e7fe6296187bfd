from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.kept_pictures import KEPT_HEADER
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.signals.picture import ColourCode, PictureWriter
from harness.verifiers.fidelity import PERFECT_PSNR_DB, scaled
from harness.verifiers.picture_quality import (
    LEAST_PICTURES,
    median_psnr,
    median_ssim,
    worst_psnr,
    worst_ssim,
)

if TYPE_CHECKING:
    from tests.verifiers.conftest import Studio, Window

Clock = Callable[[float], int]
Spoil = Callable[[NDArray[np.uint8], int], NDArray[np.uint8]]
Edit = Callable[[NDArray[Any]], NDArray[Any]]
CODE = ColourCode(track_code=3, fps=20, width=128, height=72)
VERIFIERS = [median_psnr, worst_psnr, median_ssim, worst_ssim]


@pytest.fixture
def window(clock: Clock) -> Window:
    return {"since_ns": clock(1), "until_ns": clock(5)}


def as_sent(luma: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
    return luma


def off_by(levels: dict[int, int]) -> Spoil:
    """Pictures of which all pixels, which are 40 to 210, are brighter by some levels."""
    return lambda luma, place: luma + np.uint8(levels.get(place, 0))


def kept(
    studio: Studio,
    spoil: Spoil = as_sent,
    *,
    every: int = 5,
    edit: Edit | None = None,
) -> VideoRecording:
    """A recording of which each n-th picture was kept, spoiled by its place among all."""
    recording = studio.pictures(CODE, edit=edit)
    writer, data = PictureWriter(CODE), b""
    for place in range(0, len(recording.frames), every):
        luma = writer.frame(int(recording.frames["counter"][place]))[: 128 * 72].reshape(72, 128)
        luma = spoil(luma, place)
        height, width = luma.shape
        recording.frames["height"][place], recording.frames["width"][place] = height, width
        colour = bytes(2 * -(-width // 2) * -(-height // 2))
        data += KEPT_HEADER.pack(place, width, height) + luma.tobytes() + colour
    recording.path.write_bytes(recording.frames.tobytes())
    recording.path.with_suffix(".kept").write_bytes(data)
    return VideoRecording(path=recording.path, subscriber="bob")


def test_pictures_as_they_were_captured_are_perfect(studio: Studio, window: Window) -> None:
    measured = [verifier(kept(studio), CODE, **window) for verifier in VERIFIERS]
    assert [m.value for m in measured] == pytest.approx([PERFECT_PSNR_DB] * 2 + [1] * 2)
    assert {m.rests_on for m in measured} == {16}
    assert measured[0].evidence == ("bob/face.frames", "bob/face.kept")


def test_median_and_worst_are_those_of_the_pictures(studio: Studio, window: Window) -> None:
    levels = {place: 4 + place % 3 for place in range(0, 120, 5)} | {60: 25}
    recording = kept(studio, off_by(levels))
    median, worst = median_psnr(recording, CODE, **window), worst_psnr(recording, CODE, **window)
    assert worst.value == pytest.approx(20 * np.log10(255 / 25))
    assert worst.sampling is None
    number = int(recording.frames["counter"][60])
    assert worst.notes == (f"20.2 to 36.1, the least in picture {number}",)
    assert median.sampling is not None
    assert median.value is not None
    assert median.sampling[0] <= median.value <= median.sampling[1]
    assert 20 * np.log10(255 / 6) - 0.01 < median.value < 20 * np.log10(255 / 4) + 0.01
    similar = median_ssim(recording, CODE, **window), worst_ssim(recording, CODE, **window)
    assert similar[0].value is not None
    assert similar[1].value is not None
    assert 0.9 < similar[1].value < similar[0].value < 1


def test_only_the_time_asked_for_counts(studio: Studio, window: Window) -> None:
    recording = kept(studio, off_by({0: 30, 15: 30, 105: 30}))
    assert worst_psnr(recording, CODE, **window).value == PERFECT_PSNR_DB


def test_a_smaller_picture_is_compared_in_its_own_size(studio: Studio, window: Window) -> None:
    def half(luma: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
        return scaled(luma, 64, 36).round().astype(np.uint8)

    assert worst_psnr(kept(studio, half), CODE, **window).value == PERFECT_PSNR_DB
    assert worst_ssim(kept(studio, half), CODE, **window).value == pytest.approx(1, abs=1e-3)


def test_a_picture_of_another_number_is_found(studio: Studio, window: Window) -> None:
    def stale(luma: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
        return luma if place != 60 else np.roll(luma, 3, axis=1)

    measured = worst_psnr(kept(studio, stale), CODE, **window)
    assert measured.value is not None
    assert measured.value < 22


def cut(luma: NDArray[np.uint8], place: int) -> NDArray[np.uint8]:
    return luma[:64]


def unreadable(frames: NDArray[Any]) -> NDArray[Any]:
    frames["status"][60] = FrameStatus.BAD_CRC
    return frames


def of_another(frames: NDArray[Any]) -> NDArray[Any]:
    frames["track_code"] = 9
    return frames


@pytest.mark.parametrize(
    ("spoil", "edit", "why"),
    [
        (cut, None, "128×72 came as 128×64, which is another shape"),
        (as_sent, unreadable, "could not be read"),
        (as_sent, of_another, "0 pictures of the track were kept"),
    ],
)
def test_what_cannot_be_compared_is_no_number(
    studio: Studio, window: Window, spoil: Spoil, edit: Edit | None, why: str
) -> None:
    recording = kept(studio, spoil, edit=edit)
    for verifier in VERIFIERS:
        assert why in str(verifier(recording, CODE, **window).missing)


def test_few_or_none_kept_is_no_number(studio: Studio, window: Window) -> None:
    few, none = kept(studio, every=20), studio.pictures(CODE, name="none")
    for verifier in VERIFIERS:
        assert f"{LEAST_PICTURES} needed" in str(verifier(few, CODE, **window).missing)
        assert "no pictures to be compared" in str(verifier(none, CODE, **window).missing)
        assert verifier(studio.absent_pictures(), CODE, **window).value is None
