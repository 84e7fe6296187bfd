"""Which track a video source feeds, from what an application asks of the native library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse


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
