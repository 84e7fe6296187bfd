from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.sabotage.signalling.own_streams import OwnStreams
from tests.sabotage.signalling.messages import signal

COMMON = "a=msid:PA_x|camera TR_y\r\na=ssrc:1 msid:PA_x|camera TR_y\r\na=ssrc:1 cname:PA_x\r\n"
OWN = "a=msid:PA_x|TR_y TR_y\r\na=ssrc:1 msid:PA_x|TR_y TR_y\r\na=ssrc:1 cname:PA_x\r\n"


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_each_track_is_a_stream_of_its_own(kind: str) -> None:
    message = rtc.SignalResponse()
    getattr(message, kind).sdp = COMMON
    OwnStreams().intercept(signal(message))

    assert getattr(message, kind).sdp == OWN


def test_what_a_client_describes_stays() -> None:
    offered = signal(rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=COMMON)))
    before = offered.protobuf.SerializeToString()

    assert OwnStreams().intercept(offered) == [offered]
    assert offered.protobuf.SerializeToString() == before
