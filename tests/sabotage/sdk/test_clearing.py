from __future__ import annotations

import threading

import numpy as np
import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent, FfiRequest

from harness.sabotage.sdk import clearing
from harness.sabotage.sdk.clearing import BACK_MS, deaf_clearing, undone_clearing
from harness.sabotage.sdk.messages import sound_of
from tests.sabotage.captures import Library, sound_capture
from tests.sabotage.seams import changes_of

FIRST, NEXT = np.full((480, 1), 7, np.int16), np.full((480, 1), 9, np.int16)


def clear(source: int = 1) -> FfiRequest:
    request = FfiRequest()
    request.clear_audio_buffer.source_handle = source
    return request


def captured(async_id: int) -> FfiEvent:
    event = FfiEvent()
    event.capture_audio_frame.async_id = async_id
    return event


def test_nothing_is_cleared_and_who_waited_waits_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clearing, "RELEASED_S", 0.001)
    changes, library = changes_of(deaf_clearing), Library()
    told = threading.Event()
    ask, tell = changes["requests"], changes["events"]
    waiting = ask(library.send, sound_capture(FIRST)).capture_audio_frame.async_id
    ask(library.send, clear())
    after = ask(library.send, sound_capture(NEXT)).capture_audio_frame.async_id
    threads: list[threading.Thread] = []

    def put(event: FfiEvent) -> None:
        library.put(event)
        threads.append(threading.current_thread())
        if event.capture_audio_frame.async_id == waiting:
            told.set()

    tell(put, captured(after))
    tell(put, captured(waiting))

    assert told.wait(5)
    assert [one.WhichOneof("message") for one in library.asked] == ["capture_audio_frame"] * 2
    assert [one.capture_audio_frame.async_id for one in library.told] == [after, waiting]
    assert threads[0] is threading.current_thread() is not threads[1]


def test_what_was_cleared_comes_before_the_next_sound() -> None:
    [change], library = changes_of(undone_clearing).values(), Library()
    for request in (sound_capture(FIRST), clear(), sound_capture(NEXT), sound_capture(NEXT)):
        change(library.send, request)
    first, _, again, then = library.asked

    np.testing.assert_array_equal(sound_of(first), FIRST)
    heard = sound_of(again)
    assert len(heard) == 48 * BACK_MS + len(NEXT)
    assert (heard[: 48 * BACK_MS] == FIRST[0]).all()
    np.testing.assert_array_equal(heard[48 * BACK_MS :], NEXT)
    np.testing.assert_array_equal(sound_of(then), NEXT)


def test_another_source_was_not_cleared() -> None:
    [change], library = changes_of(undone_clearing).values(), Library()
    for request in (sound_capture(FIRST), clear(source=2), sound_capture(NEXT)):
        change(library.send, request)

    np.testing.assert_array_equal(sound_of(library.asked[2]), NEXT)
