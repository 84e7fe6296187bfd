"""What a source emits, recorded from its local track, without a server."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.sent import read_sent
from harness.signals.sound import Tone, ToneGenerator

if TYPE_CHECKING:
    from tests.participant.conftest import Start

DRAWN = """
import sys
from harness.participant import worker
from harness.signals.generator import generator_of
from harness.signals.picture import ColourCode, PictureWriter
from harness.signals.sound import Tone
from harness.signals.sweep import Sweep
before = set(sys.modules)
PictureWriter(ColourCode(track_code=1)).frame(1)
for sound in (Tone(), Sweep()):
    generator_of(sound).samples(0, 480)
print(sorted(set(sys.modules) - before))
"""
LOOPBACK = Path(__file__).parent / "loopback.py"


def test_a_worker_that_draws_loads_no_module_meanwhile() -> None:
    drawn = subprocess.run(
        [sys.executable, "-c", DRAWN], capture_output=True, text=True, check=True, timeout=60
    )

    assert drawn.stdout == "[]\n"


@pytest.mark.asyncio
@pytest.mark.parametrize("queue_size_ms", [0, 100])
async def test_a_tone_is_emitted_sample_by_sample(
    start: Start, tmp_path: Path, queue_size_ms: int
) -> None:
    alice = await start("alice")
    args = {"folder": str(tmp_path), "queue_size_ms": queue_size_ms, "arrivals": 100}

    result = await alice.probe(LOOPBACK, "sound", args)

    assert result["errors"] == []
    heard = AudioRecording(path=tmp_path / "tone.wav").samples[:, 0]
    truth = ToneGenerator(Tone()).samples(0, 48_000)[:, 0]
    sounding = heard[np.flatnonzero(heard)[0] :][:38_400]
    onset = next(n for n in range(9_600) if np.array_equal(truth[n : n + 480], sounding[:480]))
    assert np.array_equal(sounding, truth[onset:][: len(sounding)])


@pytest.mark.asyncio
async def test_every_hand_over_is_written_down(start: Start, tmp_path: Path) -> None:
    alice = await start("alice")
    args = {"folder": str(tmp_path), "queue_size_ms": 0, "arrivals": 60}

    result = await alice.probe(LOOPBACK, "sound", args)

    sent = read_sent(tmp_path / "tone.sent")
    assert len(sent) - result["handovers"] in (0, 1)  # the last one may have been cancelled
    assert set(np.diff(sent["number"])) == {480}
    spread_ns = sent["at_ns"] - sent["number"] * (10**9 // 48_000)
    assert np.percentile(spread_ns - spread_ns[0], 50) < 10_000_000


@pytest.mark.asyncio
async def test_pictures_are_emitted_once_each_in_order(start: Start, tmp_path: Path) -> None:
    alice = await start("alice")
    args = {"folder": str(tmp_path), "frames": 30}

    result = await alice.probe(LOOPBACK, "picture", args)

    assert result["errors"] == []
    frames = VideoRecording(path=tmp_path / "face.frames").frames
    read = frames[frames["status"] == FrameStatus.READ]
    sent = read_sent(tmp_path / "face.sent")
    assert len(read) >= 25
    assert set(read["track_code"]) == {77}
    assert np.all(np.diff(read["counter"].astype(int)) >= 1)
    assert set(read["counter"]) <= set(sent["number"])
    assert sent["number"][0] == 1
