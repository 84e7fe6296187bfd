from __future__ import annotations

import zlib

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.code_bits import encode
from harness.signals.picture import ColourCode, PictureReader, PictureWriter, i420_planes

READ = FrameStatus.READ
reader = PictureReader()
sizes = st.tuples(
    st.integers(16, 320).map(lambda n: 4 * n), st.integers(9, 180).map(lambda n: 4 * n)
)


def plane_resize(plane: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Bilinear, as a scaler that does not low-pass first."""
    rows = np.linspace(0, plane.shape[0] - 1, height)
    columns = np.linspace(0, plane.shape[1] - 1, width)
    top, left = rows.astype(int), columns.astype(int)
    bottom = np.minimum(top + 1, plane.shape[0] - 1)
    right = np.minimum(left + 1, plane.shape[1] - 1)
    down, across = (rows - top)[:, None], columns - left
    upper = plane[top][:, left] * (1 - across) + plane[top][:, right] * across
    lower = plane[bottom][:, left] * (1 - across) + plane[bottom][:, right] * across
    return np.asarray(np.rint(upper * (1 - down) + lower * down), dtype=np.uint8)


def resize(
    i420: NDArray[np.uint8], old: tuple[int, int], new: tuple[int, int]
) -> NDArray[np.uint8]:
    pixels = old[0] * old[1]
    luma = plane_resize(i420[:pixels].reshape(old[1], old[0]), *new)
    chroma = i420[pixels:].reshape(2, old[1] // 2, old[0] // 2)
    half = (-(-new[0] // 2), -(-new[1] // 2))
    return np.concatenate([luma.ravel(), *(plane_resize(p, *half).ravel() for p in chroma)])


def drawn(counter: int, track_code: int, width: int, height: int) -> NDArray[np.uint8]:
    spec = ColourCode(track_code=track_code, width=width, height=height)
    return PictureWriter(spec).frame(counter)


@settings(max_examples=60, deadline=None)
@given(counter=st.integers(0, 2**24 - 1), track_code=st.integers(0, 65535), size=sizes)
def test_every_frame_of_every_size_is_read(
    counter: int, track_code: int, size: tuple[int, int]
) -> None:
    reading = reader.read(drawn(counter, track_code, *size), *size)
    assert (reading.status, reading.counter, reading.track_code) == (READ, counter, track_code)
    assert reading.margin == 1.0
    assert abs((reading.hue_deg - track_code % 8 * 45 + 180) % 360 - 180) < 1


@settings(max_examples=60, deadline=None)
@given(
    counter=st.integers(0, 2**24 - 1),
    size=st.tuples(st.integers(80, 1280), st.integers(44, 720)),
    seed=st.integers(0, 1000),
)
def test_code_survives_another_size_and_noise(
    counter: int, size: tuple[int, int], seed: int
) -> None:
    scaled = resize(drawn(counter, 300, 640, 360), (640, 360), size)
    noise = np.random.default_rng(seed).normal(0, 20, scaled.shape)
    noisy = (scaled + noise).clip(0, 255).astype(np.uint8)
    reading = reader.read(noisy, *size)
    assert (reading.status, reading.counter, reading.track_code) == (READ, counter, 300)


def test_frame_depends_on_its_number_alone() -> None:
    writer = PictureWriter(ColourCode(track_code=9))
    third = writer.frame(3)
    writer.frame(700)
    assert np.array_equal(writer.frame(3), third)
    assert not np.array_equal(writer.frame(4), third)


@pytest.mark.parametrize(
    ("track_code", "counter", "width", "height", "check"),
    [
        (3, 0, 64, 36, 2408912509),
        (3, 1, 64, 36, 4221986529),
        (513, 77, 640, 360, 1170661920),
    ],
)
def test_code_and_colour_are_what_they_were_when_recordings_were_made(
    track_code: int, counter: int, width: int, height: int, check: int
) -> None:
    picture = drawn(counter, track_code, width, height)
    code, colour = picture[: width * height // 9 * 5], picture[width * height :]
    assert zlib.crc32(code.tobytes() + colour.tobytes()) == check


def test_texture_is_made_of_blocks_and_scrolls_by_three_pixels_a_frame() -> None:
    writer = PictureWriter(ColourCode(track_code=9))
    first, second, again = (
        writer.frame(n)[: 640 * 360].reshape(360, 640)[200:] for n in (0, 1, 512)
    )
    blocks = first.reshape(20, 8, 80, 8)
    assert np.array_equal(blocks, blocks[:, :1, :, :1].repeat(8, axis=1).repeat(8, axis=3))
    assert np.array_equal(second[:, :-3], first[:, 3:])
    assert np.array_equal(again, first)
    assert np.array_equal(first[:, 512:], first[:, :128])
    assert not np.array_equal(first[:, 256:512], first[:, :256])
    assert (int(first.min()), int(first.max())) == (40, 209)


@pytest.mark.parametrize(("difference", "status"), [(60, READ), (59, FrameStatus.LOW_CONTRAST)])
def test_a_difference_of_60_steps_is_enough(difference: int, status: FrameStatus) -> None:
    picture = drawn(8, 5, 64, 36)
    luma = picture[: 64 * 36]
    luma[:] = np.where(luma > 125, 100 + difference, 100)
    assert reader.read(picture, 64, 36).status == status


@pytest.mark.parametrize(("u", "hue"), [(133, 0.0), (132, None), (123, 180.0)])
def test_five_steps_from_grey_are_a_colour(u: int, hue: float | None) -> None:
    planes = np.full((36, 64), 90, np.uint8), np.full((18, 32), u, np.uint8)
    read = reader.read_planes((*planes, np.full((18, 32), 128, np.uint8)))
    assert (None if np.isnan(read.hue_deg) else read.hue_deg) == hue


def test_hue_is_the_angle_around_grey() -> None:
    planes = np.full((36, 64), 90, np.uint8), np.full((18, 32), 168, np.uint8)
    assert reader.read_planes((*planes, np.full((18, 32), 168, np.uint8))).hue_deg == 45
    assert reader.read_planes((*planes, np.full((18, 32), 88, np.uint8))).hue_deg == 315


def test_brightness_is_the_mean_of_points_all_over_the_picture() -> None:
    luma = np.zeros((360, 640), np.uint8)
    luma[:, 320:] = 100
    luma[180:] += 50
    grey = np.full((180, 320), 128, np.uint8)
    assert reader.read_planes((luma, grey, grey)).luma == pytest.approx(75, abs=4)


@pytest.mark.parametrize(
    ("width", "height", "status"),
    [
        (64, 36, FrameStatus.LOW_CONTRAST),
        (63, 36, FrameStatus.TOO_SMALL),
        (64, 35, FrameStatus.TOO_SMALL),
    ],
)
def test_smallest_picture_that_is_looked_at(width: int, height: int, status: FrameStatus) -> None:
    assert reader.read(bytes(8000), width, height).status == status


@pytest.mark.parametrize(("width", "height"), [(0, 4), (4, 0)])
def test_a_picture_without_pixels_is_an_error(width: int, height: int) -> None:
    with pytest.raises(ValueError, match="are not an I420 picture"):
        i420_planes(bytes(100), width, height)


def test_a_buffer_may_be_as_long_as_the_picture_and_no_shorter() -> None:
    assert i420_planes(bytes(15 + 2 * 6), 5, 3)[2].shape == (2, 3)
    with pytest.raises(ValueError, match="26 bytes are not"):
        i420_planes(bytes(26), 5, 3)


def test_a_picture_as_sent_is_640_by_360_at_15_per_second() -> None:
    spec = ColourCode(track_code=0)
    assert (spec.width, spec.height, spec.fps) == (640, 360, 15)


@pytest.mark.parametrize(
    "arguments",
    [
        {"track_code": 65535, "width": 64, "height": 36, "fps": 1},
        {"track_code": 0, "width": 3840, "height": 2160, "fps": 60},
    ],
)
def test_the_ends_of_what_can_be_read_are_allowed(arguments: dict[str, int]) -> None:
    assert ColourCode(**arguments).track_code == arguments["track_code"]


def test_a_frame_is_an_array_of_its_own() -> None:
    writer = PictureWriter(ColourCode(track_code=9))
    first = writer.frame(1)
    writer.frame(2)
    assert reader.read(first, 640, 360).counter == 1


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_reads_any_buffer_without_changing_it(kind: type) -> None:
    picture = drawn(77, 5, 320, 180)
    assert reader.read(kind(picture.tobytes()), 320, 180).counter == 77


def test_odd_size_is_read() -> None:
    scaled = resize(drawn(5, 6, 640, 360), (640, 360), (161, 91))
    assert reader.read(scaled, 161, 91).track_code == 6


def test_blank_of_the_server_is_too_small() -> None:
    blank = np.concatenate([np.full(64, 16), np.full(32, 128)]).astype(np.uint8)
    reading = reader.read(blank, 8, 8)
    assert reading.status == FrameStatus.TOO_SMALL
    assert reading.luma == 16
    assert np.isnan(reading.hue_deg)


@pytest.mark.parametrize("level", [0, 16, 128, 255])
def test_flat_picture_has_no_contrast(level: int) -> None:
    flat = np.full(640 * 360 * 3 // 2, level, dtype=np.uint8)
    assert reader.read(flat, 640, 360).status == FrameStatus.LOW_CONTRAST


def test_what_is_not_read_has_no_number() -> None:
    reading = reader.read(bytes(640 * 360 * 3 // 2), 640, 360)
    assert (reading.counter, reading.track_code, reading.margin) == (0, 0, 0.0)


def test_margin_is_how_far_the_worst_cell_is_from_the_threshold() -> None:
    picture = drawn(0, 0, 64, 36)
    cells = picture[: 64 * 36].reshape(36, 64)[8:16]
    cells[cells == 210] = 150
    assert reader.read(picture, 64, 36).margin == pytest.approx((150 - 125) / (210 - 125))


@pytest.mark.parametrize("painted", [np.s_[:, 2:], np.s_[:, :2], np.s_[2:, :], np.s_[:2, :]])
def test_all_of_the_middle_half_of_a_cell_is_looked_at(painted: tuple[slice, slice]) -> None:
    picture = drawn(0, 65535, 64, 36)
    cell = picture[: 64 * 36].reshape(36, 64)[8:12].reshape(4, 16, 4)
    bright = int(np.flatnonzero(cell[0, :, 0] == 210)[0])
    cell[:, bright][painted] = 45
    assert reader.read(picture, 64, 36).margin == pytest.approx(2.5 / 85)


def test_every_point_of_a_small_picture_counts_for_its_brightness() -> None:
    luma = np.tile(np.array([0, 100], np.uint8), (8, 4))
    grey = np.full((4, 4), 128, np.uint8)
    assert reader.read_planes((luma, grey, grey)).luma == 50
    assert reader.read_planes((luma.T, grey, grey)).luma == 50


def test_inverted_picture_is_rejected() -> None:
    picture = 255 - drawn(5, 6, 640, 360)
    assert reader.read(picture, 640, 360).status == FrameStatus.LOW_CONTRAST


def test_picture_with_one_cell_painted_over_fails_its_check() -> None:
    picture = drawn(0, 0, 640, 360)
    luma = picture[: 640 * 360].reshape(360, 640)
    luma[40:80, 0:40] = 255 - luma[40:80, 0:40]
    assert reader.read(picture, 640, 360).status == FrameStatus.BAD_CRC


def test_shifted_picture_is_rejected() -> None:
    picture = drawn(1000, 77, 640, 360)
    luma = picture[: 640 * 360].reshape(360, 640)
    luma[:] = np.roll(luma, 80, axis=1)
    assert reader.read(picture, 640, 360).status != READ


def test_no_random_picture_is_accepted() -> None:
    random = np.random.Generator(np.random.PCG64(2))
    pictures = random.integers(0, 256, (20_000, 64 * 36 * 3 // 2), dtype=np.uint8)
    assert not any(reader.read(p, 64, 36).status == READ for p in pictures)


def test_no_random_picture_with_sync_and_contrast_is_accepted() -> None:
    random = np.random.Generator(np.random.PCG64(3))
    words = random.integers(0, 2, (5000, 64), dtype=np.uint8)
    words[:, :8] = encode(0, 0)[:8]
    picture = np.full(64 * 36 * 3 // 2, 128, dtype=np.uint8)
    accepted = 0
    for word in words:
        cells = np.where(word, 210, 40).astype(np.uint8).reshape(4, 16)
        picture[: 64 * 16] = cells.repeat(4, axis=0).repeat(4, axis=1).ravel()
        accepted += reader.read(picture, 64, 36).status == READ
    assert accepted == 0


def test_short_buffer_is_an_error() -> None:
    with pytest.raises(ValueError, match="100 bytes are not an I420 picture of 640×360"):
        reader.read(bytes(100), 640, 360)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"track_code": 65536}, "track_code is 65536"),
        ({"track_code": 1, "width": 60}, "60×360"),
        ({"track_code": 1, "height": 362}, "multiples of 4"),
        ({"track_code": 1, "fps": 0}, "fps is 0"),
        ({"track_code": 1, "fps": 61}, "fps is 61"),
        ({"track_code": -1}, "track_code is -1: choose 0 to 65535"),
        ({"track_code": 1, "width": 3844}, "3844×360: choose 64×36 to 3840×2160"),
        ({"track_code": 1, "height": 2164}, "640×2164"),
        ({"track_code": 1, "height": 32}, "640×32"),
        ({"track_code": 1, "width": 642}, "multiples of 4"),
    ],
)
def test_unreadable_specification_is_refused(arguments: dict[str, int], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        ColourCode(**arguments)


def test_specification_travels_as_json() -> None:
    spec = ColourCode(track_code=513, width=1280, height=720, fps=30)
    assert msgspec.json.decode(msgspec.json.encode(spec), type=ColourCode, strict=True) == spec


def test_a_picture_in_longer_lines_reads_as_the_same_without_them() -> None:
    size = (321, 181)
    picture = resize(drawn(77, 6, 320, 180), (320, 180), size)
    planes = i420_planes(picture, *size)
    wider = [np.pad(plane, ((0, 0), (0, 30)), constant_values=235) for plane in planes]
    y, u, v = (wide[:, : plane.shape[1]] for wide, plane in zip(wider, planes, strict=True))

    assert reader.read_planes((y, u, v)) == reader.read(picture, *size)
    assert reader.read_planes((y, u, v)).counter == 77
