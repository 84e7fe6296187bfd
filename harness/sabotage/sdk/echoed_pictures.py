"""A subscriber whose SDK hands on a picture that it has handed on before, now and then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import Encoding

if TYPE_CHECKING:
    from harness.participant.tampering import (
        FfiEvent,
        FfiRequest,
        FfiResponse,
        Put,
        Send,
        Tampering,
    )

RECEIVER = "bob"
EVERY, BACK = 15, 3
"""Pictures from one that is handed on again to the next, and how many come in between."""


def echoed_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if tampering.identity == RECEIVER:
        echo = _Echo()
        tampering.requests(echo.ask)
        tampering.events(echo.tell)


class _Echo:
    """Copies are made by the library's own conversion: a frame is let go by whoever reads it."""

    def __init__(self) -> None:
        self._send: Send | None = None
        self._request: type[FfiRequest] | None = None
        self._pictures: dict[int, int] = {}
        self._copies: dict[int, FfiEvent] = {}

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        self._send, self._request = send, type(request)
        return send(request)

    def tell(self, put: Put, event: FfiEvent) -> None:
        put_again = None
        if event.video_stream_event.HasField("frame_received"):
            stream = event.video_stream_event.stream_handle
            number = self._pictures[stream] = self._pictures.get(stream, 0) + 1
            if number % EVERY == EVERY - BACK:
                self._copies[stream] = self._copy(event)
            elif number % EVERY == 0:
                put_again = self._copies.pop(stream, None)
        put(event)
        if put_again is not None:
            put(put_again)

    def _copy(self, event: FfiEvent) -> FfiEvent:
        assert self._send is not None
        assert self._request is not None
        copy, request = type(event)(), self._request()
        copy.CopyFrom(event)
        frame = copy.video_stream_event.frame_received
        request.video_convert.flip_y = False
        request.video_convert.dst_type = Encoding.I420.wire
        request.video_convert.buffer.CopyFrom(frame.buffer.info)
        frame.buffer.CopyFrom(self._send(request).video_convert.buffer)
        return copy


SABOTAGE = Sabotage(
    name="echoed-pictures",
    breaks="once in fifteen pictures an older one is handed on again",
    kills=frozenset({"PUB-004", "PUB-005"}),
    tampers=(f"{__name__}:{echoed_pictures.__name__}",),
)
