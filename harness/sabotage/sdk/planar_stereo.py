"""Stereo frames whose channels follow each other instead of being interleaved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from harness.participant.tampering import Tampering


def planar_stereo(tampering: Tampering) -> None:
    """See `harness.participant.tampering`."""
    tampering.replace("AudioFrame.data", _planar)


def _planar(there: property) -> property:
    assert there.fget is not None
    read = there.fget

    def data(frame: Any) -> memoryview:  # noqa: ANN401 - a frame of the SDK
        interleaved = read(frame)
        if frame.num_channels == 1:
            return interleaved  # type: ignore[no-any-return]
        samples = np.frombuffer(interleaved, np.int16).reshape(-1, frame.num_channels)
        return memoryview(bytearray(samples.T.tobytes())).cast("h")

    return property(data)


SABOTAGE = Sabotage(
    name="planar-stereo",
    breaks="the data of a stereo frame is all of the left channel, then all of the right",
    kills=frozenset({"AUD-024", "AUD-027"}),
    tampers=(f"{__name__}:{planar_stereo.__name__}",),
)
