from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, ClassVar

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent
from livekit.rtc._proto.stats_pb2 import InboundRtpStreamStats

from harness.sabotage.sdk import deep_buffers as module
from harness.sabotage.sdk.deep_buffers import FRAME_SAMPLES, PICTURE_S, SOUND_S, deep_buffers
from tests.sabotage.captures import (
    Library,
    sound_frame_event,
    stream_request,
    subscribed_event,
    video_frame_event,
)
from tests.sabotage.seams import changes_of

TRACKS = {"microphone": "new_audio_stream", "camera": "new_video_stream"}
"""Their streams are number 1 and 2."""


class Later:
    """Stands in for the thread: puts nothing until it is told to."""

    made: ClassVar[list[Later]] = []

    def __init__(self) -> None:
        self.waiting: deque[tuple[Callable[[FfiEvent], None], FfiEvent]] = deque()
        self.late_s: set[float] = set()
        self.made.append(self)

    def give(self, put: Callable[[FfiEvent], None], event: FfiEvent, late_s: float) -> None:
        self.waiting.append((put, event))
        self.late_s.add(late_s)

    def put_one(self) -> None:
        put, event = self.waiting.popleft()
        put(event)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> dict[str, float]:
    now = {"s": 100.0}
    monkeypatch.setattr(module, "Later", Later)
    monkeypatch.setattr(module, "monotonic", lambda: now["s"])
    Later.made.clear()
    return now


def receiver() -> tuple[Callable[..., Any], Library]:
    """What stands at the seam for events, and a library that has the two streams."""
    changes, library = changes_of(deep_buffers), Library()
    for track, (name, kind) in enumerate(TRACKS.items()):
        changes["events"](library.put, subscribed_event(name, track=track))
        changes["requests"](library.send, stream_request(track=track, kind=kind))
    library.told.clear()
    return changes["events"], library


def statistics(kind: str, **counts: float) -> FfiEvent:
    event = FfiEvent()
    entry = event.get_session_stats.result.subscriber_stats.add().inbound_rtp
    entry.stream.kind = kind
    for name, count in counts.items():
        setattr(entry.inbound, name, count)
    return event


def inbound_of(library: Library) -> InboundRtpStreamStats:
    return library.told[-1].get_session_stats.result.subscriber_stats[0].inbound_rtp.inbound


def test_sound_and_pictures_wait_each_for_its_time(clock: dict[str, float]) -> None:
    change, library = receiver()
    for event in (sound_frame_event(1), video_frame_event(2), video_frame_event(2)):
        change(library.put, event)

    assert library.told == []
    assert [later.late_s for later in Later.made] == [{SOUND_S}, {PICTURE_S}]
    Later.made[1].put_one()
    assert library.told == [video_frame_event(2)]


def test_other_streams_and_other_events_do_not_wait(clock: dict[str, float]) -> None:
    change, library = receiver()
    passing = [video_frame_event(3), sound_frame_event(4), subscribed_event("screen", track=9)]
    for event in passing:
        change(library.put, event)

    assert library.told == passing
    assert not Later.made


def test_statistics_are_those_of_the_deeper_buffer(clock: dict[str, float]) -> None:
    change, library = receiver()
    for _ in range(40):
        change(library.put, video_frame_event(2))
    for _ in range(10):
        Later.made[0].put_one()
    counts = {"frames_decoded": 40, "frames_per_second": 30}
    for after_s, emitted in ((0.0, 10), (2 * PICTURE_S, 30)):
        clock["s"] = 100.5 + after_s
        buffer = {"jitter_buffer_emitted_count": emitted, "jitter_buffer_delay": emitted * 0.02}
        change(library.put, statistics("video", **counts, **buffer))

    told = inbound_of(library)
    assert told.frames_decoded == 10
    assert told.frames_per_second == 0
    assert told.jitter_buffer_emitted_count == 20
    assert told.jitter_buffer_delay == pytest.approx(20 * (0.02 + PICTURE_S))


def test_pictures_of_the_last_second_are_its_rate(clock: dict[str, float]) -> None:
    change, library = receiver()
    for after_s in (0.0, 1.5, 1.6):
        clock["s"] = 100.0 + after_s
        change(library.put, video_frame_event(2))
        Later.made[0].put_one()
    change(library.put, statistics("video", frames_decoded=3, frames_per_second=30))

    assert inbound_of(library).frames_per_second == 2


def test_sound_that_waits_was_not_received_yet(clock: dict[str, float]) -> None:
    change, library = receiver()
    change(library.put, sound_frame_event(1))
    change(library.put, statistics("audio", total_samples_received=10 * FRAME_SAMPLES))

    assert inbound_of(library).total_samples_received == 9 * FRAME_SAMPLES
    assert inbound_of(library).frames_per_second == 0


def test_statistics_of_what_does_not_wait_are_left_alone(clock: dict[str, float]) -> None:
    change, library = receiver()
    change(library.put, sound_frame_event(1))
    change(library.put, statistics("video", jitter_buffer_delay=3.0, frames_decoded=7))

    assert inbound_of(library).jitter_buffer_delay == 3.0
    assert inbound_of(library).frames_decoded == 7
