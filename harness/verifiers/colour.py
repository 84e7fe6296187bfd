"""How far the colours of pictures are from what they should be, sample by sample."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.evidence.measurement import Measurement
from harness.signals.colour import converted
from harness.signals.colour_chart import colour_chart, patch_chart
from harness.signals.pixel_layout import Channels, unpack
from harness.verifiers.answer import NoEvidenceError, in_unit

COLOURS = "RGBYUV"
ALPHA = "A"
STEPS = "steps"
"""Of the 256 that a sample of 8 bits has."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A colour chart that something turned into another encoding, or handed on."""

    path: Path
    """Its bytes, and nothing else; in the folder of the attempt."""
    source: str
    """Encoding in which the chart was handed over."""
    target: str
    """Encoding in which it came back."""
    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.source} to {self.target}, {self.width}×{self.height}"

    def channels(self) -> Channels:
        """What came back. Raises NoEvidenceError when it is no picture of that size."""
        try:
            return unpack(self.path.read_bytes(), self.target, self.width, self.height)
        except (OSError, ValueError) as error:
            raise NoEvidenceError(f"{self}: {error}") from None


@in_unit(STEPS)
def colour_error(pictures: Sequence[Picture], samples: str = COLOURS) -> Measurement:
    """Largest distance of a sample from BT.601 in its limited range, computed without rounding.

    Args:
        pictures: Each is compared with the chart in its target encoding.
        samples: Channels that count; a picture without any of them does not.
    """
    distances = {}
    for picture in pictures:
        chart = colour_chart(picture.source, picture.width, picture.height)
        truth = unpack(chart, picture.source, picture.width, picture.height)
        wanted = converted(truth, picture.source, picture.target)
        distances[picture] = _distance(picture.channels(), wanted, samples)
    return _worst(distances)


@in_unit(STEPS)
def patch_error(pictures: Sequence[Picture], patch_px: int) -> Measurement:
    """Largest distance of a patch's mean colour from BT.601 in its limited range.

    For pictures that went through an encoder, which blurs edges: the middle of each patch counts.

    Args:
        pictures: Each is compared with the patch chart of its source, in its target encoding.
        patch_px: Columns and lines of a patch.
    """
    distances = {}
    for picture in pictures:
        size = picture.width, picture.height
        truth = unpack(patch_chart(picture.source, *size, patch_px), picture.source, *size)
        wanted = converted(truth, picture.source, picture.target)
        found = _middles(picture.channels(), picture, patch_px)
        distances[picture] = _distance(found, _middles(wanted, picture, patch_px), COLOURS)
    return _worst(distances)


@in_unit(STEPS)
def flip_error(pairs: Iterable[tuple[Picture, Picture]]) -> Measurement:
    """Largest distance between a picture upside down and the one that was asked for flipped."""
    distances = {}
    for upright, flipped in pairs:
        wanted = {name: samples[::-1] for name, samples in upright.channels().items()}
        distances[flipped] = _distance(flipped.channels(), wanted, COLOURS + ALPHA)
    return _worst(distances)


def _middles(channels: Channels, picture: Picture, patch_px: int) -> Channels:
    """Mean of the middle half, both ways, of each patch of each channel."""
    means: Channels = {}
    for name, samples in channels.items():
        side = patch_px * samples.shape[1] // picture.width
        patches = samples.reshape(samples.shape[0] // side, side, samples.shape[1] // side, side)
        inner = slice(side // 4, side - side // 4)
        means[name] = patches[:, inner, :, inner].mean(axis=(1, 3))
    return means


def _distance(found: Channels, wanted: Channels, samples: str) -> tuple[float, int] | None:
    """Largest distance, and how many samples were compared; None where there were none."""
    names = [name for name in wanted if name in samples]
    if not names:
        return None
    return (
        max(float(np.abs(found[name] - wanted[name]).max()) for name in names),
        sum(wanted[name].size for name in names),
    )


def _worst(distances: dict[Picture, tuple[float, int] | None]) -> Measurement:
    compared = {picture: found for picture, found in distances.items() if found is not None}
    if not compared:
        raise NoEvidenceError("no picture came back that could be compared")
    worst = max(compared, key=lambda picture: compared[picture][0])
    return Measurement(
        value=compared[worst][0],
        unit=STEPS,
        rests_on=sum(number for _, number in compared.values()),
        notes=(f"{len(compared)} pictures; worst: {worst}",),
        evidence=(worst.path.name,),
    )
