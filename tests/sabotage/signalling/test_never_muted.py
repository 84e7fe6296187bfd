from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.never_muted import NeverMuted
from tests.sabotage.signalling.messages import signal, someone, update


def test_an_update_says_of_nobody_else_that_he_is_muted() -> None:
    message = update(someone("alice", muted=True), someone("bob", muted=True))
    passing = signal(message, participant="alice")

    assert NeverMuted().intercept(passing) == [passing]
    assert message == update(someone("alice", muted=True), someone("bob"))


def test_nor_is_who_joins_told_so() -> None:
    join = rtc.JoinResponse(other_participants=[someone("alice", muted=True)])
    message = rtc.SignalResponse(join=join)
    NeverMuted().intercept(signal(message, participant="bob"))

    assert not message.join.other_participants[0].tracks[0].muted


@pytest.mark.parametrize(
    "message",
    [
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalResponse(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
    ],
    ids=["client", "server"],
)
def test_a_mute_itself_passes(message: rtc.SignalRequest | rtc.SignalResponse) -> None:
    before = message.SerializeToString()
    passing = signal(message)

    assert NeverMuted().intercept(passing) == [passing]
    assert message.SerializeToString() == before
