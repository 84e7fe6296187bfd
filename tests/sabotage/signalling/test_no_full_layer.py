from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf
from harness.sabotage.signalling.no_full_layer import NoFullLayer
from tests.sabotage.signalling.messages import signal

HEAD = "m=video 9 X 96\r\na=rtpmap:96 VP8/90000\r\n"


def answer(*lines: str) -> rtc.SignalResponse:
    sdp = HEAD + "".join(f"{line}\r\n" for line in lines)
    return rtc.SignalResponse(answer=rtc.SessionDescription(type="answer", sdp=sdp))


@pytest.mark.parametrize("order", ["q;h;f", "f;h;q"])
def test_the_full_layer_is_not_taken(order: str) -> None:
    message = answer(
        "a=rid:q recv", "a=rid:h recv", "a=rid:f recv", f"a=simulcast:recv {order}", "a=mid:3"
    )

    assert NoFullLayer().intercept(signal(message)) == [signal(message)]
    kept = order.replace("f", "").strip(";")
    assert message == answer("a=rid:q recv", "a=rid:h recv", f"a=simulcast:recv {kept}", "a=mid:3")


@pytest.mark.parametrize(
    "protobuf",
    [
        answer("a=rid:q recv", "a=rid:h recv", "a=simulcast:recv q;h"),
        answer("a=mid:3"),
        rtc.SignalRequest(
            offer=rtc.SessionDescription(type="offer", sdp=HEAD + "a=simulcast:recv q;h;f\r\n")
        ),
        rtc.SignalResponse(pong=1),
    ],
    ids=["two layers", "none", "offer", "pong"],
)
def test_everything_else_passes_as_it_is(protobuf: Protobuf) -> None:
    before = protobuf.SerializeToString()
    message = signal(protobuf)

    assert NoFullLayer().intercept(message) == [message]
    assert protobuf.SerializeToString() == before
