"""Calls that say nothing of arguments that they cannot use."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering

SOUND = (
    "AudioSource.__init__",
    "AudioSource.capture_frame",
    "AudioFrame.__init__",
    "AudioStream.__init__",
    "LocalAudioTrack.create_audio_track",
)
QUALITY = "RemoteTrackPublication.set_video_quality"
PICTURES = ("VideoSource.__init__", "VideoSource.capture_frame", "VideoFrame.__init__")


def silent_sound(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    _silence(tampering, SOUND)


def silent_pictures(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    _silence(tampering, PICTURES)


def silent_quality(tampering: Tampering) -> None:
    """See `harness.participant.tampering`. It is asked for in a room, so in any participant."""
    tampering.replace(QUALITY, _silent)


def _silence(tampering: Tampering, calls: tuple[str, ...]) -> None:
    if in_probe(tampering):
        for call in calls:
            tampering.replace(call, _silent)


def _silent(there: Any) -> Any:  # noqa: ANN401 - any function
    """The same function, which gives None where it raised."""
    if isinstance(there, staticmethod):
        return staticmethod(_silent(there.__func__))
    if inspect.iscoroutinefunction(there):
        return _silent_coroutine(there)

    @wraps(there)
    def call(*args: object, **options: object) -> object:
        try:
            return there(*args, **options)
        except Exception:
            return None

    return call


def _silent_coroutine(there: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(there)
    async def call(*args: object, **options: object) -> object:
        try:
            return await there(*args, **options)
        except Exception:
            return None

    return call


SABOTAGES = (
    Sabotage(
        name="silent-sound-refusals",
        breaks="arguments that sources, frames, streams and tracks of sound cannot use are not "
        "refused",
        kills=frozenset(
            {
                *("AUD-012", "AUD-028", "AUD-031", "AUD-032", "AUD-033", "AUD-034", "AUD-037"),
                "AUD-039",
            }
        ),
        tampers=(f"{__name__}:{silent_sound.__name__}",),
    ),
    Sabotage(
        name="silent-picture-refusals",
        breaks="arguments that sources and frames of pictures cannot use are not refused",
        kills=frozenset({"VID-005", "VID-008", "VID-010", "VID-011"}),
        tampers=(f"{__name__}:{silent_pictures.__name__}",),
    ),
    Sabotage(
        name="silent-quality-refusals",
        breaks="a quality of what has no layers is not refused",
        kills=frozenset({"LAY-010"}),
        tampers=(f"{__name__}:{silent_quality.__name__}",),
    ),
)
