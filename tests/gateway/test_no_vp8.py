from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Signal, load_interceptor
from harness.gateway.no_vp8 import IDENTITY, NoVp8, without_vp8

SDP = (
    "v=0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97 103 104 116\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtcp-fb:96 nack pli\r\n"
    "a=rtpmap:97 rtx/90000\r\n"
    "a=fmtp:97 apt=96\r\n"
    "a=rtpmap:103 H264/90000\r\n"
    "a=fmtp:103 packetization-mode=1\r\n"
    "a=rtpmap:104 rtx/90000\r\n"
    "a=fmtp:104 apt=103\r\n"
    "a=rtpmap:116 red/90000\r\n"
    "a=mid:1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "a=rtpmap:96 opus/48000/2\r\n"
)
LEFT = (
    "v=0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 103 104 116\r\n"
    "a=rtpmap:103 H264/90000\r\n"
    "a=fmtp:103 packetization-mode=1\r\n"
    "a=rtpmap:104 rtx/90000\r\n"
    "a=fmtp:104 apt=103\r\n"
    "a=rtpmap:116 red/90000\r\n"
    "a=mid:1\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 96\r\n"
    "a=rtpmap:96 opus/48000/2\r\n"
)


def offered(participant: str) -> str:
    offer = rtc.SessionDescription(type="offer", sdp=SDP)
    message = rtc.SignalRequest(offer=offer)
    signal = Signal(participant=participant, room="r", direction="client", protobuf=message)
    assert NoVp8().intercept(signal) == [signal]
    return message.offer.sdp


def test_vp8_and_its_repairs_are_taken_out_and_nothing_else() -> None:
    assert without_vp8(SDP) == LEFT
    assert without_vp8(LEFT) == LEFT
    assert without_vp8("") == ""


def test_it_is_done_to_one_participant() -> None:
    assert offered(IDENTITY) == LEFT
    assert offered("bob") == SDP


def test_it_is_found_by_its_name() -> None:
    assert isinstance(load_interceptor("harness.gateway.no_vp8:NoVp8"), NoVp8)
