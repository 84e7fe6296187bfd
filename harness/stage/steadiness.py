"""Whether media has begun to flow, seen from the growing files of a recording.

Read while the media runs, so it is cheap: the tail of a file, no analysis of the signal.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from harness.evidence.recording import FRAME_DTYPE, AudioRecording, FrameStatus, VideoRecording

WINDOW_S = 0.5
AUDIBLE_DBFS = -70.0
"""Decoded silence is digital zero; the quietest pilot in use is sent at -50 dBFS."""


def flows(recording: AudioRecording | VideoRecording) -> bool:
    """Whether the last half second of a recording holds media without a break."""
    if isinstance(recording, AudioRecording):
        return _sound_flows(recording.path)
    return _pictures_flow(recording.path)


def _sound_flows(path: Path) -> bool:
    wanted = int(_bytes_per_s(path) * WINDOW_S) // 2 * 2
    if not wanted:
        return False
    samples = np.frombuffer(_tail(path, wanted, header=44), dtype="<i2").astype(np.float64)
    if len(samples) * 2 < wanted:
        return False
    blocks = samples[: len(samples) // 10 * 10].reshape(10, -1)
    rms = np.sqrt(np.mean(blocks**2, axis=1)) / 32768
    return bool(np.all(rms > 10 ** (AUDIBLE_DBFS / 20)))


def _bytes_per_s(path: Path) -> int:
    """What the header of a WAV file says; 0 while it is not there."""
    try:
        with path.open("rb") as file:
            return int.from_bytes(file.read(32)[28:32], "little")
    except FileNotFoundError:
        return 0


def _pictures_flow(path: Path) -> bool:
    frames = np.frombuffer(_tail(path, 3 * FRAME_DTYPE.itemsize, header=0), dtype=FRAME_DTYPE)
    return len(frames) == 3 and bool(np.all(frames["status"] == FrameStatus.READ))


def _tail(path: Path, size: int, *, header: int) -> bytes:
    """The last `size` bytes: whole samples after a header, a whole unit of `size` where none is.

    Empty where there is not so much.
    """
    try:
        with path.open("rb") as file:
            end = file.seek(0, 2)
            body = (end - header) // 2 * 2 if header else end // size * size
            if body < size:
                return b""
            file.seek(header + body - size)
            return file.read(size)
    except FileNotFoundError:
        return b""
