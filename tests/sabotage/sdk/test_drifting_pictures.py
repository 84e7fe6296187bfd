from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk import drifting_pictures as module
from harness.sabotage.sdk.drifting_pictures import LATE_S, LATER_RATIO, drifting_pictures
from tests.sabotage.captures import (
    Library,
    sound_frame_event,
    stream_request,
    subscribed_event,
    video_frame_event,
)
from tests.sabotage.seams import changes_of

GIVEN: list[float] = []


class Later:
    """Stands in for the thread: notes how late an event is to be."""

    def give(self, put: Callable[[FfiEvent], None], event: FfiEvent, late_s: float) -> None:
        GIVEN.append(late_s)
        put(event)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    now = {"s": 100.0}
    monkeypatch.setattr(module, "Later", Later)
    monkeypatch.setattr(module, "monotonic", lambda: now["s"])
    GIVEN.clear()
    return now


def received(name: str) -> tuple[Callable[..., Any], Library]:
    """What stands at the seam for events, and a library with a stream of a track of that name."""
    changes, library = changes_of(drifting_pictures), Library()
    changes["events"](library.put, subscribed_event(name, track=10))
    changes["requests"](library.send, stream_request(track=10))
    library.told.clear()
    return changes["events"], library


@pytest.mark.parametrize("name", ["camera", "pictures"])
def test_pictures_come_later_and_later(name: str, clock: dict[str, float]) -> None:
    change, library = received(name)
    for after_s in (0.0, 1.0, 10.0):
        clock["s"] = 100.0 + after_s
        change(library.put, video_frame_event(1))

    assert pytest.approx([LATE_S + LATER_RATIO * after for after in (0, 1, 10)]) == GIVEN
    assert library.told == [video_frame_event(1)] * 3


@pytest.mark.parametrize(("name", "stream"), [("camera", 2), ("screen", 1)])
def test_what_is_of_no_such_track_comes_at_once(
    name: str, stream: int, clock: dict[str, float]
) -> None:
    change, library = received(name)
    passing = [video_frame_event(stream), sound_frame_event(3)]
    for event in passing:
        change(library.put, event)

    assert library.told == passing
    assert GIVEN == []
