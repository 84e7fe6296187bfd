from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.participant.frame_stream import _EARLY_EVENTS, _Arrivals, _Waiting

if TYPE_CHECKING:
    from tests.participant.conftest import Start

LOOPBACK = Path(__file__).parent / "loopback.py"


def sound_event(stream: int, frame: int) -> FfiEvent:
    event = FfiEvent()
    event.audio_stream_event.stream_handle = stream
    event.audio_stream_event.frame_received.frame.handle.id = frame
    return event


def picture_event(stream: int, frame: int) -> FfiEvent:
    event = FfiEvent()
    event.video_stream_event.stream_handle = stream
    event.video_stream_event.frame_received.buffer.handle.id = frame
    return event


def test_events_wait_at_their_stream_with_the_time_at_which_they_came() -> None:
    arrivals, sound, picture = _Arrivals(), _Waiting(), _Waiting()
    arrivals.expect(1, sound)
    arrivals.expect(2, picture)

    for event in (sound_event(1, 10), picture_event(2, 20), sound_event(1, 11)):
        assert arrivals.note(event) is False  # the SDK's queue behind it stays empty

    assert [event for _, event in sound] == [sound_event(1, 10), sound_event(1, 11)]
    assert [event for _, event in picture] == [picture_event(2, 20)]
    assert sound[0][0] <= picture[0][0] <= sound[1][0]


def test_what_comes_before_a_stream_is_known_is_the_first_that_waits_there() -> None:
    arrivals, waiting = _Arrivals(), _Waiting()

    for event in (sound_event(1, 10), sound_event(2, 20), sound_event(1, 11)):
        arrivals.note(event)
    arrivals.expect(1, waiting)
    arrivals.note(sound_event(1, 12))

    assert [event for _, event in waiting] == [sound_event(1, frame) for frame in (10, 11, 12)]


def test_events_of_no_stream_are_nobodys_and_others_streams_fill_no_memory() -> None:
    arrivals, waiting = _Arrivals(), _Waiting()

    arrivals.note(FfiEvent())
    for frame in range(2 * _EARLY_EVENTS):
        arrivals.note(sound_event(7, frame))
    arrivals.expect(7, waiting)

    assert len(waiting) == _EARLY_EVENTS
    arrivals.forget(7)
    arrivals.note(sound_event(7, 0))
    assert len(waiting) == _EARLY_EVENTS
    assert isinstance(waiting, deque)


@pytest.mark.asyncio
async def test_an_event_loop_that_stands_still_moves_no_arrival(start: Start) -> None:
    alice = await start("alice")

    gaps_ms = await alice.probe(LOOPBACK, "arrivals_while_blocked", {"blocked_s": 0.5})

    assert len(gaps_ms) >= 30  # ten milliseconds of sound each
    assert max(gaps_ms) < 250


@pytest.mark.asyncio
async def test_frames_that_come_after_the_stop_are_not_taken(start: Start) -> None:
    alice = await start("alice")

    taken = await alice.probe(LOOPBACK, "taken_before_and_after_stop", {})

    assert taken["at_stop"] > 0
    assert taken["at_close"] == taken["at_stop"]


@pytest.mark.asyncio
async def test_more_frames_than_may_wait_are_an_error_that_is_told(start: Start) -> None:
    alice = await start("alice")

    errors = await alice.probe(LOOPBACK, "too_many_waiting", {"blocked_s": 0.5})

    assert len(errors) == 1
    assert "decoded frames wait to be recorded" in errors[0]


@pytest.mark.asyncio
async def test_an_error_while_taking_is_told_once_and_the_stream_ends(start: Start) -> None:
    alice = await start("alice")

    assert await alice.probe(LOOPBACK, "taking_fails", {}) == ["stream: OSError('no room')"]
