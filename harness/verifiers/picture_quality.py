"""How good decoded pictures are: PSNR and SSIM of luma against the picture that was captured.

The truth of each picture is known by its number: it is drawn again, and scaled to the size that
came, each pixel the mean of the area that it covers. What is judged is what coding did to a
picture, not its size. Values: above 45 dB a difference is not visible, below 35 dB it is ugly.
Rests on pictures that the recorder kept (`keep_every`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.evidence.kept_pictures import SUFFIX, KeptPicture, kept_pictures
from harness.evidence.measurement import Measurement
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.signals.picture import ColourCode, PictureWriter
from harness.statistics.bootstrap import least_values, median_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.fidelity import Luma, psnr_db, scaled, ssim
from harness.verifiers.pictures import open_pictures

LEAST_PICTURES = least_values(0.5)
Likeness = Callable[[Luma, Luma], float]


@dataclass(frozen=True, kw_only=True)
class Compared:
    """The pictures kept in a time, in order of arrival, and how like what was captured each is."""

    file: str
    numbers: NDArray[np.int64]
    values: NDArray[np.float64]


@in_unit("dB")
def median_psnr(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Median PSNR of the pictures kept in [since, until), which are 7 at least."""
    return _median(compare(recording, picture, psnr_db, since_ns, until_ns), "dB")


@in_unit("dB")
def worst_psnr(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Smallest PSNR of the pictures kept in [since, until): of those, not of all that came."""
    return _worst(compare(recording, picture, psnr_db, since_ns, until_ns), "dB")


@in_unit("SSIM")
def median_ssim(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Median SSIM of the pictures kept in [since, until), which are 7 at least."""
    return _median(compare(recording, picture, ssim, since_ns, until_ns), "SSIM")


@in_unit("SSIM")
def worst_ssim(
    recording: VideoRecording, picture: ColourCode, *, since_ns: int, until_ns: int
) -> Measurement:
    """Smallest SSIM of the pictures kept in [since, until): of those, not of all that came."""
    return _worst(compare(recording, picture, ssim, since_ns, until_ns), "SSIM")


def compare(
    recording: VideoRecording,
    picture: ColourCode,
    likeness: Likeness,
    since_ns: int,
    until_ns: int,
) -> Compared:
    """Each picture of the track that was kept in [since, until) with what was captured.

    Raises:
        NoEvidenceError: Too few were kept; one could not be read, which says that it is poor and
            not how poor; or one was cut to another shape.
    """
    file = open_pictures(recording).file
    writer = PictureWriter(picture)
    numbers, values = [], []
    try:
        for kept in kept_pictures(recording):
            if not since_ns <= kept.observed["arrival_ns"] < until_ns:
                continue
            if kept.observed["status"] != FrameStatus.READ:
                raise NoEvidenceError(f"{file}: a picture that was kept could not be read")
            if kept.observed["track_code"] == picture.track_code:
                numbers.append(int(kept.observed["counter"]))
                values.append(likeness(kept.luma, _truth(writer, kept)))
    except (OSError, ValueError) as error:
        raise NoEvidenceError(f"{file}: no pictures to be compared: {error}") from error
    if len(values) < LEAST_PICTURES:
        raise NoEvidenceError(
            f"{file}: {len(values)} pictures of the track were kept in the time asked for, "
            f"{LEAST_PICTURES} needed"
        )
    return Compared(file=file, numbers=np.array(numbers), values=np.array(values))


def _truth(writer: PictureWriter, kept: KeptPicture) -> Luma:
    """What was captured, in the size that came."""
    wide, tall = writer.spec.width, writer.spec.height
    luma = writer.frame(int(kept.observed["counter"]))[: wide * tall].reshape(tall, wide)
    height, width = kept.luma.shape
    if (width, height) == (wide, tall):
        return luma
    if abs(width * tall / wide - height) >= 1:
        raise ValueError(f"{wide}×{tall} came as {width}×{height}, which is another shape")
    return scaled(luma, width, height)


def _median(compared: Compared, unit: str) -> Measurement:
    value = float(np.median(compared.values))
    return _measurement(compared, value, unit, median_interval(compared.values))


def _worst(compared: Compared, unit: str) -> Measurement:
    return _measurement(compared, float(compared.values.min()), unit, None)


def _measurement(
    compared: Compared, value: float, unit: str, sampling: tuple[float, float] | None
) -> Measurement:
    file, values = compared.file, compared.values
    worst = compared.numbers[values.argmin()]
    return Measurement(
        value=value,
        unit=unit,
        sampling=sampling,
        rests_on=len(values),
        notes=(f"{values.min():.3g} to {values.max():.3g}, the least in picture {worst}",),
        evidence=(file, f"{file.removesuffix('.frames')}{SUFFIX}"),
    )
