from __future__ import annotations

import pytest
from livekit.protocol import rtc

from harness.gateway.interceptors import Protobuf, Signal
from harness.gateway.opus_only import IDENTITY, without_red
from harness.sabotage.signalling.red_for_all import RedForPublishers, RedForSubscribers, with_red

OPUS = "m=audio 9 UDP/TLS/RTP/SAVPF 111 9\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:9 G722/8000\r\n"
VIDEO = "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"


def signal(protobuf: Protobuf, participant: str = IDENTITY) -> Signal:
    return Signal(participant=participant, room="r", direction="client", protobuf=protobuf)


def test_a_track_without_red_is_announced_as_any() -> None:
    request = rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c", disable_red=True))

    assert RedForPublishers().intercept(signal(request)) == [signal(request)]
    assert request == rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="c"))


def test_red_is_the_first_codec_of_sound() -> None:
    made = with_red(OPUS + VIDEO)

    assert made.startswith("m=audio 9 UDP/TLS/RTP/SAVPF 63 111 9\r\n")
    assert "a=rtpmap:63 red/48000/2\r\na=fmtp:63 111/111\r\n" in made
    assert made.endswith(VIDEO)
    assert without_red(made) == OPUS + VIDEO


@pytest.mark.parametrize(("participant", "offers"), [(IDENTITY, True), ("bob", False)])
def test_who_knows_no_red_offers_it(participant: str, offers: bool) -> None:
    request = rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=OPUS))
    RedForSubscribers().intercept(signal(request, participant))

    assert request.offer.sdp == (with_red(OPUS) if offers else OPUS)


def test_who_offers_it_already_is_left_alone() -> None:
    both = with_red(OPUS)
    request = rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=both))
    RedForSubscribers().intercept(signal(request))

    assert request.offer.sdp == both
    other = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x"))
    assert RedForPublishers().intercept(signal(other)) == [signal(other)]
    assert other == rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x"))
