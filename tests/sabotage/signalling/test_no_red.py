from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf, Signal
from harness.gateway.opus_only import IDENTITY
from harness.sabotage.signalling.no_red import NoRed


def signal(protobuf: Protobuf, participant: str = "alice") -> Signal:
    return Signal(participant=participant, room="r", direction="client", protobuf=protobuf)


@pytest.mark.parametrize(("joined", "without"), [("bob", True), (IDENTITY, False)])
def test_a_track_is_announced_without_red(joined: str, without: bool) -> None:
    interceptor = NoRed()
    interceptor.intercept(signal(rtc.JoinRequest(), joined))
    request = rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c"))

    assert interceptor.intercept(signal(request)) == [signal(request)]
    assert request.add_track.disable_red is without


def test_what_was_to_be_without_stays_so_and_all_else_passes() -> None:
    interceptor = NoRed()
    interceptor.intercept(signal(rtc.JoinRequest(), IDENTITY))
    request = rtc.SignalRequest(add_track=rtc.AddTrackRequest(disable_red=True))
    other = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x"))
    interceptor.intercept(signal(request))

    assert request.add_track.disable_red
    assert interceptor.intercept(signal(other)) == [signal(other)]
    assert other == rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x"))
