from __future__ import annotations

from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf, Signal
from harness.sabotage.signalling.reversed_codecs import ReversedCodecs

SDP = "v=0\r\nm=audio 9 X 63 111\r\nm=video 9 X 96 97 125\r\na=mid:1\r\nm=video 0 X 0\r\n"
TURNED = SDP.replace("96 97 125", "125 97 96")


def description() -> rtc.SessionDescription:
    return rtc.SessionDescription(sdp=SDP)


def change(message: Protobuf) -> None:
    ours = isinstance(message, rtc.SignalResponse)
    signal = Signal(
        participant="alice", room="r", direction="server" if ours else "client", protobuf=message
    )
    assert ReversedCodecs().intercept(signal) == [signal]


def test_pictures_have_their_codecs_in_the_wrong_order() -> None:
    offer = rtc.SignalRequest(offer=description())
    answer = rtc.SignalRequest(answer=description())
    joining = rtc.JoinRequest(publisher_offer=description())
    for message in (offer, answer, joining):
        change(message)

    assert offer.offer.sdp == answer.answer.sdp == joining.publisher_offer.sdp == TURNED


def test_what_the_server_says_passes_as_it_is() -> None:
    response = rtc.SignalResponse(answer=description())
    change(response)

    assert response.answer.sdp == SDP
