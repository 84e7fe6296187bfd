from __future__ import annotations

import pytest
from livekit.protocol import models, rtc

from harness.gateway.interceptors import Protobuf
from harness.sabotage.signalling.high_is_low import HighIsLow
from tests.sabotage.signalling.messages import signal

LOW, MEDIUM, HIGH = (
    models.VideoQuality.LOW, models.VideoQuality.MEDIUM, models.VideoQuality.HIGH,
)  # fmt: skip


def wish(quality: models.VideoQuality) -> rtc.SignalRequest:
    setting = rtc.UpdateTrackSettings(track_sids=["TR_x"], quality=quality)
    return rtc.SignalRequest(track_setting=setting)


def test_the_highest_becomes_the_lowest() -> None:
    [passed] = HighIsLow().intercept(signal(wish(HIGH)))

    assert passed.protobuf == wish(LOW)


@pytest.mark.parametrize(
    "message",
    [wish(LOW), wish(MEDIUM), rtc.SignalRequest(), rtc.SignalResponse(pong=1), rtc.JoinRequest()],
    ids=["low", "medium", "empty", "of the server", "join"],
)
def test_everything_else_passes_as_it_is(message: Protobuf) -> None:
    before = message.SerializeToString()
    passing = signal(message)

    assert HighIsLow().intercept(passing) == [passing]
    assert message.SerializeToString() == before
