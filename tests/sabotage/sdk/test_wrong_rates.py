from __future__ import annotations

import numpy as np
import pytest
from livekit.rtc._proto.ffi_pb2 import FfiRequest

from harness.sabotage.sdk.wrong_rates import wrong_rates
from tests.sabotage.captures import Library, other_request, sound_capture
from tests.sabotage.seams import changes_of

[change] = changes_of(wrong_rates).values()


@pytest.mark.parametrize(
    ("asked_hz", "taken_hz"), [(44_100, 44_000), (48_000, 48_000), (16_000, 16_000)]
)
def test_source_and_frames_are_mistaken_alike(asked_hz: int, taken_hz: int) -> None:
    library, made = Library(), FfiRequest()
    made.new_audio_source.sample_rate = asked_hz
    change(library.send, made)
    change(library.send, sound_capture(np.zeros((80, 1), np.int16), sample_rate=asked_hz))
    source, frame = library.asked

    assert source.new_audio_source.sample_rate == taken_hz
    assert frame.capture_audio_frame.buffer.sample_rate == taken_hz
    assert frame.capture_audio_frame.buffer.samples_per_channel == 80


def test_another_request_passes_as_it_is() -> None:
    library = Library()
    change(library.send, other_request())

    assert library.asked == [other_request()]
