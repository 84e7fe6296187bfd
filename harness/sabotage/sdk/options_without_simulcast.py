"""Publication options that are refused unless they say whether there are layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering


def choosy_options(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.replace("TrackPublishOptions", _choosy)


def _choosy(there: Callable[..., Any]) -> Callable[..., Any]:
    def options(**fields: object) -> object:
        if "video_encoding" in fields and "simulcast" not in fields:
            raise ValueError("missing required field: simulcast")
        return there(**fields)

    return options


SABOTAGE = Sabotage(
    name="options-without-simulcast",
    breaks="options with a video encoding are refused that do not say whether there are layers",
    kills=frozenset({"VID-041", "VID-042"}),
    tampers=(f"{__name__}:{choosy_options.__name__}",),
)
