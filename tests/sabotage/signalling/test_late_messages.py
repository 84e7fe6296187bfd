from __future__ import annotations

from livekit.protocol import rtc

from harness.evidence.clock import NS_PER_S
from harness.sabotage.signalling.late_messages import (
    PING_S,
    Late,
    late_speakers,
)
from tests.sabotage.signalling.messages import signal

SPEAKERS = rtc.SignalResponse(speakers_changed=rtc.SpeakersChanged())
PONG = rtc.SignalResponse(pong=1)


def test_what_is_held_back_goes_with_the_next_message_once_its_time_has_come() -> None:
    seconds = [0.0]
    late = Late("speakers_changed", 4, clock=lambda: int(seconds[0] * NS_PER_S))
    held, pong = signal(SPEAKERS), signal(PONG)

    assert late.intercept(held) == []
    seconds[0] = 3.9
    assert late.intercept(pong) == [pong]
    seconds[0] = 4.0
    assert late.intercept(pong) == [held, pong]
    assert late.intercept(pong) == [pong]


def test_it_goes_to_nobody_else_and_not_the_other_way() -> None:
    late, held = Late("speakers_changed", 0, clock=lambda: 0), signal(SPEAKERS)
    late.intercept(held)
    others = [
        signal(PONG, participant="bob"),
        signal(PONG, room="other"),
        signal(rtc.SignalRequest(ping=1)),
    ]

    assert [late.intercept(one) for one in others] == [[one] for one in others]
    assert late.intercept(own := signal(PONG)) == [held, own]


def test_clients_are_told_to_ping_so_often_that_there_is_a_next_message() -> None:
    joined = rtc.SignalResponse(join=rtc.JoinResponse(ping_interval=5, ping_timeout=15))
    [passed] = late_speakers().intercept(signal(joined))

    expected = rtc.JoinResponse(ping_interval=PING_S, ping_timeout=15)
    assert passed.protobuf == rtc.SignalResponse(join=expected)
