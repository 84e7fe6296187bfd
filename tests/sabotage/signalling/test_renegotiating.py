from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.renegotiating import Renegotiating
from tests.sabotage.signalling.messages import signal


@pytest.mark.parametrize(
    "request_",
    [
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalRequest(track_setting=rtc.UpdateTrackSettings(track_sids=["TR_x"])),
    ],
    ids=["mute", "track_setting"],
)
def test_it_passes_and_the_client_is_asked_to_negotiate(request_: rtc.SignalRequest) -> None:
    passing = signal(request_)

    first, second = Renegotiating().intercept(passing)
    assert first is passing
    assert (second.direction, second.kind) == ("server", "media_sections_requirement")
    assert second.participant == passing.participant


@pytest.mark.parametrize(
    "message",
    [
        rtc.SignalResponse(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalRequest(leave=rtc.LeaveRequest()),
    ],
    ids=["of the server", "leave"],
)
def test_all_else_passes_alone(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    passing = signal(message)

    assert Renegotiating().intercept(passing) == [passing]
