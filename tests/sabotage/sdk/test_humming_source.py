from __future__ import annotations

import numpy as np
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.humming_source import HUM, humming_source
from tests.sabotage.captures import Library, other_request, sound_capture
from tests.sabotage.seams import changes_of


def test_what_comes_before_the_first_capture_hums() -> None:
    changes, library = changes_of(humming_source, identity="probe1"), Library()
    samples = np.zeros(480, np.int16)
    event = FfiEvent()
    info = event.audio_stream_event.frame_received.frame.info
    info.data_ptr, info.num_channels, info.samples_per_channel = samples.ctypes.data, 1, 480
    changes["requests"](library.send, other_request())
    changes["events"](library.put, event)

    assert (samples == HUM).all()

    samples[:] = 0
    changes["requests"](library.send, sound_capture(np.ones((480, 1), np.int16)))
    changes["events"](library.put, event)

    assert not samples.any()
    assert len(library.told) == len(library.asked) == 2


def test_who_has_joined_hears_no_hum() -> None:
    assert changes_of(humming_source, identity="alice") == {}
