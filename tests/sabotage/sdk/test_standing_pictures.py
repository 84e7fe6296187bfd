from __future__ import annotations

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk import standing_pictures as module
from harness.sabotage.sdk.standing_pictures import LARGE_PX, STILL_S, Standing
from tests.sabotage.captures import Library, video_frame_event


def picture(height: int, *, stream: int = 1) -> FfiEvent:
    event = video_frame_event(stream)
    event.video_stream_event.frame_received.buffer.info.height = height
    return event


def told_at(
    standing: Standing, event: FfiEvent, at_s: float, monkeypatch: pytest.MonkeyPatch
) -> bool:
    library = Library()
    monkeypatch.setattr(module, "monotonic", lambda: at_s)
    standing.tell(library.put, event)
    return library.told == [event]


def test_a_large_picture_stands_still_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    standing, (begin_s, end_s) = Standing(), STILL_S
    times_s = (0.0, begin_s - 0.1, begin_s + 0.1, end_s - 0.1, end_s + 0.1)
    heights = (LARGE_PX + 1, 180, 180, LARGE_PX + 1, 180)
    told = [
        told_at(standing, picture(height), 50 + at_s, monkeypatch)
        for at_s, height in zip(times_s, heights, strict=True)
    ]

    assert told == [True, True, False, False, True]


def test_small_pictures_and_other_streams_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    standing, still_s = Standing(), STILL_S[0] + 0.1
    told_at(standing, picture(720), 0.0, monkeypatch)
    told_at(standing, picture(LARGE_PX, stream=2), 0.0, monkeypatch)

    assert told_at(standing, picture(LARGE_PX, stream=2), still_s, monkeypatch)
    assert told_at(standing, FfiEvent(), still_s, monkeypatch)
    assert not told_at(standing, picture(180), still_s, monkeypatch)
