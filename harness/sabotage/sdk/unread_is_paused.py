"""A subscriber's SDK that pauses what nobody reads.

A third of a second after a track was subscribed without a stream being opened, the server is told
that its media is not wanted for now.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.evidence.sdk_event import SdkEvent
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering, Tell

UNREAD_S = 0.3


def unread_is_paused(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    reader = Reader()
    tampering.replace("RemoteTrackPublication.__init__", reader.publishing)
    tampering.requests(reader.request)
    tampering.told(reader.told)


class Reader:
    """Knows of each remote track whether a stream of it was ever opened."""

    def __init__(self) -> None:
        self._publications: dict[str, Any] = {}
        self._read: set[int] = set()
        self._way: tuple[Send, type[FfiRequest]] | None = None

    def publishing(self, there: Any) -> Any:  # noqa: ANN401 - the SDK's
        """In place of the initialiser of a publication."""

        def initialise(publication: Any, *arguments: Any) -> None:  # noqa: ANN401
            there(publication, *arguments)
            self._publications[publication.sid] = publication

        return initialise

    def request(self, send: Send, request: FfiRequest) -> FfiResponse:
        """Note whose stream is opened."""
        self._way = send, type(request)
        match request.WhichOneof("message"):
            case "new_audio_stream":
                self._read.add(request.new_audio_stream.track_handle)
            case "new_video_stream":
                self._read.add(request.new_video_stream.track_handle)
        return send(request)

    def told(self, tell: Tell, event: SdkEvent) -> None:
        """Look after a track that was subscribed."""
        tell(event)
        if event.name == "track_subscribed" and event.track is not None:
            asyncio.get_running_loop().call_later(UNREAD_S, self.look, event.track)

    def look(self, sid: str) -> None:
        """Pause the track unless it is read, or gone."""
        publication = self._publications[sid]
        track = publication.track
        if track is None or track._ffi_handle.handle in self._read:  # noqa: SLF001
            return
        assert self._way is not None, "what is subscribed was asked for by requests"
        send, message = self._way
        request = message()
        pause = request.enable_remote_track_publication
        pause.track_publication_handle = publication._ffi_handle.handle  # noqa: SLF001
        pause.enabled = False
        send(request)


SABOTAGE = Sabotage(
    name="unread-is-paused",
    breaks="a subscriber's SDK pauses tracks of which no stream is open",
    kills=frozenset({"SUB-017", "SUB-018"}),
    tampers=(f"{__name__}:{unread_is_paused.__name__}",),
)
