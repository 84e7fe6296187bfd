"""Handing sound to a source that has no queue, without waiting for the SDK to say that it did.

The SDK copies the samples before its call returns, and gives frames to the encoder in the order in
which they came; that it has done so it says by an event, for which its own `capture_frame` waits:
a queue, a future and two turns of the event loop for each 10 ms. Only an error is of interest.
"""

from __future__ import annotations

from collections import deque
from functools import cache

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto.ffi_pb2 import FfiEvent, FfiRequest

_MAX_ERRORS = 16


class CaptureError(Exception):
    """The SDK could not take a frame of sound from this process."""


def capture(source: rtc.AudioSource, frame: rtc.AudioFrame) -> None:
    """Hand over a frame of 10 ms.

    Raises:
        CaptureError: a frame that was handed over before was not taken.
    """
    errors = _errors()
    if errors:
        raise CaptureError(errors.popleft())
    request = FfiRequest()
    request.capture_audio_frame.source_handle = source._ffi_handle.handle  # noqa: SLF001
    request.capture_audio_frame.buffer.CopyFrom(frame._proto_info())  # noqa: SLF001
    FfiClient.instance.request(request)


@cache
def _errors() -> deque[str]:
    """What went wrong in this process, noted as it is told; the oldest is forgotten first."""
    errors: deque[str] = deque(maxlen=_MAX_ERRORS)

    def note(event: FfiEvent) -> bool:
        """As a filter of a queue of the SDK, which stays empty."""
        if event.WhichOneof("message") == "capture_audio_frame" and event.capture_audio_frame.error:
            errors.append(event.capture_audio_frame.error)
        return False

    FfiClient.instance.queue.subscribe(filter_fn=note)
    return errors
