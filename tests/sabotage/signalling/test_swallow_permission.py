from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.evidence.signalling import Direction
from harness.gateway.interceptors import Protobuf, Signal
from harness.sabotage.signalling.swallow_permission import SwallowPermission


def signal(protobuf: Protobuf) -> Signal:
    direction: Direction = "server" if isinstance(protobuf, rtc.SignalResponse) else "client"
    return Signal(participant="alice", room="r", direction=direction, protobuf=protobuf)


def permission(*some: rtc.TrackPermission, everybody: bool = False) -> rtc.SubscriptionPermission:
    return rtc.SubscriptionPermission(all_participants=everybody, track_permissions=some)


@pytest.mark.parametrize(
    "restriction",
    [
        permission(),
        permission(rtc.TrackPermission(participant_identity="bob", all_tracks=True)),
        permission(rtc.TrackPermission(participant_identity="bob", track_sids=["TR_x"])),
    ],
    ids=["nobody", "one", "one track"],
)
def test_a_restriction_is_gone(restriction: rtc.SubscriptionPermission) -> None:
    request = rtc.SignalRequest(subscription_permission=restriction)

    assert SwallowPermission().intercept(signal(request)) == []


@pytest.mark.parametrize(
    "protobuf",
    [
        rtc.SignalRequest(subscription_permission=permission(everybody=True)),
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalRequest(subscription=rtc.UpdateSubscription(track_sids=["TR_x"])),
        rtc.SignalResponse(subscription_permission_update=rtc.SubscriptionPermissionUpdate()),
        rtc.SignalResponse(pong=1),
        rtc.SignalRequest(),
        rtc.JoinRequest(),
    ],
    ids=["everybody", "mute", "subscription", "of the server", "pong", "empty", "join"],
)
def test_everything_else_passes_as_it_is(protobuf: Protobuf) -> None:
    before = protobuf.SerializeToString()
    message = signal(protobuf)

    assert SwallowPermission().intercept(message) == [message]
    assert message.protobuf.SerializeToString() == before
