from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from harness.gateway.sdp import Section, ice_ufrags, sections

SDP = """v=0
a=group:BUNDLE 0 1
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=sendonly
a=rtpmap:111 opus/48000/2
a=rtpmap:63 red/48000/2
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:1
a=recvonly
""".replace("\n", "\r\n")


def test_sections_have_their_medium_and_attributes() -> None:
    audio, video = sections(SDP)

    assert (audio.medium, audio.mid, audio.sends) == ("audio", "0", True)
    assert audio.values("rtpmap") == ["111 opus/48000/2", "63 red/48000/2"]
    assert (video.medium, video.mid, video.sends) == ("video", "1", False)


def test_a_section_that_says_nothing_of_its_direction_sends() -> None:
    assert sections("m=audio 9 X 0\n")[0].sends
    assert not sections("m=audio 9 X 0\na=inactive\n")[0].sends


def test_a_section_without_a_mid_has_none() -> None:
    assert Section(medium="audio", attributes=()).mid is None


def test_ufrags_of_session_and_sections_are_found_once() -> None:
    sdp = "a=ice-ufrag:one\r\nm=audio 9 X 0\r\na=ice-ufrag:two\r\nm=video 9 X 0\r\na=ice-ufrag:two"
    assert ice_ufrags(sdp) == ["one", "two"]
    assert ice_ufrags("a=ice-ufrag\r\na=ice-pwd:x\r\n") == []


@given(st.text(alphabet="am=:\r\nvideo 019"))
def test_any_text_has_sections_or_none(text: str) -> None:
    assert all(part.values("mid") is not None for part in sections(text))
