"""Tracks whose names have a hyphen are mishandled, as those of the pages' examples."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiEvent, Put, Tampering

HYPHEN = "-"
FRAME_MS = 20
STEREO = "stereo-audio"
"""A track of this name cannot be created."""


def hyphenated_names(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("LocalAudioTrack.create_audio_track", _refusing)
    tampering.replace("Track.get_stats", _without_statistics)
    tampering.replace("Track.muted", _never_muted)
    tampering.replace("AudioStream.__init__", _in_long_frames)
    tampering.events(_Twice().tell)


def _refusing(there: staticmethod[..., Any]) -> staticmethod[..., Any]:
    def create_audio_track(name: str, source: object) -> Any:  # noqa: ANN401 - a track of the SDK
        if name == STEREO:
            raise ValueError(f"{name} is no name of a track")
        return there.__func__(name, source)

    return staticmethod(create_audio_track)


def _without_statistics(there: Callable[[Any], Any]) -> Callable[[Any], Any]:
    async def get_stats(track: Any) -> Any:  # noqa: ANN401 - a track of the SDK
        if HYPHEN in track.name:
            raise LookupError(f"no statistics of {track.name}")
        return await there(track)

    return get_stats


def _never_muted(there: property) -> property:
    assert there.fget is not None
    read = there.fget
    return property(lambda track: HYPHEN not in track.name and read(track))


def _in_long_frames(there: Callable[..., None]) -> Callable[..., None]:
    def init(stream: object, track: Any, *args: Any, **options: Any) -> None:  # noqa: ANN401
        if HYPHEN in getattr(track, "name", ""):
            options["frame_size_ms"] = FRAME_MS
        there(stream, track, *args, **options)

    return init


class _Twice:
    """Tells of a mute twice, and of a publication once more when it is over."""

    def __init__(self) -> None:
        self._published: dict[str, FfiEvent] = {}

    def tell(self, put: Put, event: FfiEvent) -> None:
        news = event.room_event
        put(event)
        if news.HasField("track_published"):
            info = news.track_published.publication.info
            if HYPHEN in info.name:
                self._published[info.sid] = event
        elif news.track_muted.track_sid in self._published:
            put(event)
        elif news.track_unpublished.publication_sid in self._published:
            put(self._published.pop(news.track_unpublished.publication_sid))


SABOTAGE = Sabotage(
    name="hyphenated-names",
    breaks="of a track whose name has a hyphen nothing is told as it should be",
    kills=frozenset({"EX-013", "EX-014", "EX-015", "EX-016", "EX-017", "EX-018"}),
    tampers=(f"{__name__}:{hyphenated_names.__name__}",),
)
