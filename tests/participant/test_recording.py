"""Recorders on local tracks, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness.evidence.recording import FRAME_DTYPE, AudioRecording

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
