from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.evidence.signalling import Direction
from harness.gateway.interceptors import Protobuf, Signal
from harness.sabotage.signalling.swallow_mute import SwallowMute


def signal(protobuf: Protobuf) -> Signal:
    direction: Direction = "server" if isinstance(protobuf, rtc.SignalResponse) else "client"
    return Signal(participant="alice", room="r", direction=direction, protobuf=protobuf)


def mute(*, muted: bool) -> rtc.MuteTrackRequest:
    return rtc.MuteTrackRequest(sid="TR_x", muted=muted)


def test_the_request_to_mute_is_gone() -> None:
    assert SwallowMute().intercept(signal(rtc.SignalRequest(mute=mute(muted=True)))) == []


@pytest.mark.parametrize(
    "protobuf",
    [
        rtc.SignalRequest(mute=mute(muted=False)),
        rtc.SignalResponse(mute=mute(muted=True)),
        rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c", muted=True)),
        rtc.SignalRequest(leave=rtc.LeaveRequest()),
        rtc.SignalResponse(pong=1),
        rtc.SignalRequest(),
        rtc.JoinRequest(),
    ],
    ids=["unmute", "of the server", "add_track", "leave", "pong", "empty", "join"],
)
def test_everything_else_passes_as_it_is(protobuf: Protobuf) -> None:
    before = protobuf.SerializeToString()
    message = signal(protobuf)

    assert SwallowMute().intercept(message) == [message]
    assert message.protobuf.SerializeToString() == before
