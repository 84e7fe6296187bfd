"""Pictures with known truth: a code in the brightness, an identity in the colour.

A grid of 16×9 cells covers the whole picture. Rows 0 to 3 are the 64 bits of
`harness.signals.code_bits`, row by row; row 4 is flat; rows 5 to 8 are a texture that scrolls, so
that the stream costs what a camera costs. The code is in luma alone. Colour is flat: its hue is
the track code, modulo 8, times 45°, a second witness of who is seen.

The two levels move by 12 on odd frames: AV1 skips blocks that changed little, and two neighbouring
cells that swapped stayed stale without it.

The reader looks at 16 points in the middle half of each cell, so the code survives any scaling
down to 64×36 and every codec of LiveKit. False accepts, measured in the tests: 0 of 20 000 random
pictures (seed 2), 0 of 5 000 random pictures with the right sync and full contrast (seed 3); the
chance is 2⁻¹⁶ for the latter.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.random import PCG64, Generator  # else numpy loads it at the first picture: 29 ms
from numpy.typing import NDArray

from harness.evidence.recording import FrameStatus
from harness.signals.code_bits import CODE_BITS, SYNC, TRACK_CODES, decode, encode

COLUMNS, ROWS, CODE_ROWS = 16, 9, 4
EVEN_LEVELS = (40, 210)
ODD_LEVELS = (52, 198)
FLAT_LUMA = 90
CHROMA_RADIUS = 60
HUES = 8
MIN_WIDTH, MIN_HEIGHT = 64, 36
MIN_CONTRAST = 60
"""Least difference of the sync's bright and dark cells, in steps of luma."""
MIN_CHROMA_RADIUS = 5
BLOCK_PX = 8
SCROLL_PX = 3
TEXTURE_PX = 512
"""Width after which the texture repeats."""
GLANCE_LINES, GLANCE_COLUMNS = 16, 32
"""Luma and colour are means over about so many points of each plane, evenly spread."""
POINTS_ACROSS = 4
POINTS = POINTS_ACROSS**2
"""Points that are looked at in each cell."""

_SYNC_BITS = SYNC.tobytes()
_SYNC_MEANS = np.stack([SYNC / SYNC.sum(), ~SYNC / (~SYNC).sum()], axis=1)
"""The first eight cells times this are the means of the bright and of the dark ones."""

Pixels = bytes | bytearray | memoryview | NDArray[np.uint8]
Planes = tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]
"""Y, U and V, shapes (lines, columns), with any strides; U and V have half of each, rounded up."""


@dataclass(frozen=True, kw_only=True)
class ColourCode:
    """Specification of a moving picture. Raises ValueError when nobody could read it."""

    track_code: int
    """0 to 65535: whose picture it is."""
    width: int = 640
    height: int = 360
    fps: int = 15

    def __post_init__(self) -> None:
        if not 0 <= self.track_code < TRACK_CODES:
            raise ValueError(f"track_code is {self.track_code}: choose 0 to {TRACK_CODES - 1}")
        if not (MIN_WIDTH <= self.width <= 3840 and MIN_HEIGHT <= self.height <= 2160):
            raise ValueError(
                f"picture is {self.width}×{self.height}: "
                f"choose {MIN_WIDTH}×{MIN_HEIGHT} to 3840×2160"
            )
        if self.width % 4 or self.height % 4:
            raise ValueError(
                f"picture is {self.width}×{self.height}: choose multiples of 4, "
                "a camera track cuts the rest off"
            )
        if not 1 <= self.fps <= 60:
            raise ValueError(f"fps is {self.fps}: choose 1 to 60")

    @property
    def hue_deg(self) -> int:
        """Hue of every frame."""
        return hue_deg(self.track_code)


def hue_deg(track_code: int) -> int:
    """Hue of the pictures of a track: the angle of (U, V) around grey, one of eight."""
    return track_code % HUES * 360 // HUES


@dataclass(frozen=True, kw_only=True)
class Reading:
    """What one decoded picture says. Counter and track code are 0 unless the status is READ."""

    status: FrameStatus
    counter: int = 0
    track_code: int = 0
    margin: float = 0.0
    """0 to 1: distance of the worst cell from the threshold, 1 is as sent."""
    luma: int
    """Mean Y over the picture; 16 is black."""
    hue_deg: float
    """Angle of (U, V) around grey, 0 to 360; NaN where there is no colour."""


class PictureWriter:
    """Draws the frames of a colour code, any of them, in any order."""

    def __init__(self, spec: ColourCode) -> None:
        self.spec = spec
        width, height = spec.width, spec.height
        self._cell_of_x = np.arange(width) * COLUMNS // width
        self._top_of_row = -(-np.arange(ROWS + 1) * height // ROWS)
        self._template = np.empty(width * height * 3 // 2, dtype=np.uint8)
        self._template[: width * height] = FLAT_LUMA
        chroma = self._template[width * height :].reshape(2, -1)
        hue = np.deg2rad(spec.hue_deg)
        chroma[0] = round(128 + CHROMA_RADIUS * float(np.cos(hue)))
        chroma[1] = round(128 + CHROMA_RADIUS * float(np.sin(hue)))
        self._texture = self._make_texture()

    def frame(self, counter: int) -> NDArray[np.uint8]:
        """Frame number `counter` as I420, shape (width·height·3/2,), an array of its own."""
        width, height = self.spec.width, self.spec.height
        picture = self._template.copy()
        luma = picture[: width * height].reshape(height, width)
        levels = np.array(ODD_LEVELS if counter % 2 else EVEN_LEVELS, dtype=np.uint8)
        cells = levels[encode(counter, self.spec.track_code)].reshape(CODE_ROWS, COLUMNS)
        for row, line in enumerate(cells[:, self._cell_of_x]):
            luma[self._top_of_row[row] : self._top_of_row[row + 1]] = line
        left = counter * SCROLL_PX % TEXTURE_PX
        luma[self._top_of_row[CODE_ROWS + 1] :] = self._texture[:, left : left + width]
        return picture

    def _make_texture(self) -> NDArray[np.uint8]:
        """Random blocks, wide enough to scroll: shape (height of rows 5 to 8, width + 512)."""
        width, height = self.spec.width, self.spec.height
        lines = height - int(self._top_of_row[CODE_ROWS + 1])
        random = Generator(PCG64(self.spec.track_code))
        blocks = random.integers(*EVEN_LEVELS, (lines // BLOCK_PX + 1, TEXTURE_PX // BLOCK_PX))
        tile = blocks.astype(np.uint8).repeat(BLOCK_PX, axis=0).repeat(BLOCK_PX, axis=1)[:lines]
        return np.take(tile, np.arange(width + TEXTURE_PX), axis=1, mode="wrap")


class PictureReader:
    """Reads decoded pictures of any size. Looks at a few points and copies no frame."""

    def read(self, i420: Pixels, width: int, height: int) -> Reading:
        """Read one picture.

        Args:
            i420: Planes Y, U, V without padding, at least width·height·3/2 bytes (odd sizes
                round the colour planes up).
            width: Pixels in a line of Y.
            height: Lines of Y.

        Raises:
            ValueError: When the buffer is too short for the size.
        """
        return self.read_planes(i420_planes(i420, width, height))

    def read_planes(self, planes: Planes) -> Reading:
        """Read one picture where it lies: few of its points are looked at, none is kept."""
        height, width = planes[0].shape
        luma, hue_deg = _glance(planes)
        if width < MIN_WIDTH or height < MIN_HEIGHT:
            return Reading(status=FrameStatus.TOO_SMALL, luma=luma, hue_deg=hue_deg)
        cells = planes[0][_points(width, height)].sum(axis=1, dtype=np.float64) / POINTS
        bright, dark = (cells[: len(SYNC)] @ _SYNC_MEANS).tolist()
        if bright - dark < MIN_CONTRAST:
            return Reading(status=FrameStatus.LOW_CONTRAST, luma=luma, hue_deg=hue_deg)
        above = cells - (bright + dark) / 2
        bits = above > 0
        if bits[: len(SYNC)].tobytes() != _SYNC_BITS:
            return Reading(status=FrameStatus.BAD_SYNC, luma=luma, hue_deg=hue_deg)
        code = decode(bits)
        if code is None:
            return Reading(status=FrameStatus.BAD_CRC, luma=luma, hue_deg=hue_deg)
        margin = float(np.abs(above).min()) / ((bright - dark) / 2)
        return Reading(
            status=FrameStatus.READ,
            counter=code[0],
            track_code=code[1],
            margin=min(1.0, margin),
            luma=luma,
            hue_deg=hue_deg,
        )


def i420_planes(i420: Pixels, width: int, height: int) -> Planes:
    """The planes of a picture without padding; raises ValueError as `PictureReader.read`."""
    data = np.frombuffer(i420, dtype=np.uint8)
    pixels = width * height
    across, down = (width + 1) // 2, (height + 1) // 2
    if width < 1 or height < 1 or len(data) < pixels + 2 * across * down:
        raise ValueError(f"{len(data)} bytes are not an I420 picture of {width}×{height}")
    chroma = data[pixels : pixels + 2 * across * down].reshape(2, down, across)
    return data[:pixels].reshape(height, width), chroma[0], chroma[1]


def _glance(planes: Planes) -> tuple[int, float]:
    """Mean Y, and the angle of mean U and V around grey."""
    luma, u, v = map(_mean, planes)
    hue_deg = math.degrees(math.atan2(v - 128, u - 128)) % 360.0
    coloured = math.hypot(u - 128, v - 128) >= MIN_CHROMA_RADIUS
    return round(luma), hue_deg if coloured else math.nan


def _mean(plane: NDArray[np.uint8]) -> float:
    lines, columns = plane.shape
    seen = plane[:: lines // GLANCE_LINES or 1, :: columns // GLANCE_COLUMNS or 1]
    return int(seen.sum()) / seen.size


@lru_cache(maxsize=64)
def _points(width: int, height: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Line and column of 4×4 points in the middle half of each code cell, shapes (64, 16)."""
    inside = 0.25 + 0.5 * (np.arange(POINTS_ACROSS) + 0.5) / POINTS_ACROSS
    x = ((np.arange(COLUMNS)[:, None] + inside) * width / COLUMNS).astype(np.intp)
    y = ((np.arange(CODE_ROWS)[:, None] + inside) * height / ROWS).astype(np.intp)
    shape = (CODE_ROWS, COLUMNS, POINTS_ACROSS, POINTS_ACROSS)
    lines = np.broadcast_to(y[:, None, :, None], shape).reshape(CODE_BITS, POINTS)
    columns = np.broadcast_to(x[None, :, None, :], shape).reshape(CODE_BITS, POINTS)
    return lines, columns
