from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from harness.evidence.recording import FRAME_DTYPE, FrameStatus, VideoRecording
from harness.evidence.sent import read_sent
from harness.participant.coded_feed import next_key
from harness.participant.coded_pictures import CodedPicture
from harness.participant.connection import CommandFailed
from harness.participant.protocol import PublishOptions
from harness.signals.picture import ColourCode
from tests.participant.conftest import Pair, grown

CODED = PublishOptions(encoder="pre-encoded", max_bitrate_kbps=150)
FACE = ColourCode(track_code=9, width=320, height=180, fps=15)


@pytest.mark.parametrize(("place", "key"), [(0, 0), (1, 3), (3, 3), (4, 0), (5, 0)])
def test_the_next_key_frame_may_be_that_of_the_next_round(place: int, key: int) -> None:
    loop = [CodedPicture(at in (0, 3), b"x") for at in range(6)]
    assert next_key(loop, place) == key


@pytest.mark.real
@pytest.mark.asyncio
async def test_encoded_pictures_are_seen_by_their_numbers_and_a_late_subscriber_sees_them_at_once(
    pair: Pair,
) -> None:
    published = await pair.alice.publish(name="face", signal=FACE, options=CODED)
    assert published.sid is not None
    with pytest.raises(CommandFailed, match="the same encoder"):
        await pair.alice.publish_again(name="again", source_of="face")
    first = await pair.bob.record(published.sid, name="first")
    await grown(first.path, 15 * FRAME_DTYPE.itemsize)
    await pair.bob.unsubscribe(published.sid)
    asked_ns = await pair.bob.subscribe(published.sid)
    await grown(first.path, 2 * 15 * FRAME_DTYPE.itemsize)
    await pair.bob.stop_recording(published.sid)
    await pair.alice.leave()

    assert isinstance(first, VideoRecording)
    frames = VideoRecording(path=first.path).frames
    frames = frames[frames["status"] != FrameStatus.TOO_SMALL]  # blanks of an end
    assert np.all(frames["status"] == FrameStatus.READ)
    assert np.all(frames["track_code"] == FACE.track_code)
    assert np.array_equal(frames["counter"], frames["frame_id"])
    log = read_sent(Path(published.sent))
    assert np.all(np.isin(frames["counter"], log["number"]))
    sent_ns = log["at_ns"][np.searchsorted(log["number"], frames["counter"])]
    assert np.all(frames["arrival_ns"] > sent_ns)
    again = frames["arrival_ns"][frames["arrival_ns"] > asked_ns]
    assert (again[0] - asked_ns) / 1e9 < 1.5  # groups are two seconds long
