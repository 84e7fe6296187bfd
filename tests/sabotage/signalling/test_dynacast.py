from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.gateway.interceptors import Protobuf
from harness.sabotage.signalling.dynacast import SwallowDynacast, SwallowReturns
from tests.sabotage.signalling.messages import signal


def update(*wanted: models.VideoQuality, track: str = "TR_x") -> rtc.SignalResponse:
    qualities = [
        rtc.SubscribedQuality(quality=quality, enabled=quality in wanted)
        for quality in (models.LOW, models.MEDIUM, models.HIGH)
    ]
    codec = rtc.SubscribedCodec(codec="vp8", qualities=qualities)
    return rtc.SignalResponse(
        subscribed_quality_update=rtc.SubscribedQualityUpdate(
            track_sid=track, subscribed_codecs=[codec]
        )
    )


OTHERS = (rtc.SignalResponse(pong=1), rtc.SignalRequest(ping=1), rtc.JoinRequest())


def test_nothing_is_told_of_layers() -> None:
    assert SwallowDynacast().intercept(signal(update(models.LOW))) == []


def test_a_layer_that_is_not_wanted_is_never_wanted_again() -> None:
    returns = SwallowReturns()
    everything = update(models.LOW, models.MEDIUM, models.HIGH)

    def passes(message: rtc.SignalResponse) -> bool:
        return returns.intercept(signal(message)) == [signal(message)]

    assert passes(everything)
    assert passes(update(models.LOW))
    assert not passes(everything)
    assert passes(update())
    assert not passes(update(models.LOW))
    assert passes(update(models.LOW, track="TR_y"))


@pytest.mark.parametrize("protobuf", OTHERS, ids=["pong", "ping", "join"])
def test_everything_else_passes_as_it_is(protobuf: Protobuf) -> None:
    message = signal(protobuf)

    assert SwallowDynacast().intercept(message) == SwallowReturns().intercept(message) == [message]
