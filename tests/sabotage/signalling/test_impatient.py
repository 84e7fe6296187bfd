from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf
from harness.sabotage.signalling.impatient import GIVEN_UP_S, PING_S, Impatient
from tests.sabotage.signalling.messages import signal, update


def test_who_joins_is_told_to_give_up_soon() -> None:
    message = rtc.SignalResponse(join=rtc.JoinResponse(ping_interval=5, ping_timeout=15))

    assert Impatient().intercept(signal(message)) == [signal(message)]
    assert (message.join.ping_interval, message.join.ping_timeout) == (PING_S, GIVEN_UP_S)


@pytest.mark.parametrize("message", [update(), rtc.SignalRequest(ping=1)])
def test_all_else_passes_as_it_is(message: Protobuf) -> None:
    before = message.SerializeToString()

    assert Impatient().intercept(signal(message)) == [signal(message)]
    assert message.SerializeToString() == before
