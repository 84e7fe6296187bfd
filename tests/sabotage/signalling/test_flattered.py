from __future__ import annotations

from livekit.protocol import models, rtc

from harness.sabotage.signalling.flattered import Flattered
from tests.sabotage.signalling.messages import signal


def test_every_connection_is_excellent() -> None:
    told = [
        rtc.ConnectionQualityInfo(participant_sid=f"PA_{quality}", quality=quality)
        for quality in (models.POOR, models.GOOD, models.EXCELLENT, models.LOST)
    ]
    update = rtc.ConnectionQualityUpdate(updates=told)
    message = rtc.SignalResponse(connection_quality=update)

    assert Flattered().intercept(signal(message)) == [signal(message)]
    after = message.connection_quality.updates
    assert {one.quality for one in after} == {models.EXCELLENT}
    assert [one.participant_sid for one in after] == [one.participant_sid for one in told]


def test_everything_else_passes_as_it_is() -> None:
    message = rtc.SignalResponse(pong=1)

    assert Flattered().intercept(signal(message)) == [signal(message)]
    assert message == rtc.SignalResponse(pong=1)
