from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.defiant_publisher import DefiantPublisher
from tests.sabotage.signalling.messages import signal


def mute(*, muted: bool) -> rtc.MuteTrackRequest:
    return rtc.MuteTrackRequest(sid="TR_x", muted=muted)


def test_a_mute_of_the_server_comes_back_as_an_unmute() -> None:
    passing = signal(rtc.SignalResponse(mute=mute(muted=True)))

    [answer] = DefiantPublisher().intercept(passing)
    assert answer == signal(rtc.SignalRequest(mute=mute(muted=False)))


@pytest.mark.parametrize(
    "message",
    [
        rtc.SignalResponse(mute=mute(muted=False)),
        rtc.SignalResponse(pong=1),
        rtc.SignalRequest(mute=mute(muted=True)),
    ],
    ids=["unmute", "pong", "of the client"],
)
def test_all_else_passes(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    passing = signal(message)

    assert DefiantPublisher().intercept(passing) == [passing]
