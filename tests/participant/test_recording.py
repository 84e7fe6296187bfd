"""Recorders on local tracks, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from livekit.rtc._proto.video_frame_pb2 import VideoBufferInfo

from harness.evidence.kept_pictures import kept_pictures
from harness.evidence.recording import (
    FRAME_DTYPE,
    AudioRecording,
    FrameStatus,
    VideoRecording,
)
from harness.participant.recording import planes_of
from harness.signals.picture import ColourCode, PictureWriter

if TYPE_CHECKING:
    from tests.participant.conftest import Start

LOOPBACK = Path(__file__).parent / "loopback.py"


@pytest.mark.asyncio
async def test_a_recording_that_moves_to_a_new_track_goes_on_once(
    start: Start, tmp_path: Path
) -> None:
    alice = await start("alice")

    result = await alice.probe(LOOPBACK, "attached_twice", {"folder": str(tmp_path)})

    assert result["errors"] == []
    arrivals = AudioRecording(path=tmp_path / "t.wav").arrivals_ns
    after = arrivals[result["before"] :]
    seconds = (after[-1] - after[0]) / 1e9
    assert 60 < len(after) / seconds < 140  # both streams together would be 200 a second


@pytest.mark.asyncio
async def test_a_burst_of_pictures_is_recorded_in_full(start: Start, tmp_path: Path) -> None:
    alice = await start("alice")
    args = {"folder": str(tmp_path), "frames": 30}

    size = await alice.probe(LOOPBACK, "lossless_burst", args)

    assert size >= 30 * FRAME_DTYPE.itemsize


@pytest.mark.asyncio
async def test_pictures_are_kept_as_they_were_captured(start: Start, tmp_path: Path) -> None:
    alice = await start("alice")
    args = {"folder": str(tmp_path), "frames": 30, "keep_every": 5}

    await alice.probe(LOOPBACK, "picture", args)

    # a source is black until its first capture, where that takes its time
    kept = [
        picture
        for picture in kept_pictures(VideoRecording(path=tmp_path / "face.frames"))
        if picture.observed["status"] == FrameStatus.READ
    ]
    writer = PictureWriter(ColourCode(track_code=77, width=320, height=180, fps=30))
    assert len(kept) >= 3
    for picture in kept:
        captured = writer.frame(int(picture.observed["counter"]))[: 320 * 180]
        assert np.array_equal(picture.luma.ravel(), captured)


def test_planes_are_seen_in_the_memory_of_the_native_library() -> None:
    memory = np.arange(5 * 16 + 2 * 3 * 8, dtype=np.uint8)
    picture = VideoBufferInfo(width=13, height=5)
    at = memory.ctypes.data
    for start, stride in ((at, 16), (at + 80, 8), (at + 104, 8)):
        picture.components.add(data_ptr=start, stride=stride)

    y, u, v = planes_of(picture)

    assert np.array_equal(y, memory[:80].reshape(5, 16)[:, :13])
    assert np.array_equal(u, memory[80:104].reshape(3, 8)[:, :7])
    assert np.array_equal(v, memory[104:].reshape(3, 8)[:, :7])
    memory[:] = 7
    assert np.all(y == 7)
