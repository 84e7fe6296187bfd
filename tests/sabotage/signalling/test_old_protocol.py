from __future__ import annotations

from livekit.protocol import models, rtc

from harness.sabotage.signalling.old_protocol import PROTOCOL, OldProtocol
from tests.sabotage.signalling.messages import signal


def test_who_joins_speaks_an_older_protocol() -> None:
    join = rtc.JoinRequest(metadata="own", client_info=models.ClientInfo(protocol=16))
    passing = signal(join)

    assert OldProtocol().intercept(passing) == [passing]
    assert join == rtc.JoinRequest(metadata="own", client_info=models.ClientInfo(protocol=PROTOCOL))


def test_all_else_passes() -> None:
    passing = signal(rtc.SignalResponse(pong=1))

    assert OldProtocol().intercept(passing) == [passing]
