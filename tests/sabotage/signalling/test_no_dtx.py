from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf, Signal
from harness.sabotage.signalling.no_dtx import LongPackets, NoDtx

SDP = "m=audio 9 X 63 111\r\na=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;usedtx=1\r\n"


def signal(protobuf: Protobuf) -> Signal:
    ours = isinstance(protobuf, rtc.SignalResponse)
    return Signal(
        participant="alice", room="r", direction="server" if ours else "client", protobuf=protobuf
    )


def answer() -> rtc.SignalResponse:
    return rtc.SignalResponse(answer=rtc.SessionDescription(type="answer", sdp=SDP))


def test_dtx_is_not_asked_for() -> None:
    message = answer()

    assert NoDtx().intercept(signal(message)) == [signal(message)]
    assert message.answer.sdp == SDP.replace(";usedtx=1", "")


def test_packets_are_long_where_a_track_has_no_dtx() -> None:
    long, before, after = LongPackets(), answer(), answer()
    long.intercept(signal(before))
    long.intercept(signal(rtc.SignalRequest(add_track=rtc.AddTrackRequest(disable_dtx=True))))
    long.intercept(signal(after))

    assert before.answer.sdp == SDP
    assert after.answer.sdp == SDP.replace("opus/48000/2\r\n", "opus/48000/2\r\na=ptime:60\r\n")


def test_everything_else_passes_as_it_is() -> None:
    offer = rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=SDP))
    message = signal(offer)

    assert NoDtx().intercept(message) == LongPackets().intercept(message) == [message]
    assert offer.offer.sdp == SDP
