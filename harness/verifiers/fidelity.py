"""How far a picture is from another: PSNR and SSIM of luma, and the other scaled to its size.

PSNR: 10·log10(255² / mean squared difference), capped at 48 dB as in libwebrtc (`kPerfectPSNR`),
so that pictures without any difference can be averaged with others.

SSIM: Wang, Bovik, Sheikh, Simoncelli, Image quality assessment: from error visibility to
structural similarity, IEEE Trans. Image Processing 13 (2004), 600-612: Gaussian window of 11×11
with σ = 1.5, K1 = 0.01, K2 = 0.03, L = 255, mean over all windows that lie inside the picture.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

PERFECT_PSNR_DB = 48.0
WINDOW_PX, SIGMA_PX = 11, 1.5
K1, K2, PEAK = 0.01, 0.03, 255.0

Luma = NDArray[np.uint8] | NDArray[np.float64]


def psnr_db(one: Luma, other: Luma) -> float:
    """Peak signal-to-noise ratio of two pictures of one shape (height, width), at most 48 dB."""
    error = float(np.mean((one.astype(np.float64) - other) ** 2))
    least_error = PEAK**2 / 10 ** (PERFECT_PSNR_DB / 10)
    return float(10 * np.log10(PEAK**2 / max(error, least_error)))


def ssim(one: Luma, other: Luma) -> float:
    """Structural similarity of two pictures of one shape (height, width), -1 to 1.

    Raises:
        ValueError: A picture is smaller than the window.
    """
    if min(one.shape) < WINDOW_PX:
        raise ValueError(f"a picture of {one.shape} is smaller than {WINDOW_PX}×{WINDOW_PX}")
    x, y = one.astype(np.float64), other.astype(np.float64)
    mean_x, mean_y = _blur(x), _blur(y)
    variance_x, variance_y = _blur(x * x) - mean_x**2, _blur(y * y) - mean_y**2
    covariance = _blur(x * y) - mean_x * mean_y
    c1, c2 = (K1 * PEAK) ** 2, (K2 * PEAK) ** 2
    likeness = (2 * mean_x * mean_y + c1) * (2 * covariance + c2)
    return float(
        np.mean(likeness / ((mean_x**2 + mean_y**2 + c1) * (variance_x + variance_y + c2)))
    )


def scaled(luma: Luma, width: int, height: int) -> NDArray[np.float64]:
    """A picture scaled to another size: each pixel is the mean of the area that it covers."""
    tall, wide = luma.shape
    return _shares(tall, height) @ luma.astype(np.float64) @ _shares(wide, width).T


def _blur(picture: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weighted mean of each window inside the picture, shape (height - 10, width - 10)."""
    places = np.arange(WINDOW_PX) - WINDOW_PX // 2
    weights = np.exp(-0.5 * (places / SIGMA_PX) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        windows = np.lib.stride_tricks.sliding_window_view(picture, WINDOW_PX, axis=axis)
        picture = np.asarray(windows @ weights, dtype=np.float64)
    return picture


@lru_cache(maxsize=16)
def _shares(size: int, wanted: int) -> NDArray[np.float64]:
    """How much of each of `wanted` pixels in a row lies on each of `size`: rows sum to 1."""
    edges = np.arange(wanted + 1) * size / wanted
    pixels = np.arange(size)
    end, start = np.minimum(edges[1:, None], pixels + 1), np.maximum(edges[:-1, None], pixels)
    shares: NDArray[np.float64] = np.maximum(end - start, 0.0) * wanted / size
    return shares
