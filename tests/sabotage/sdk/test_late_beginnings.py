from __future__ import annotations

import numpy as np
import pytest
from livekit.rtc._proto.ffi_pb2 import FfiEvent
from numpy.typing import NDArray

from harness.sabotage.sdk import late_beginnings as module
from harness.sabotage.sdk.late_beginnings import (
    SILENT_S,
    WITHHELD_S,
    Beginnings,
    late_beginnings,
)
from tests.sabotage.captures import Library, video_frame_event
from tests.sabotage.seams import changes_of


def sound_event(samples: NDArray[np.int16], stream: int = 1) -> FfiEvent:
    """A frame of a stream; the samples have to stay."""
    event = FfiEvent()
    event.audio_stream_event.stream_handle = stream
    info = event.audio_stream_event.frame_received.frame.info
    info.data_ptr = samples.ctypes.data
    info.samples_per_channel, info.num_channels = samples.shape
    return event


def tell_at(
    beginnings: Beginnings, event: FfiEvent, at_s: float, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether it is put."""
    library = Library()
    monkeypatch.setattr(module, "monotonic", lambda: 50 + at_s)
    beginnings.tell(library.put, event)
    return library.told == [event]


def test_pictures_are_withheld_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    beginnings = Beginnings()
    times_s = (0.0, WITHHELD_S - 0.1, WITHHELD_S + 0.1)
    put = [tell_at(beginnings, video_frame_event(), at_s, monkeypatch) for at_s in times_s]

    assert put == [False, False, True]


def test_a_sound_is_silent_at_first(monkeypatch: pytest.MonkeyPatch) -> None:
    beginnings, frames = Beginnings(), np.full((3, 4, 2), 9, np.int16)
    times_s = (0.0, SILENT_S - 0.1, SILENT_S + 0.1)
    for samples, at_s in zip(frames, times_s, strict=True):
        assert tell_at(beginnings, sound_event(samples), at_s, monkeypatch)

    assert [set(samples.ravel().tolist()) for samples in frames] == [{0}, {0}, {9}]


def test_each_stream_has_a_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    beginnings, late_s = Beginnings(), 9.0
    tell_at(beginnings, video_frame_event(1), 0.0, monkeypatch)

    assert not tell_at(beginnings, video_frame_event(2), late_s, monkeypatch)
    assert tell_at(beginnings, video_frame_event(1), late_s, monkeypatch)


def test_what_is_no_frame_passes_and_probes_are_left_alone() -> None:
    library, over = Library(), FfiEvent()
    over.video_stream_event.eos.SetInParent()
    Beginnings().tell(library.put, over)

    assert library.told == [over]
    assert changes_of(late_beginnings, identity="probe1") == {}
    assert list(changes_of(late_beginnings, identity="bob")) == ["events"]
