"""A publisher that is not told which of its layers are wanted: never, or never of more."""

from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal
from harness.sabotage.sabotage import Sabotage

Layers = frozenset[tuple[str, int]]
"""Codec and number of each layer that is wanted."""


class SwallowDynacast:
    """Drops each `subscribed_quality_update`."""

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        return [] if signal.kind == "subscribed_quality_update" else [signal]


class SwallowReturns:
    """Drops each `subscribed_quality_update` that wants more of a track than the one before."""

    def __init__(self) -> None:
        self._wanted: dict[str, Layers] = {}

    def intercept(self, signal: Signal) -> list[Signal]:
        """See `harness.gateway.interceptors`."""
        message = signal.protobuf
        if not isinstance(message, rtc.SignalResponse) or not message.HasField(
            "subscribed_quality_update"
        ):
            return [signal]
        update = message.subscribed_quality_update
        wanted = _wanted(update)
        if not wanted <= self._wanted.get(update.track_sid, wanted):
            return []
        self._wanted[update.track_sid] = wanted
        return [signal]


def _wanted(update: rtc.SubscribedQualityUpdate) -> Layers:
    return frozenset(
        (codec.codec, layer.quality)
        for codec in update.subscribed_codecs
        for layer in codec.qualities
        if layer.enabled
    )


SABOTAGES = (
    Sabotage(
        name="swallow-dynacast",
        breaks="a publisher is never told which of its layers are wanted",
        kills=frozenset({"LAY-016", "LAY-017"}),
        interceptors=(f"{__name__}:{SwallowDynacast.__name__}",),
    ),
    Sabotage(
        name="dynacast-for-good",
        breaks="a publisher is not told that a layer is wanted again",
        kills=frozenset({"LAY-019", "LAY-020"}),
        interceptors=(f"{__name__}:{SwallowReturns.__name__}",),
    ),
)
