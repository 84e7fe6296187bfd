from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np
import pytest

from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.recording import (
    FRAME_DTYPE,
    AudioRecording,
    FrameStatus,
    VideoRecording,
    wav_header,
)
from harness.participant.handle import ParticipantHandle
from harness.signals.picture import ColourCode
from harness.signals.sound import Tone, ToneGenerator
from harness.stage import received as module
from harness.stage.publication import Publication
from harness.stage.received import Received
from harness.stage.steadiness import flows

if TYPE_CHECKING:
    from tests.stage.conftest import FakeHandle

LIMIT_S = 20.0
TONE, CODE = Tone(marker=None), ColourCode(track_code=3)


def write_sound(path: Path) -> None:
    samples = ToneGenerator(TONE).samples(0, 24_000)
    header = wav_header(sample_rate=48_000, channels=1, data_bytes=0)
    path.write_bytes(header + samples.astype("<i2").tobytes())


def write_pictures(path: Path) -> None:
    frames = np.zeros(3, dtype=FRAME_DTYPE)
    frames["status"] = FrameStatus.READ
    path.write_bytes(frames.tobytes())


class Evening:
    """One subscriber's recordings of a sound and a picture, whose files are not there yet."""

    def __init__(self, folder: Path, handle: FakeHandle) -> None:
        publisher = cast("ParticipantHandle", handle)
        self.sound = Publication(
            publisher="alice", sid="TR_a", name="sound", signal=TONE,
            published_ns=7, start_ns=5, sent=folder / "sound.sent", handle=publisher,
        )  # fmt: skip
        self.picture = Publication(
            publisher="alice", sid="TR_v", name="picture", signal=CODE,
            published_ns=7, start_ns=5, sent=folder / "picture.sent", handle=publisher,
        )  # fmt: skip
        self.heard = AudioRecording(path=folder / "sound.wav", track="TR_a")
        self.seen = VideoRecording(path=folder / "picture.frames", track="TR_v")
        self.received = Received({"TR_a": self.heard, "TR_v": self.seen})


@pytest.fixture
def evening(tmp_path: Path, handle: FakeHandle) -> Evening:
    return Evening(tmp_path, handle)


def test_recordings_and_witnesses_are_found_by_publication(evening: Evening) -> None:
    assert evening.received[evening.sound] is evening.heard
    assert evening.received[evening.picture] is evening.seen
    witness = evening.received.witness(evening.sound)
    assert (witness.recording, witness.signal) == (evening.heard, TONE)
    pair = evening.received.pair(evening.sound, evening.picture)
    assert (pair.sound, pair.tone, pair.sound_sent.name) == (evening.heard, TONE, "sound.sent")
    assert (pair.picture, pair.track_code) == (evening.seen, CODE.track_code)
    assert pair.picture_sent.name == "picture.sent"


@pytest.mark.asyncio
async def test_it_waits_until_all_of_it_flows(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_at_pictures = asyncio.Event()

    def watched(recording: AudioRecording | VideoRecording) -> bool:
        if recording is evening.seen:
            looked_at_pictures.set()
        return flows(recording)

    monkeypatch.setattr(module, "flows", watched)
    write_sound(evening.heard.path)
    async with asyncio.timeout(LIMIT_S):
        waiting = asyncio.create_task(evening.received.until_flowing())
        await looked_at_pictures.wait()
        assert not waiting.done()
        write_pictures(evening.seen.path)
        written_ns = now_ns()
        since = await waiting

    assert written_ns <= since <= now_ns()


@pytest.mark.asyncio
async def test_media_that_does_not_come_is_not_waited_for_any_longer(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "FLOW_LIMIT_S", 0.1)
    write_sound(evening.heard.path)
    started_ns = now_ns()
    async with asyncio.timeout(LIMIT_S):
        since = await evening.received.until_flowing()

    assert since >= started_ns + NS_PER_S // 10


@pytest.mark.asyncio
async def test_steady_is_later_than_flowing_by_the_time_that_buffers_settle(
    evening: Evening, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "SETTLED_S", 0.1)
    write_sound(evening.heard.path)
    write_pictures(evening.seen.path)
    flowing = await evening.received.until_flowing()
    steady = await evening.received.until_steady()

    assert steady >= flowing + NS_PER_S // 10
