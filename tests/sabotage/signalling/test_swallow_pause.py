from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.swallow_pause import SwallowPause
from tests.sabotage.signalling.messages import signal


def setting(*, disabled: bool) -> rtc.SignalRequest:
    return rtc.SignalRequest(
        track_setting=rtc.UpdateTrackSettings(track_sids=["TR_x"], disabled=disabled)
    )


def test_a_pause_is_gone() -> None:
    assert SwallowPause().intercept(signal(setting(disabled=True))) == []


@pytest.mark.parametrize(
    "message",
    [setting(disabled=False), rtc.SignalRequest(), rtc.SignalResponse(pong=1)],
    ids=["resume", "empty", "of the server"],
)
def test_all_else_passes(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    passing = signal(message)

    assert SwallowPause().intercept(passing) == [passing]
