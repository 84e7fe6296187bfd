from __future__ import annotations

import numpy as np
import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent

from harness.sabotage.sdk.clipping_receiver import clipping_receiver
from tests.sabotage.captures import Library
from tests.sabotage.seams import changes_of

[change] = changes_of(clipping_receiver).values()


@pytest.mark.parametrize(
    ("sent", "heard"), [([25_000, -25_000, 2], [32_767, -32_768, 3]), ([8000, -9000, 2],) * 2]
)
def test_loud_frames_are_clipped(sent: list[int], heard: list[int]) -> None:
    library, event, samples = Library(), FfiEvent(), np.array(sent, np.int16)
    info = event.audio_stream_event.frame_received.frame.info
    info.data_ptr, info.num_channels, info.samples_per_channel = samples.ctypes.data, 1, len(sent)
    change(library.put, event)

    assert samples.tolist() == heard
    assert library.told == [event]


def test_another_event_passes_as_it_is() -> None:
    library, event = Library(), FfiEvent()
    event.capture_audio_frame.async_id = 7
    change(library.put, event)

    assert library.told == [event]
