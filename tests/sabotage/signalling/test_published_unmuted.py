from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf
from harness.sabotage.signalling.published_unmuted import PublishedUnmuted
from tests.sabotage.signalling.messages import signal


@pytest.mark.parametrize("muted", [True, False])
def test_a_new_track_is_not_muted(*, muted: bool) -> None:
    asked = rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c", muted=muted))
    [passed] = PublishedUnmuted().intercept(signal(asked))

    expected = rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c"))
    assert passed.protobuf == expected


@pytest.mark.parametrize(
    "message",
    [
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalRequest(),
        rtc.JoinRequest(),
    ],
    ids=["mute", "empty", "join"],
)
def test_everything_else_passes_as_it_is(message: Protobuf) -> None:
    before = message.SerializeToString()
    passing = signal(message)

    assert PublishedUnmuted().intercept(passing) == [passing]
    assert message.SerializeToString() == before
