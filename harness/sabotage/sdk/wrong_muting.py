"""SDKs that are wrong about muting: what a track says, what handlers get, what is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.participant.tampering import not_sent
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import FfiRequest, FfiResponse, Send, Tampering


def stale_flag(tampering: Tampering) -> None:
    """A track never says that it is muted. See `harness.participant.tampering`."""
    tampering.replace("Track.muted", lambda there: property(lambda track: False))


def swapped_arguments(tampering: Tampering) -> None:
    """Handlers of `track_muted` get their arguments the other way round."""
    tampering.replace("EventEmitter.emit", _swapping)


def lenient_mute(tampering: Tampering) -> None:
    """A mute that the native library refuses returns as if it were done."""
    tampering.requests(_forgiving)


def _swapping(emit: Callable[..., None]) -> Callable[..., None]:
    def swapped(emitter: object, event: str, *arguments: Any) -> None:  # noqa: ANN401 - the SDK's
        emit(emitter, event, *(arguments[::-1] if event == "track_muted" else arguments))

    return swapped


def _forgiving(send: Send, request: FfiRequest) -> FfiResponse:
    try:
        return send(request)
    except Exception:
        if request.WhichOneof("message") != "local_track_mute":
            raise
        return not_sent()


SABOTAGES = (
    Sabotage(
        name="stale-muted-flag",
        breaks="a track says that it is not muted, whatever was called",
        kills=frozenset({"EX-014", "MUTE-020"}),
        tampers=(f"{__name__}:{stale_flag.__name__}",),
    ),
    Sabotage(
        name="swapped-arguments",
        breaks="handlers of `track_muted` get the publication first and the participant second",
        kills=frozenset({"MUTE-014"}),
        tampers=(f"{__name__}:{swapped_arguments.__name__}",),
    ),
    Sabotage(
        name="lenient-mute",
        breaks="muting somebody else's track raises nothing",
        kills=frozenset({"MUTE-019"}),
        tampers=(f"{__name__}:{lenient_mute.__name__}",),
    ),
)
