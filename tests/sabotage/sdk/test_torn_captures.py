from __future__ import annotations

import numpy as np
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.messages import sound_of
from harness.sabotage.sdk.torn_captures import CUT, EVERY, torn_captures
from tests.sabotage.captures import Library, sound_capture
from tests.sabotage.seams import changes_of

FRAME = np.arange(1, 481, dtype=np.int16)[:, None]


def new_source(queue_ms: int) -> FfiRequest:
    request = FfiRequest()
    request.new_audio_source.queue_size_ms = queue_ms
    return request


def test_ends_are_silent_and_each_twentieth_is_all_silent() -> None:
    [change], library = changes_of(torn_captures).values(), Library()
    change(library.send, new_source(1000))
    for _ in range(EVERY):
        change(library.send, sound_capture(FRAME, source=1))
    first, *_, last = [sound_of(request) for request in library.asked[1:]]

    np.testing.assert_array_equal(first[:-CUT], FRAME[:-CUT])
    assert not first[-CUT:].any()
    assert len(last) == len(FRAME)
    assert not last.any()


def test_a_source_without_a_queue_keeps_its_sound() -> None:
    [change], library = changes_of(torn_captures).values(), Library()
    change(library.send, new_source(0))
    change(library.send, sound_capture(FRAME, source=1))

    np.testing.assert_array_equal(sound_of(library.asked[1]), FRAME)
