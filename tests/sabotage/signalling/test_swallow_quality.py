from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.evidence.signalling import Direction
from harness.gateway.interceptors import Protobuf, Signal
from harness.sabotage.signalling.swallow_quality import SwallowQuality


def signal(protobuf: Protobuf) -> Signal:
    direction: Direction = "server" if isinstance(protobuf, rtc.SignalResponse) else "client"
    return Signal(participant="bob", room="r", direction=direction, protobuf=protobuf)


def wish(quality: models.VideoQuality) -> rtc.SignalRequest:
    setting = rtc.UpdateTrackSettings(track_sids=["TR_x"], quality=quality)
    return rtc.SignalRequest(track_setting=setting)


@pytest.mark.parametrize("quality", [models.VideoQuality.LOW, models.VideoQuality.MEDIUM])
def test_a_wish_for_less_is_gone(quality: models.VideoQuality) -> None:
    assert SwallowQuality().intercept(signal(wish(quality))) == []


@pytest.mark.parametrize(
    "protobuf",
    [
        wish(models.VideoQuality.HIGH),
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x")),
        rtc.SignalResponse(pong=1),
        rtc.JoinRequest(),
    ],
    ids=["high", "mute", "pong", "join"],
)
def test_everything_else_passes_as_it_is(protobuf: Protobuf) -> None:
    before = protobuf.SerializeToString()
    message = signal(protobuf)

    assert SwallowQuality().intercept(message) == [message]
    assert message.protobuf.SerializeToString() == before
