from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from harness.signals.colour import converted
from harness.signals.colour_chart import colour_chart, patch_chart
from harness.signals.pixel_layout import Channels, pack, unpack
from harness.verifiers.colour import ALPHA, Picture, colour_error, flip_error, patch_error

WIDTH, HEIGHT = 32, 24
BT709 = np.array([[0.1826, 0.6142, 0.0620], [-0.1006, -0.3386, 0.4392], [0.4392, -0.3989, -0.0403]])
Draw = Callable[..., Picture]


@pytest.fixture
def draw(tmp_path: Path) -> Draw:
    """What the chart is in another encoding, changed before it is written down."""

    def made(
        source: str,
        target: str,
        change: Callable[[Channels], Channels] = lambda channels: channels,
        name: str = "picture",
    ) -> Picture:
        truth = unpack(colour_chart(source, WIDTH, HEIGHT), source, WIDTH, HEIGHT)
        path = tmp_path / f"{name}.raw"
        path.write_bytes(pack(change(converted(truth, source, target)), target))
        return Picture(path=path, source=source, target=target, width=WIDTH, height=HEIGHT)

    return made


@pytest.mark.parametrize("source", ["RGBA", "I420A", "NV12", "I010"])
@pytest.mark.parametrize("target", ["BGRA", "I420", "I444", "NV12", "I010"])
def test_what_is_right_is_off_by_its_rounding(draw: Draw, source: str, target: str) -> None:
    measured = colour_error([draw(source, target)])

    assert measured.value is not None
    assert measured.value <= 0.5
    assert measured.rests_on >= WIDTH * HEIGHT


def full_range(yuv: Channels) -> Channels:
    return yuv | {"Y": (yuv["Y"] - 16) * 255 / 219}


def exchanged(yuv: Channels) -> Channels:
    return yuv | {"U": yuv["V"], "V": yuv["U"]}


def shifted(yuv: Channels) -> Channels:
    return yuv | {"U": np.roll(yuv["U"], 1, axis=1)}


def one_sample(yuv: Channels) -> Channels:
    luma = yuv["Y"].copy()
    luma[-1, -1] += 9
    return yuv | {"Y": luma}


@pytest.mark.parametrize(
    ("change", "least"), [(full_range, 15), (exchanged, 50), (shifted, 50), (one_sample, 8)]
)
def test_a_wrong_range_order_or_place_shows(
    draw: Draw, change: Callable[[Channels], Channels], least: float
) -> None:
    measured = colour_error([draw("RGBA", "I420", change)])

    assert measured.value is not None
    assert measured.value >= least
    assert "RGBA to I420, 32×24" in measured.notes[0]


def test_another_matrix_shows(draw: Draw) -> None:
    truth = unpack(colour_chart("RGB24", WIDTH, HEIGHT), "RGB24", WIDTH, HEIGHT)
    rgb = np.stack([truth[name] for name in "RGB"], axis=-1)
    other = rgb @ BT709.T + np.array([16, 128, 128])

    def in_bt709(_: Channels) -> Channels:
        return {name: other[..., place] for place, name in enumerate("YUV")}

    measured = colour_error([draw("RGB24", "I444", in_bt709)])

    assert measured.value is not None
    assert measured.value > 10


def test_red_and_blue_exchanged_show(draw: Draw) -> None:
    measured = colour_error([draw("I420", "RGBA", lambda c: c | {"R": c["B"], "B": c["R"]})])

    assert measured.value is not None
    assert measured.value > 100


def test_the_worst_of_several_pictures_counts(draw: Draw) -> None:
    right = draw("RGBA", "BGRA", name="right")
    wrong = draw("RGBA", "I420", one_sample, name="wrong")

    measured = colour_error([wrong, right])

    assert measured.value is not None
    assert measured.value > 8
    assert measured.notes == ("2 pictures; worst: RGBA to I420, 32×24",)
    assert measured.evidence == ("wrong.raw",)


def test_transparency_counts_where_it_is_asked_for(draw: Draw) -> None:
    faded = draw("RGBA", "BGRA", lambda c: c | {"A": c["A"] * 0})

    assert colour_error([faded]).value == 0
    assert colour_error([faded], ALPHA).value == 255
    assert colour_error([draw("RGBA", "BGRA")], ALPHA).value == 0
    assert colour_error([draw("I420", "BGRA")], ALPHA).value == 0


def test_a_flipped_picture_is_the_other_upside_down(draw: Draw) -> None:
    upright = draw("I420", "RGBA", name="upright")
    turned = draw("I420", "RGBA", lambda c: {k: v[::-1] for k, v in c.items()}, name="turned")

    assert flip_error([(upright, turned)]).value == 0
    not_turned = flip_error([(upright, upright)]).value
    assert not_turned is not None
    assert not_turned > 100


def test_without_pictures_there_is_no_number(draw: Draw, tmp_path: Path) -> None:
    gone = Picture(path=tmp_path / "gone", source="I420", target="I420", width=2, height=2)
    (tmp_path / "short").write_bytes(b"123")
    short = Picture(path=tmp_path / "short", source="I420", target="I420", width=2, height=2)

    assert colour_error([]).missing == "no picture came back that could be compared"
    assert flip_error([]).missing == "no picture came back that could be compared"
    assert colour_error([draw("RGBA", "I420")], ALPHA).missing is not None
    assert "No such file" in str(colour_error([gone]).missing)
    assert "has 6 bytes, not 3" in str(colour_error([short]).missing)


PATCH_PX = 16


def encoded(
    folder: Path, source: str, target: str, change: Callable[[Channels], Channels]
) -> Picture:
    """What an encoder leaves of the patches: their edges blurred, then changed."""
    size = 8 * PATCH_PX, 4 * PATCH_PX
    truth = unpack(patch_chart(source, *size, PATCH_PX), source, *size)
    channels = change(converted(truth, source, target))
    blurred = {
        name: (samples + np.roll(samples, 1, axis=1)) / 2 for name, samples in channels.items()
    }
    path = folder / "patches.raw"
    path.write_bytes(pack(blurred, target))
    return Picture(path=path, source=source, target=target, width=size[0], height=size[1])


@pytest.mark.parametrize("source", ["RGBA", "I420", "I444", "NV12"])
@pytest.mark.parametrize("target", ["I420", "BGRA"])
def test_patches_are_compared_in_their_middle(tmp_path: Path, source: str, target: str) -> None:
    picture = encoded(tmp_path, source, target, lambda channels: channels)
    measured = patch_error([picture], PATCH_PX)
    assert measured.value is not None
    assert measured.value <= 0.5
    assert "1 pictures" in measured.notes[0]


@pytest.mark.parametrize("change", [full_range, exchanged])
def test_patches_of_a_wrong_colour_are_found(
    tmp_path: Path, change: Callable[[Channels], Channels]
) -> None:
    measured = patch_error([encoded(tmp_path, "RGBA", "I420", change)], PATCH_PX)
    assert measured.value is not None
    assert measured.value > 10


def test_patches_need_a_picture_of_their_size(tmp_path: Path) -> None:
    picture = encoded(tmp_path, "RGBA", "I420", lambda channels: channels)
    picture.path.write_bytes(b"short")
    assert patch_error([picture], PATCH_PX).value is None
    assert patch_error([], PATCH_PX).value is None
