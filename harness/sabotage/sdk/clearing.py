"""Queues that are cleared too late, or not at all."""

from __future__ import annotations

from threading import Timer
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import put_sound, sound_of

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

RELEASED_S = 0.3
"""After a clearing captures that waited are told of no sooner."""
BACK_MS = 600
"""Of what was cleared comes back."""


def deaf_clearing(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    deaf = _Deaf()
    tampering.requests(deaf.ask)
    tampering.events(deaf.tell)


def undone_clearing(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.requests(_Undone().ask)


class _Deaf:
    """Clears nothing, and lets those who wait wait on."""

    def __init__(self) -> None:
        self._waiting: set[int] = set()
        self._late: set[int] = set()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        if request.WhichOneof("message") == "clear_audio_buffer":
            self._late |= self._waiting
            return not_sent()
        response = send(request)
        if request.WhichOneof("message") == "capture_audio_frame":
            self._waiting.add(response.capture_audio_frame.async_id)
        return response

    def tell(self, put: Put, event: FfiEvent) -> None:
        done = event.capture_audio_frame.async_id
        self._waiting.discard(done)
        if done in self._late:
            timer = Timer(RELEASED_S, put, [event])
            timer.daemon = True
            timer.start()
        else:
            put(event)


class _Undone:
    """Puts what was cleared before what is captured next."""

    def __init__(self) -> None:
        self._last: dict[int, NDArray[np.int16]] = {}
        self._cleared: set[int] = set()

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        message = request.WhichOneof("message")
        if message == "clear_audio_buffer":
            self._cleared.add(request.clear_audio_buffer.source_handle)
        elif message == "capture_audio_frame" and request.capture_audio_frame.buffer.num_channels:
            self._capture(request)
        return send(request)

    def _capture(self, request: FfiRequest) -> None:
        source, samples = request.capture_audio_frame.source_handle, sound_of(request)
        if source in self._cleared and source in self._last:
            self._cleared.remove(source)
            length = request.capture_audio_frame.buffer.sample_rate * BACK_MS // 1000
            back = np.resize(self._last[source], (length, samples.shape[1]))
            put_sound(request, np.concatenate([back, samples]))
        self._last[source] = samples


SABOTAGES = (
    Sabotage(
        name="deaf-clearing",
        breaks="clearing a queue clears nothing, and a capture that waits waits longer",
        kills=frozenset({"AUD-014", "AUD-015", "AUD-041"}),
        tampers=(f"{__name__}:{deaf_clearing.__name__}",),
    ),
    Sabotage(
        name="undone-clearing",
        breaks="what was cleared out of a queue is played before the next sound",
        kills=frozenset({"AUD-042", "AUD-043"}),
        tampers=(f"{__name__}:{undone_clearing.__name__}",),
    ),
)
