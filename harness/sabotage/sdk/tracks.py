"""Tracks of video sources and of receive streams, from what passes to and from the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, FfiRequest, FfiResponse, Send

OF_STREAMS = ("audio_stream_event", "video_stream_event")
"""Events of receive streams."""


class VideoSources:
    """Sources by the names of their tracks, and those that are published in a chosen codec."""

    def __init__(self) -> None:
        self._named: dict[int, str] = {}
        self._fed_by: dict[int, int] = {}
        self._codec_chosen: set[int] = set()

    def learn(self, request: FfiRequest, response: FfiResponse) -> None:
        """Look at a request and what came of it."""
        message = request.WhichOneof("message")
        if message == "create_video_track":
            source = request.create_video_track.source_handle
            self._named[source] = request.create_video_track.name
            self._fed_by[response.create_video_track.track.handle.id] = source
        elif message == "publish_track" and request.publish_track.options.HasField("video_codec"):
            source = self._fed_by.get(request.publish_track.track_handle, 0)
            self._codec_chosen.add(source)

    def captured_by(self, request: FfiRequest, name: str) -> bool:
        """Whether it is a capture of the source that feeds the track of that name."""
        return (
            request.WhichOneof("message") == "capture_video_frame"
            and self._named.get(request.capture_video_frame.source_handle) == name
        )

    def captured_for_codec(self, request: FfiRequest) -> bool:
        """Whether it is a capture for a track that was published in a codec of its own."""
        return (
            request.WhichOneof("message") == "capture_video_frame"
            and request.capture_video_frame.source_handle in self._codec_chosen
        )


class Streams:
    """Receive streams by the names of their tracks: others' tracks, and one's own of pictures."""

    def __init__(self) -> None:
        self._tracks: dict[int, str] = {}
        self._streams: dict[int, str] = {}

    def learn(self, request: FfiRequest, response: FfiResponse) -> None:
        """Look at a request and what came of it."""
        message = request.WhichOneof("message")
        if message == "create_video_track":
            track = response.create_video_track.track.handle.id
            self._tracks[track] = request.create_video_track.name
        elif message in ("new_audio_stream", "new_video_stream"):
            track = getattr(request, message).track_handle
            stream = getattr(response, message).stream.handle.id
            self._streams[stream] = self._tracks.get(track, "")

    def ask(self, send: Send, request: FfiRequest) -> FfiResponse:
        """Stands where requests pass, changes nothing, and learns."""
        response = send(request)
        self.learn(request, response)
        return response

    def told(self, event: FfiEvent) -> None:
        """Look at an event."""
        if event.room_event.HasField("track_subscribed"):
            track = event.room_event.track_subscribed.track
            self._tracks[track.handle.id] = track.info.name

    def name_of(self, event: FfiEvent) -> str:
        """Name of the track whose stream brings a frame; empty: none does, or it is not known."""
        message = event.WhichOneof("message")
        if message not in OF_STREAMS or not getattr(event, message).HasField("frame_received"):
            return ""
        return self._streams.get(getattr(event, message).stream_handle, "")
