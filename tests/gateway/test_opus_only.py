from __future__ import annotations

from typing import Literal

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Signal, load_interceptor
from harness.gateway.opus_only import IDENTITY, OpusOnly, without_red

SDP = (
    "v=0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 163\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=fmtp:63 111/111\r\n"
    "a=rtpmap:163 RED/8000\r\n"
    "a=mid:0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 116\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:116 red/90000\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 63 111\r\n"
    "a=rtpmap:63 red/48000/2\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
)
PLAIN = (
    "v=0\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
    "a=rtcp-fb:111 transport-cc\r\n"
    "a=mid:0\r\n"
    "m=video 9 UDP/TLS/RTP/SAVPF 96 116\r\n"
    "a=rtpmap:96 VP8/90000\r\n"
    "a=rtpmap:116 red/90000\r\n"
    "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=rtpmap:111 opus/48000/2\r\n"
)


def described(kind: str = "offer") -> rtc.SessionDescription:
    return rtc.SessionDescription(type=kind, sdp=SDP)


def passed(
    message: rtc.SignalRequest | rtc.SignalResponse | rtc.JoinRequest,
    *,
    participant: str = IDENTITY,
    direction: Literal["client", "server"] = "client",
) -> None:
    signal = Signal(participant=participant, room="r", direction=direction, protobuf=message)
    assert OpusOnly().intercept(signal) == [signal]


def test_red_for_sound_is_taken_out_and_nothing_else() -> None:
    assert without_red(SDP) == PLAIN
    assert without_red(PLAIN) == PLAIN
    assert without_red("") == ""


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_what_the_client_offers_and_answers(kind: str) -> None:
    message = rtc.SignalRequest()
    getattr(message, kind).CopyFrom(described(kind))
    passed(message)
    assert getattr(message, kind).sdp == PLAIN


def test_the_first_offer_is_in_the_join_request() -> None:
    join = rtc.JoinRequest(publisher_offer=described())
    passed(join)
    assert join.publisher_offer.sdp == PLAIN


def test_others_and_other_messages_are_left_alone() -> None:
    message = rtc.SignalRequest(offer=described())
    passed(message, participant="bob")
    assert message.offer.sdp == SDP
    answer = rtc.SignalResponse(answer=described("answer"))
    passed(answer, direction="server")
    assert answer.answer.sdp == SDP
    mute = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True))
    passed(mute)
    assert mute == rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True))
    join = rtc.JoinRequest()
    passed(join)
    assert not join.HasField("publisher_offer")


def test_it_is_found_by_its_name() -> None:
    assert isinstance(load_interceptor("harness.gateway.opus_only:OpusOnly"), OpusOnly)
