from __future__ import annotations

import numpy as np
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.evidence.recording import FrameStatus
from harness.sabotage.sdk.frames import enlarge, picture_in, planes_of, sound_in, spoil
from harness.signals.picture import ColourCode, PictureReader, PictureWriter
from tests.sabotage.received import picture_event, sound_event

CODE = ColourCode(track_code=3, width=320, height=180)


def seen(event: FfiEvent) -> tuple[FrameStatus, int, tuple[int, int]]:
    """Status, number and size (lines, columns) of the picture that an event brings."""
    y, u, v = planes_of(picture_in(event))
    reading = PictureReader().read_planes((y, u, v))
    return reading.status, reading.counter, y.shape


def picture(number: int = 7) -> FfiEvent:
    pixels = bytearray(PictureWriter(CODE).frame(number).tobytes())
    return picture_event(rtc.VideoFrame(CODE.width, CODE.height, rtc.VideoBufferType.I420, pixels))


def test_a_spoilt_sound_is_silent_and_a_spoilt_picture_cannot_be_read() -> None:
    heard, shown = sound_event(np.full((480, 1), 900, np.int16)), picture()
    sound = sound_in(heard)
    assert sound is not None
    assert sound.tolist() == [900] * 480
    assert seen(shown) == (FrameStatus.READ, 7, (180, 320))

    for event in (heard, shown, FfiEvent()):
        spoil(event)

    assert not sound.any()
    assert seen(shown)[0] is not FrameStatus.READ


def test_an_enlarged_picture_is_read_too() -> None:
    event = picture()
    enlarge(picture_in(event), 4)

    assert seen(event) == (FrameStatus.READ, 7, (720, 1280))


def test_lines_may_be_longer_than_they_are_wide() -> None:
    pixels = PictureWriter(CODE).frame(9)
    luma = pixels[: 320 * 180].reshape(180, 320)
    chroma = pixels[320 * 180 :].reshape(2, 90, 160)
    padded = [np.pad(plane, ((0, 0), (0, 64))) for plane in (luma, *chroma)]
    event = picture()
    info = picture_in(event)
    assert info is not None
    for component, plane in zip(info.components, padded, strict=True):
        component.data_ptr, component.stride = plane.ctypes.data, plane.shape[1]
    assert seen(event) == (FrameStatus.READ, 9, (180, 320))

    enlarge(info, 2)

    assert seen(event) == (FrameStatus.READ, 9, (360, 640))


def test_what_is_no_frame_has_none() -> None:
    assert sound_in(picture()) is None
    assert picture_in(sound_event(np.zeros((480, 1), np.int16))) is None
