from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.swallow_unsubscription import SwallowUnsubscription
from tests.sabotage.signalling.messages import signal


def asked(*, subscribe: bool) -> rtc.SignalRequest:
    return rtc.SignalRequest(
        subscription=rtc.UpdateSubscription(track_sids=["TR_x"], subscribe=subscribe)
    )


def test_an_unsubscription_is_gone() -> None:
    assert SwallowUnsubscription().intercept(signal(asked(subscribe=False))) == []


@pytest.mark.parametrize(
    "message",
    [asked(subscribe=True), rtc.SignalRequest(), rtc.SignalResponse(pong=1)],
    ids=["subscription", "empty", "of the server"],
)
def test_all_else_passes(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    passing = signal(message)

    assert SwallowUnsubscription().intercept(passing) == [passing]
