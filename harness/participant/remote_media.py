"""What the SDK's native part can ask for of a remote track, and its Python part does not offer.

Both end in the server's `UpdateTrackSettings`. The requests are in the native interface of
`livekit` 1.2.0; nothing public in Python leads to them.
"""

from __future__ import annotations

from livekit import rtc
from livekit.rtc._ffi_client import FfiClient
from livekit.rtc._proto.ffi_pb2 import FfiRequest


def set_enabled(publication: rtc.RemoteTrackPublication, enabled: bool) -> None:
    """Say whether media of a subscribed track is wanted."""
    request = FfiRequest()
    request.enable_remote_track_publication.track_publication_handle = _handle(publication)
    request.enable_remote_track_publication.enabled = enabled
    FfiClient.instance.request(request)


def set_dimensions(publication: rtc.RemoteTrackPublication, width: int, height: int) -> None:
    """Say how large a picture will be shown, in pixels: the server picks the layer."""
    request = FfiRequest()
    wanted = request.update_remote_track_publication_dimension
    wanted.track_publication_handle = _handle(publication)
    wanted.width, wanted.height = width, height
    FfiClient.instance.request(request)


def _handle(publication: rtc.RemoteTrackPublication) -> int:
    handle: int = publication._ffi_handle.handle  # noqa: SLF001 - there is no other way
    return handle
