"""Frames of pictures that are wrong about themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from harness.sabotage.sabotage import Sabotage
from harness.sabotage.sdk.messages import in_probe

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering


def frames_told_wrong(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    if in_probe(tampering):
        tampering.replace("VideoFrame.data", _without_its_end)
        tampering.replace("VideoFrame.get_plane", _swapped)
        tampering.replace("VideoBufferType", _Fewer)


def _without_its_end(there: property) -> property:
    assert there.fget is not None
    read = there.fget
    return property(lambda frame: read(frame)[:-1])


def _swapped(there: Callable[[Any, int], Any]) -> Callable[[Any, int], Any]:
    return lambda frame, plane: there(frame, {1: 2, 2: 1}.get(plane, plane))


class _Fewer:
    """The encodings, but for the name of the last."""

    def __init__(self, there: Any) -> None:  # noqa: ANN401 - an enumeration of the SDK
        self._there = there

    def keys(self) -> list[str]:
        return list(self._there.keys())[:-1]

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever it is
        return getattr(self._there, name)


SABOTAGE = Sabotage(
    name="frames-told-wrong",
    breaks="a frame hides its last byte and swaps U and V, and an encoding is not named",
    kills=frozenset({"VID-001", "VID-002", "VID-003", "VID-022"}),
    tampers=(f"{__name__}:{frames_told_wrong.__name__}",),
)
