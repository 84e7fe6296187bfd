from __future__ import annotations

import numpy as np
import pytest
from livekit import rtc

from harness.participant.tampered_memory import memory
from harness.sabotage.sdk.messages import (
    Encoding,
    in_probe,
    kept_picture,
    put_sound,
    sound_of,
)
from tests.sabotage.captures import picture_capture, sound_capture
from tests.sabotage.seams import Seams


def test_encodings_have_the_numbers_of_the_sdk() -> None:
    assert {one.name: one.wire for one in Encoding} == dict(rtc.VideoBufferType.items())


@pytest.mark.parametrize(("identity", "probe"), [("probe1", True), ("alice", False)])
def test_probes_are_known_by_their_names(identity: str, probe: bool) -> None:
    assert in_probe(Seams(identity)) is probe


def test_samples_are_read_and_replaced() -> None:
    samples = np.array([[1, -1], [2, -2], [3, -3]], np.int16)
    request = sound_capture(samples)

    np.testing.assert_array_equal(sound_of(request), samples)

    put_sound(request, samples[:2] * 10)

    np.testing.assert_array_equal(sound_of(request), [[10, -10], [20, -20]])
    np.testing.assert_array_equal(samples[:, 0], [1, 2, 3])


@pytest.mark.parametrize("encoding", [rtc.VideoBufferType.I420, rtc.VideoBufferType.RGBA])
def test_a_picture_outlives_its_capture(encoding: rtc.VideoBufferType.ValueType) -> None:
    pixels = bytearray(range(96)) if encoding == rtc.VideoBufferType.I420 else bytearray(range(256))
    before = bytes(pixels)
    frame = rtc.VideoFrame(8, 8, encoding, pixels)
    copy = kept_picture(picture_capture(frame)).capture_video_frame.buffer
    pixels[:] = bytes(len(pixels))

    assert bytes(memory(copy.data_ptr, len(before))) == before
    for plane in copy.components:
        start = plane.data_ptr - copy.data_ptr
        assert bytes(memory(plane.data_ptr, plane.size)) == before[start : start + plane.size]
