"""Writing recordings while the media runs. What was appended and synced survives a kill."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from harness.evidence.recording import FRAME_DTYPE, wav_header
from harness.participant.thumbnail_file import ThumbnailFile
from harness.signals.picture import Planes, Reading

_ARRIVAL = struct.Struct("<q")


class SoundFile:
    """`<name>.wav` and `<name>.arrivals`: see `harness.evidence.recording`."""

    def __init__(self, path: Path, *, sample_rate: int, channels: int) -> None:
        self.path = path
        self._sample_rate, self._channels = sample_rate, channels
        self._data_bytes = 0
        self._wav = path.open("wb")
        self._wav.write(self._header())
        self._arrivals = path.with_suffix(".arrivals").open("wb")
        self.sync()

    def append(self, samples: bytes | bytearray | memoryview, arrival_ns: int) -> None:
        """Add one decoded frame: interleaved int16 samples and when they arrived."""
        self._data_bytes += self._wav.write(samples)
        self._arrivals.write(_ARRIVAL.pack(arrival_ns))

    def sync(self) -> None:
        """Bring everything so far to the disk, under a header that says how much it is."""
        self._wav.seek(0)
        self._wav.write(self._header())
        self._wav.seek(0, 2)
        self._wav.flush()
        self._arrivals.flush()

    def close(self) -> None:
        """Sync and close; may be called twice."""
        if self._wav.closed:
            return
        self.sync()
        self._wav.close()
        self._arrivals.close()

    def _header(self) -> bytes:
        return wav_header(
            sample_rate=self._sample_rate, channels=self._channels, data_bytes=self._data_bytes
        )


class PictureFile:
    """`<name>.frames` and `<name>.thumbs`: what pictures said, and what they looked like."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = path.open("wb")
        self._thumbnails = ThumbnailFile(path)
        self._record = np.zeros(1, dtype=FRAME_DTYPE)

    def append(
        self,
        reading: Reading,
        planes: Planes,
        *,
        arrival_ns: int,
        timestamp_us: int,
        frame_id: int = 0,
        user_timestamp_us: int = 0,
    ) -> None:
        """Add one decoded picture, what it said, and its metadata: zeros where none came."""
        height, width = planes[0].shape
        self._record[0] = (
            arrival_ns,
            timestamp_us,
            reading.counter,
            reading.track_code,
            width,
            height,
            reading.status,
            reading.luma,
            reading.margin,
            reading.hue_deg,
            frame_id,
            user_timestamp_us,
        )
        self._file.write(self._record.tobytes())
        self._thumbnails.append(planes)

    def sync(self) -> None:
        """Bring everything so far to the disk."""
        self._file.flush()
        self._thumbnails.sync()

    def close(self) -> None:
        """Sync and close; may be called twice."""
        self._file.close()
        self._thumbnails.close()
