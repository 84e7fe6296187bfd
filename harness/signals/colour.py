"""What a picture is in another encoding: the reference that an SDK's conversions are held against.

ITU-R BT.601-7 in its limited range (Y 16 to 235, U and V 16 to 240), which is what WebRTC's
pictures are unless they say otherwise, computed without rounding. A sample of colour that pixels
share is their mean; a pixel has the colour of the sample that it shares. Alpha is kept where both
encodings have it, and opaque where only the new one does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.signals.pixel_layout import PACKED, Channels, channel_shapes, shared_by

KR, KB = 0.299, 0.114
"""Shares of red and blue in luma, BT.601-7 section 2.5.1."""
OPAQUE = 255.0
_LUMA = np.array([KR, 1 - KR - KB, KB])
_TO_YUV = np.stack(
    [
        219 / 255 * _LUMA,
        112 / 255 * (np.array([0, 0, 1]) - _LUMA) / (1 - KB),
        112 / 255 * (np.array([1, 0, 0]) - _LUMA) / (1 - KR),
    ]
)
_ZERO = np.array([16.0, 128.0, 128.0])
_TO_RGB = np.linalg.inv(_TO_YUV)


def converted(channels: Channels, source: str, target: str) -> Channels:
    """The channels of a picture, as they are in another encoding, not rounded.

    Args:
        channels: Of a whole picture, as `unpack` gives them.
        source: Its encoding.
        target: The other one.
    """
    height, width = channels["Y" if "Y" in channels else "R"].shape
    opaque = np.full((height, width), OPAQUE)
    alpha = {"A": channels.get("A", opaque)}
    if source in PACKED and target in PACKED:
        colours = channels
    elif target in PACKED:
        colours = _rgb(_spread(channels, source))
    elif source in PACKED:
        colours = _shared(_yuv(channels), target)
    elif shared_by(source) == shared_by(target):
        colours = channels
    else:
        colours = _shared(_spread(channels, source), target)
    return {name: (colours | alpha)[name] for name in channel_shapes(target, width, height)}


def _yuv(rgb: Channels) -> Channels:
    pixels = np.stack([rgb[name] for name in "RGB"], axis=-1) @ _TO_YUV.T + _ZERO
    return {name: pixels[..., place] for place, name in enumerate("YUV")}


def _rgb(yuv: Channels) -> Channels:
    pixels = (np.stack([yuv[name] for name in "YUV"], axis=-1) - _ZERO) @ _TO_RGB.T
    return {name: np.clip(pixels[..., place], 0, 255) for place, name in enumerate("RGB")}


def _spread(yuv: Channels, encoding: str) -> Channels:
    """Colour for every pixel."""
    across, down = shared_by(encoding)
    lines, columns = yuv["Y"].shape
    return {"Y": yuv["Y"]} | {
        name: yuv[name].repeat(down, axis=0).repeat(across, axis=1)[:lines, :columns]
        for name in "UV"
    }


def _shared(yuv: Channels, encoding: str) -> Channels:
    """One sample of colour for the pixels that share it."""
    across, down = shared_by(encoding)
    return {"Y": yuv["Y"]} | {name: _means(yuv[name], across, down) for name in "UV"}


def _means(samples: NDArray[np.float64], across: int, down: int) -> NDArray[np.float64]:
    lines, columns = samples.shape
    whole = np.pad(samples, ((0, -lines % down), (0, -columns % across)), mode="edge")
    blocks = whole.reshape(whole.shape[0] // down, down, whole.shape[1] // across, across)
    means: NDArray[np.float64] = blocks.mean(axis=(1, 3))
    return means
