from __future__ import annotations

from harness.gateway.codec_removal import without_codec

SOUND = "m=audio 9 UDP 63 111\r\na=rtpmap:63 red/48000\r\na=rtpmap:111 opus/48000\r\n"
PICTURE = (
    "m=video 9 UDP 96 97 98\r\na=rtpmap:96 VP8/90000\r\na=rtcp-fb:96 nack\r\n"
    "a=rtpmap:97 rtx/90000\r\na=fmtp:97 apt=96\r\na=rtpmap:98 VP9/90000\r\n"
)


def test_a_codec_goes_with_its_retransmissions_from_its_medium_alone() -> None:
    without_vp8 = without_codec(SOUND + PICTURE, medium="video", codec="VP8")

    assert without_vp8 == SOUND + "m=video 9 UDP 98\r\na=rtpmap:98 VP9/90000\r\n"
    assert without_codec(SOUND, medium="video", codec="red") == SOUND
