from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.signals.colour import converted
from harness.signals.colour_chart import colour_chart
from harness.signals.pixel_layout import ENCODINGS, PACKED, Channels, channel_shapes, unpack

# ITU-R BT.601-7 limited range, 100 % colour bars in 8 bits
BARS = {
    (255, 255, 255): (235, 128, 128),
    (255, 255, 0): (210, 16, 146),
    (0, 255, 255): (170, 166, 16),
    (0, 255, 0): (145, 54, 34),
    (255, 0, 255): (106, 202, 222),
    (255, 0, 0): (81, 90, 240),
    (0, 0, 255): (41, 240, 110),
    (0, 0, 0): (16, 128, 128),
}


def flat(**values: float) -> Channels:
    return {name: np.full((2, 2), float(value)) for name, value in values.items()}


@pytest.mark.parametrize(("rgb", "yuv"), BARS.items())
def test_colour_bars_have_their_values_both_ways(
    rgb: tuple[int, ...], yuv: tuple[int, ...]
) -> None:
    there = converted(flat(**dict(zip("RGB", rgb, strict=True))), "RGB24", "I444")
    back = converted(flat(**dict(zip("YUV", yuv, strict=True))), "I444", "RGB24")

    assert [there[name][0, 0] for name in "YUV"] == pytest.approx(yuv, abs=0.6)
    assert [back[name][0, 0] for name in "RGB"] == pytest.approx(rgb, abs=1.6)


@pytest.mark.parametrize("rgb", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (10, 200, 90)])
def test_it_is_bt_601_to_the_last_digit(rgb: tuple[int, int, int]) -> None:
    red, green, blue = (value / 255 for value in rgb)
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    exact = (
        16 + 219 * luma,
        128 + 224 * (blue - luma) / (2 * (1 - 0.114)),
        128 + 224 * (red - luma) / (2 * (1 - 0.299)),
    )

    there = converted(flat(**dict(zip("RGB", rgb, strict=True))), "RGB24", "I444")
    back = converted(there, "I444", "RGB24")

    assert [there[name][0, 0] for name in "YUV"] == pytest.approx(exact, abs=1e-9)
    assert [back[name][0, 0] for name in "RGB"] == pytest.approx(rgb, abs=1e-9)


def test_colours_outside_of_red_green_and_blue_are_cut_off() -> None:
    bright = converted(flat(Y=255, U=128, V=128), "I444", "RGB24")
    dark = converted(flat(Y=0, U=128, V=128), "I444", "RGB24")

    assert [bright[name][0, 0] for name in "RGB"] == [255] * 3
    assert [dark[name][0, 0] for name in "RGB"] == [0] * 3


@given(st.sampled_from(ENCODINGS), st.sampled_from(ENCODINGS))
def test_every_encoding_becomes_every_other(source: str, target: str) -> None:
    chart = unpack(colour_chart(source, 33, 17), source, 33, 17)

    made = converted(chart, source, target)

    shapes = {name: samples.shape for name, samples in made.items()}
    assert shapes == channel_shapes(target, 33, 17)


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_to_itself_it_is_the_same(encoding: str) -> None:
    chart = unpack(colour_chart(encoding, 32, 24), encoding, 32, 24)

    made = converted(chart, encoding, encoding)

    assert all(np.array_equal(made[name], chart[name]) for name in chart)


def test_pixels_share_the_mean_of_their_colours() -> None:
    yuv = {"Y": np.zeros((2, 4)), "U": np.arange(8.0).reshape(2, 4), "V": np.zeros((2, 4))}

    assert converted(yuv, "I444", "I422")["U"].tolist() == [[0.5, 2.5], [4.5, 6.5]]
    assert converted(yuv, "I444", "I420")["U"].tolist() == [[2.5, 4.5]]
    assert converted(yuv, "I444", "NV12")["U"].tolist() == [[2.5, 4.5]]


@pytest.mark.parametrize("target", [name for name, order in PACKED.items() if "A" in order])
def test_transparency_is_kept_and_what_had_none_is_opaque(target: str) -> None:
    clear = converted(flat(R=1, G=2, B=3, A=7), "RGBA", target)
    opaque = converted(flat(R=1, G=2, B=3), "RGB24", target)

    assert (clear["A"][0, 0], opaque["A"][0, 0]) == (7, 255)
