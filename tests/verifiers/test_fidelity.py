from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

from harness.signals.picture import ColourCode, PictureWriter
from harness.verifiers.fidelity import PERFECT_PSNR_DB, psnr_db, scaled, ssim


def picture(counter: int = 7, *, width: int = 320, height: int = 180) -> NDArray[np.uint8]:
    writer = PictureWriter(ColourCode(track_code=3, width=width, height=height))
    return writer.frame(counter)[: width * height].reshape(height, width)


def noisy(luma: NDArray[np.uint8], sigma: float, seed: int = 1) -> NDArray[np.uint8]:
    noise = np.random.default_rng(seed).normal(0, sigma, luma.shape)
    return np.clip(luma + noise, 0, 255).astype(np.uint8)


def test_same_picture_is_perfect() -> None:
    assert psnr_db(picture(), picture()) == PERFECT_PSNR_DB
    assert ssim(picture(), picture()) == pytest.approx(1)


def test_psnr_of_a_known_difference() -> None:
    flat = np.full((20, 30), 100, dtype=np.uint8)
    assert psnr_db(flat, flat + np.uint8(10)) == pytest.approx(20 * np.log10(25.5))
    assert psnr_db(np.zeros_like(flat), np.full_like(flat, 255)) == 0
    assert psnr_db(flat, flat + np.uint8(1)) == PERFECT_PSNR_DB  # 48.13 dB


@pytest.mark.parametrize("sigma", [2, 5, 15, 40])
@pytest.mark.parametrize("size", [(320, 180), (64, 36), (161, 91)])
def test_both_are_those_of_scikit_image(sigma: float, size: tuple[int, int]) -> None:
    luma = picture(width=320, height=180)[: size[1], : size[0]]
    other = noisy(luma, sigma)
    theirs = structural_similarity(  # type: ignore[no-untyped-call]
        luma, other, data_range=255, gaussian_weights=True, sigma=1.5,
        use_sample_covariance=False,
    )  # fmt: skip
    noise_db = peak_signal_noise_ratio(luma, other, data_range=255)  # type: ignore[no-untyped-call]
    assert ssim(luma, other) == pytest.approx(theirs, abs=1e-12)
    assert psnr_db(luma, other) == pytest.approx(min(PERFECT_PSNR_DB, noise_db), abs=1e-9)


def test_worse_pictures_have_less() -> None:
    luma = picture()
    steps = [(psnr_db(luma, noisy(luma, s)), ssim(luma, noisy(luma, s))) for s in (1, 4, 16, 64)]
    assert steps == sorted(steps, reverse=True)
    assert psnr_db(luma, picture(8)) < 20  # the next picture is another one


@pytest.mark.parametrize("size", [(160, 90), (80, 45), (128, 72), (64, 36), (320, 180)])
def test_scaling_is_that_of_a_box_filter(size: tuple[int, int]) -> None:
    ours = scaled(picture(), *size)
    theirs = np.asarray(Image.fromarray(picture()).resize(size, Image.Resampling.BOX), dtype=float)
    assert ours.shape == (size[1], size[0])
    if 320 % size[0] == 0:
        assert np.abs(ours - theirs).max() <= 1  # Pillow rounds, after each of two passes
    assert ours.mean() == pytest.approx(float(picture().mean()))


def test_a_picture_below_the_window_is_refused() -> None:
    small = np.zeros((10, 40), dtype=np.uint8)
    with pytest.raises(ValueError, match="smaller than 11×11"):
        ssim(small, small)
