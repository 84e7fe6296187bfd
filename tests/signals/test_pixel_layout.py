from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.signals.colour_chart import colour_chart
from harness.signals.pixel_layout import (
    ENCODINGS,
    channel_shapes,
    pack,
    plane_sizes,
    shared_by,
    unpack,
)

SIDE = st.integers(1, 40)


@pytest.mark.parametrize(
    ("encoding", "sizes"),
    [
        ("RGBA", (60,)),
        ("RGB24", (45,)),
        ("I420", (15, 6, 6)),
        ("I420A", (15, 6, 6, 15)),
        ("I422", (15, 9, 9)),
        ("I444", (15, 15, 15)),
        ("I010", (30, 12, 12)),
        ("NV12", (15, 12)),
    ],
)
def test_planes_of_an_odd_size(encoding: str, sizes: tuple[int, ...]) -> None:
    assert plane_sizes(encoding, 5, 3) == sizes


def test_pixels_that_share_a_sample_of_colour() -> None:
    assert {name: shared_by(name) for name in ENCODINGS} == {
        **dict.fromkeys(("RGBA", "ABGR", "ARGB", "BGRA", "RGB24", "I444"), (1, 1)),
        **dict.fromkeys(("I420", "I420A", "I010", "NV12"), (2, 2)),
        "I422": (2, 1),
    }


@given(st.sampled_from(ENCODINGS), SIDE, SIDE)
def test_unpacked_and_packed_it_is_the_same(encoding: str, width: int, height: int) -> None:
    data = colour_chart(encoding, width, height)
    channels = unpack(data, encoding, width, height)

    assert {name: samples.shape for name, samples in channels.items()} == channel_shapes(
        encoding, width, height
    )
    assert pack(channels, encoding) == data


@pytest.mark.parametrize(
    ("encoding", "channel", "place"),
    [("RGBA", "A", 3), ("ABGR", "R", 3), ("ARGB", "R", 1), ("BGRA", "B", 0), ("RGB24", "G", 1)],
)
def test_packed_encodings_are_named_after_their_bytes(
    encoding: str, channel: str, place: int
) -> None:
    pixel = bytearray(sum(plane_sizes(encoding, 1, 1)))
    pixel[place] = 200

    channels = unpack(bytes(pixel), encoding, 1, 1)

    assert [name for name, samples in channels.items() if samples.any()] == [channel]
    assert channels[channel][0, 0] == 200


def test_nv12_has_u_and_v_in_turns_and_i010_has_ten_bits() -> None:
    nv12 = unpack(bytes([1, 2, 3, 4, 50, 60]), "NV12", 2, 2)
    i010 = unpack(bytes([0xFF, 0x03] * 4 + [0, 2] + [4, 0]), "I010", 2, 2)

    assert (nv12["U"].item(), nv12["V"].item()) == (50, 60)
    assert (i010["Y"][0, 0], i010["U"].item(), i010["V"].item()) == (1023 / 4, 128, 1)


def test_what_an_encoding_cannot_hold_is_rounded_and_cut_off() -> None:
    grey = {"U": np.full((1, 1), 128.0), "V": np.full((1, 1), 128.0)}
    luma = np.array([[-3.0, 300.0], [100.3, 100.2]])

    assert list(pack({"Y": luma} | grey, "I420")) == [0, 255, 100, 100, 128, 128]
    ten_bits = np.frombuffer(pack({"Y": luma} | grey, "I010"), dtype="<u2")
    assert ten_bits.tolist() == [0, 1023, 401, 401, 512, 512]


def test_another_number_of_bytes_is_refused() -> None:
    with pytest.raises(ValueError, match="I420 of 4×4 has 24 bytes, not 23"):
        unpack(bytes(23), "I420", 4, 4)
