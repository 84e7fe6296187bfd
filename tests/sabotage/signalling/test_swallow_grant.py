from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.swallow_grant import SwallowGrant
from tests.sabotage.signalling.messages import signal


def permission(*some: rtc.TrackPermission) -> rtc.SignalRequest:
    return rtc.SignalRequest(
        subscription_permission=rtc.SubscriptionPermission(track_permissions=some)
    )


ALL = rtc.TrackPermission(participant_identity="carol", all_tracks=True)
ONE = rtc.TrackPermission(participant_identity="bob", track_sids=["TR_x"])


def test_a_permission_for_a_track_is_gone() -> None:
    assert SwallowGrant().intercept(signal(permission(ALL, ONE))) == []


@pytest.mark.parametrize(
    "message",
    [permission(), permission(ALL), rtc.SignalRequest(), rtc.SignalResponse(pong=1)],
    ids=["nobody", "everything", "empty", "of the server"],
)
def test_all_else_passes(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    passing = signal(message)

    assert SwallowGrant().intercept(passing) == [passing]
