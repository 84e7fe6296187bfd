from __future__ import annotations

import numpy as np
from livekit import rtc
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.participant.recording import planes_of
from harness.sabotage.sdk.shrunken_pictures import EVERY, SMALL_PX, Shrunken
from harness.signals.picture import ColourCode, PictureReader, PictureWriter
from tests.sabotage.captures import Library, video_frame_event

_kept: list[object] = []
"""Messages have addresses alone."""


def picture(number: int, *, width: int = 640, height: int = 360) -> FfiEvent:
    pixels = PictureWriter(ColourCode(track_code=3, width=width, height=height)).frame(number)
    frame = rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, pixels.data)
    _kept.append((pixels, frame))
    event = video_frame_event()
    event.video_stream_event.frame_received.buffer.info.CopyFrom(frame._proto_info())
    return event


def sizes(library: Library) -> list[tuple[int, int]]:
    infos = [one.video_stream_event.frame_received.buffer.info for one in library.told]
    return [(info.width, info.height) for info in infos]


def test_every_tenth_picture_has_half_its_size_and_can_be_read() -> None:
    shrunken, library = Shrunken(), Library()
    for number in range(1, EVERY + 2):
        shrunken.tell(library.put, picture(number))
    info = library.told[EVERY - 1].video_stream_event.frame_received.buffer.info
    reading = PictureReader().read_planes(planes_of(info))

    assert sizes(library) == [(640, 360)] * (EVERY - 1) + [(320, 180), (640, 360)]
    assert [plane.shape for plane in planes_of(info)] == [(180, 320), (90, 160), (90, 160)]
    assert (reading.track_code, reading.counter) == (3, EVERY)


def test_planes_of_an_odd_size_have_what_a_reader_expects() -> None:
    shrunken, library = Shrunken(), Library()
    for number in range(1, EVERY + 1):
        shrunken.tell(library.put, picture(number, width=484, height=268))
    info = library.told[-1].video_stream_event.frame_received.buffer.info
    planes = planes_of(info)

    assert [(plane.size, plane.stride) for plane in info.components] == [
        (mine.size, mine.shape[1]) for mine in planes
    ]
    assert [plane.shape for plane in planes] == [(134, 242), (67, 121), (67, 121)]
    np.testing.assert_array_less(0, planes[1])


def test_small_pictures_and_what_is_no_picture_pass() -> None:
    shrunken, library = Shrunken(), Library()
    for number in range(1, EVERY + 1):
        shrunken.tell(library.put, picture(number, width=320, height=SMALL_PX))
    shrunken.tell(library.put, FfiEvent())

    assert sizes(library)[:-1] == [(320, SMALL_PX)] * EVERY
    assert library.told[-1] == FfiEvent()
