from __future__ import annotations

from livekit import rtc

from harness.sabotage.sdk.frames_told_wrong import frames_told_wrong
from tests.sabotage.seams import changes_of

changes = changes_of(frames_told_wrong, identity="probe1")
FRAME = rtc.VideoFrame(8, 8, rtc.VideoBufferType.I420, bytearray(range(96)))


def test_the_last_byte_is_hidden() -> None:
    data = changes["VideoFrame.data"](vars(rtc.VideoFrame)["data"])

    assert bytes(data.fget(FRAME)) == bytes(range(95))


def test_the_planes_of_colour_are_swapped() -> None:
    plane = changes["VideoFrame.get_plane"](rtc.VideoFrame.get_plane)
    planes = [plane(FRAME, n) for n in range(4)]

    assert [None if p is None else bytes(p)[0] for p in planes] == [0, 80, 64, None]


def test_the_last_encoding_is_not_named() -> None:
    fewer = changes["VideoBufferType"](rtc.VideoBufferType)

    assert fewer.keys() == list(rtc.VideoBufferType.keys())[:-1]
    assert fewer.Value("I420") == rtc.VideoBufferType.I420 == fewer.I420


def test_who_has_joined_is_left_alone() -> None:
    assert changes_of(frames_told_wrong, identity="alice") == {}
