from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from harness.report.pictures.png import LEVELS, colour_png, strength_png

COLOUR = (58, 118, 216)


@pytest.mark.parametrize("shape", [(1, 1), (3, 4), (5, 7), (64, 360)])
def test_every_level_is_read_back_as_its_strength(shape: tuple[int, int]) -> None:
    levels = (np.arange(shape[0] * shape[1]) % LEVELS).reshape(shape).astype(np.uint8)
    with Image.open(io.BytesIO(strength_png(levels, colour=COLOUR))) as picture:
        pixels = np.asarray(picture.convert("RGBA"))

    assert pixels.shape == (*shape, 4)
    assert (pixels[..., :3] == COLOUR).all()
    assert (pixels[..., 3] == levels * 17).all()


@pytest.mark.parametrize("levels", [np.zeros((0, 5)), np.zeros((5, 0)), np.full((2, 2), 16)])
def test_what_is_no_picture_is_refused(levels: np.ndarray) -> None:
    with pytest.raises(ValueError, match="no picture"):
        strength_png(levels.astype(np.uint8), colour=COLOUR)


@pytest.mark.parametrize("shape", [(1, 1, 3), (18, 32, 3), (3, 5, 3)])
def test_every_colour_is_read_back(shape: tuple[int, int, int]) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, shape, dtype=np.uint8)
    with Image.open(io.BytesIO(colour_png(pixels))) as picture:
        assert (np.asarray(picture) == pixels).all()


@pytest.mark.parametrize("shape", [(0, 5, 3), (5, 0, 3)])
def test_nothing_is_no_picture(shape: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no picture"):
        colour_png(np.zeros(shape, dtype=np.uint8))
