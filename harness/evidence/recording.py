"""What one participant decoded from one track: samples or frame observations, with arrival times.

Files are written while the media runs, so that a killed worker leaves what it had. Next to each
other, for a recording called `tone`:

    tone.wav        16-bit PCM of what was heard, one channel or two, playable
    tone.arrivals   int64 little endian: arrival in monotonic ns of each decoded audio frame
    tone.local.wav  and its arrivals: what the publisher's own track emitted, from its source
    face.frames     FRAME_DTYPE: one observation per decoded picture
    face.thumbs     what it looked like, small: see `harness.evidence.thumbnails`
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


class FrameStatus(IntEnum):
    """Whether the colour code of a picture could be read, and if not why."""

    READ = 0
    TOO_SMALL = 1
    """Smaller than the code can be: the SFU's 8×8 blank at the end of a track."""
    LOW_CONTRAST = 2
    BAD_SYNC = 3
    BAD_CRC = 4


FRAME_DTYPE = np.dtype(
    [
        ("arrival_ns", "<i8"),
        ("timestamp_us", "<i8"),
        ("counter", "<u4"),  # 24-bit frame number of the publisher, valid when READ
        ("track_code", "<u2"),  # identity carried in the picture, valid when READ
        ("width", "<u2"),
        ("height", "<u2"),
        ("status", "u1"),
        ("luma", "u1"),  # mean Y over the picture: 16 is black
        ("margin", "<f4"),  # 0..1, distance of the worst cell from the threshold
        ("hue_deg", "<f4"),
        ("frame_id", "<u4"),  # of the SDK's frame metadata; 0: none came
        ("user_timestamp_us", "<i8"),  # the same; monotonic µs of the hand-over, 0: none came
    ]
)


@dataclass(frozen=True, kw_only=True)
class AudioRecording:
    """Decoded sound of one track. `path` names the WAV file; all else is read when asked for."""

    path: Path
    subscriber: str = ""
    publisher: str = ""
    track: str = ""
    """Sid of the track."""

    @cached_property
    def _wav(self) -> tuple[int, NDArray[np.int16]]:
        return read_wav(self.path)

    @property
    def sample_rate(self) -> int:
        """Samples per second and channel."""
        return self._wav[0]

    @property
    def samples(self) -> NDArray[np.int16]:
        """Decoded samples, shape (n, channels), int16."""
        return self._wav[1]

    @cached_property
    def arrivals_ns(self) -> NDArray[np.int64]:
        """Arrival of each decoded frame, monotonic ns, shape (frames,)."""
        return np.fromfile(self.path.with_suffix(".arrivals"), dtype="<i8").astype(np.int64)

    @cached_property
    def found(self) -> dict[object, Any]:
        """What was found in the samples, by what was looked for: many ask the same."""
        return {}

    @property
    def frame_samples(self) -> int:
        """Samples per channel in one decoded frame: 10 ms."""
        return self.sample_rate // 100


@dataclass(frozen=True, kw_only=True)
class VideoRecording:
    """Decoded pictures of one track, as observations. `path` names the `.frames` file."""

    path: Path
    subscriber: str = ""
    publisher: str = ""
    track: str = ""

    @cached_property
    def frames(self) -> NDArray[Any]:
        """Observations in order of arrival, dtype FRAME_DTYPE."""
        size = self.path.stat().st_size // FRAME_DTYPE.itemsize
        return np.fromfile(self.path, dtype=FRAME_DTYPE, count=size)


def read_wav(path: Path) -> tuple[int, NDArray[np.int16]]:
    """Read a 16-bit PCM WAV file, also one whose header was never brought up to date.

    Returns the sample rate and samples of shape (n, channels).
    Raises ValueError when the file is not the 44-byte-header WAV that `wav_header` makes.
    """
    data = path.read_bytes()
    if len(data) < 44 or data[:4] != b"RIFF" or data[8:16] != b"WAVEfmt " or data[36:40] != b"data":
        raise ValueError(f"{path} is not a WAV file of a recording")
    channels, rate = struct.unpack_from("<HI", data, 22)
    body = data[44 : 44 + (len(data) - 44) // (2 * channels) * 2 * channels]
    return rate, np.frombuffer(body, dtype="<i2").reshape(-1, channels).astype(np.int16)


def wav_header(*, sample_rate: int, channels: int, data_bytes: int) -> bytes:
    """The 44 bytes before the samples of a 16-bit PCM WAV file."""
    block = 2 * channels
    return struct.pack(
        "<4sI8sIHHIIHH4sI",
        b"RIFF", 36 + data_bytes, b"WAVEfmt ", 16, 1, channels,
        sample_rate, sample_rate * block, block, 16, b"data", data_bytes,
    )  # fmt: skip
