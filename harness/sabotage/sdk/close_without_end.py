"""An audio stream that is closed and leaves its reader waiting, as a video stream does."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering


def close_without_end(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("AudioStream.aclose", _cancelling)


def _cancelling(there: Callable[..., Any]) -> Callable[..., Any]:
    async def aclose(stream: Any) -> None:  # noqa: ANN401 - the SDK's
        stream._task.cancel()  # noqa: SLF001 - it would put the end into the reader's queue
        stream._ffi_handle.dispose()  # noqa: SLF001

    return aclose


SABOTAGE = Sabotage(
    name="close-without-end",
    breaks="closing an audio stream does not end the `async for` over it",
    kills=frozenset({"SUB-035"}),
    tampers=(f"{__name__}:{close_without_end.__name__}",),
)
