from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from harness.evidence.bindings import CodecRow, ExtensionsRow, MidRow, MsidRow
from harness.gateway import tracks
from harness.gateway.tracks import News, TrackLearner, TrackName, Ufrag

CLIENT_OFFER = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=recvonly
a=rtpmap:111 opus/48000/2
m=audio 9 UDP/TLS/RTP/SAVPF 111 63
a=mid:7
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:5/sendonly urn:ietf:params:rtp-hdrext:sdes:mid
a=sendonly
a=msid:- cid-tone
a=rtpmap:111 opus/48000/2
a=rtpmap:63 red/48000/2
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=mid:8
a=extmap:10 urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id
a=extmap:13 urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id
a=sendonly
a=msid:- cid-face
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
a=mid:9
a=msid:- none
"""

SERVER_SDP = """v=0
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=mid:0
a=ssrc:77 cname:PA_a|TR_tone
a=ssrc:77 msid:PA_a|TR_tone TR_tone
m=video 9 UDP/TLS/RTP/SAVPF 96
a=mid:3
a=ssrc-group:FID 80 81
a=ssrc:80 msid:PA_a|camera TR_face
a=ssrc:81 msid:PA_a|camera TR_face
"""

MIDS = [
    MidRow(at_ns=2, participant="alice", mid="7", track="TR_tone", medium="audio"),
    MidRow(at_ns=2, participant="alice", mid="8", track="TR_face", medium="video"),
]


def published(cid: str, sid: str, *codec_cids: str) -> rtc.TrackPublishedResponse:
    codecs = [models.SimulcastCodecInfo(cid=codec_cid) for codec_cid in codec_cids]
    return rtc.TrackPublishedResponse(cid=cid, track=models.TrackInfo(sid=sid, codecs=codecs))


def announce(learner: TrackLearner, *all_published: rtc.TrackPublishedResponse) -> list[News]:
    return [
        row
        for one in all_published
        for row in learner.response(rtc.SignalResponse(track_published=one), 2)
    ]


def offer(sdp: str) -> rtc.SignalRequest:
    return rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=sdp))


def mids(rows: list[News]) -> list[MidRow]:
    return [row for row in rows if isinstance(row, MidRow)]


def test_formats_are_learned_from_any_sdp_and_told_once() -> None:
    learner = TrackLearner(participant="alice")

    rows = learner.request(offer(CLIENT_OFFER), 1)
    codecs = [(row.pt, row.codec, row.medium) for row in rows if isinstance(row, CodecRow)]
    assert codecs == [
        (111, "opus", "audio"), (63, "red", "audio"), (96, "vp8", "video"), (97, "rtx", "video"),
    ]  # fmt: skip
    assert [row for row in rows if isinstance(row, ExtensionsRow)] == [
        ExtensionsRow(at_ns=1, participant="alice", audio_level=1, mid=5, rid=10, repaired_rid=13)
    ]
    assert learner.request(offer(CLIENT_OFFER), 2) == []


def test_up_a_mid_is_a_track_when_the_server_has_named_it_before_the_offer() -> None:
    learner = TrackLearner(participant="alice")
    announce(learner, published("cid-tone", "TR_tone"), published("cid-face", "TR_face"))

    assert mids(learner.request(offer(CLIENT_OFFER), 2)) == MIDS


def test_up_a_mid_is_a_track_when_the_server_names_it_after_the_offer() -> None:
    learner = TrackLearner(participant="alice")
    learner.request(offer(CLIENT_OFFER), 1)
    named = announce(learner, published("cid-tone", "TR_tone"), published("cid-face", "TR_face"))

    assert named == MIDS


def test_what_a_participant_calls_its_tracks_is_told_once() -> None:
    learner = TrackLearner(participant="alice")
    one = published("cid-tone", "TR_tone")
    one.track.name = "sound1"
    named = TrackName(participant="alice", sid="TR_tone", name="sound1")

    assert announce(learner, one, one) == [named]


def test_up_the_offer_of_a_join_request_counts() -> None:
    learner = TrackLearner(participant="alice")
    learner.join_request(
        rtc.JoinRequest(publisher_offer=rtc.SessionDescription(sdp=CLIENT_OFFER)), 1
    )

    assert announce(learner, published("cid-tone", "TR_tone")) == MIDS[:1]


def test_up_a_resuming_client_says_what_it_published() -> None:
    state = rtc.SyncState(publish_tracks=[published("cid-tone", "TR_tone")])
    learner = TrackLearner(participant="alice")
    learner.request(offer(CLIENT_OFFER), 1)

    assert learner.request(rtc.SignalRequest(sync_state=state), 2) == MIDS[:1]


def test_up_a_backup_codec_is_of_the_same_track() -> None:
    learner = TrackLearner(participant="alice")
    learner.request(offer(CLIENT_OFFER), 1)

    assert announce(learner, published("cid-main", "TR_face", "cid-face")) == MIDS[1:]


def test_up_a_section_that_is_used_again_is_told_again() -> None:
    learner = TrackLearner(participant="alice")
    announce(learner, published("cid-tone", "TR_tone"), published("cid-new", "TR_new"))
    learner.request(offer(CLIENT_OFFER), 1)
    stopped = CLIENT_OFFER.replace("a=sendonly\na=msid:- cid-tone", "a=inactive")

    assert mids(learner.request(offer(stopped), 2)) == []
    assert mids(learner.request(offer(CLIENT_OFFER.replace("cid-tone", "cid-new")), 3)) == [
        MidRow(at_ns=3, participant="alice", mid="7", track="TR_new", medium="audio")
    ]


def received(ssrc: int, track: str, stream: str, repair_of: int | None = None) -> MsidRow:
    return MsidRow(
        at_ns=4, participant="bob", ssrc=ssrc, track=track, publisher_sid="PA_a",
        stream=stream, repair_of=repair_of,
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_down_an_ssrc_is_a_track_and_repairs_name_what_they_repair(kind: str) -> None:
    learner = TrackLearner(participant="bob")
    description = rtc.SessionDescription(type=kind, sdp=SERVER_SDP)
    response = (
        rtc.SignalResponse(offer=description)
        if kind == "offer"
        else rtc.SignalResponse(answer=description)
    )

    assert learner.response(response, 4) == [
        received(77, "TR_tone", "PA_a|TR_tone"),
        received(80, "TR_face", "PA_a|camera"),
        received(81, "TR_face", "PA_a|camera", repair_of=80),
    ]
    assert learner.media == {77: "audio", 80: "video", 81: "video"}
    assert learner.response(response, 5) == []


def test_extensions_of_what_is_sent_are_numbered_by_the_client_s_connection() -> None:
    learner = TrackLearner(participant="alice")
    learner.request(offer(CLIENT_OFFER), 1)
    numbered = "m=audio 9 X 111\r\na=extmap:9 urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
    level = "a=extmap:3 urn:ietf:params:rtp-hdrext:ssrc-audio-level\r\n"

    offered = learner.response(
        rtc.SignalResponse(offer=rtc.SessionDescription(sdp=numbered + level)), 2
    )
    answered = learner.request(
        rtc.SignalRequest(answer=rtc.SessionDescription(sdp=numbered + level)), 3
    )
    accepted = learner.response(rtc.SignalResponse(answer=rtc.SessionDescription(sdp=numbered)), 4)

    ids = [(one.mid, one.audio_level) for one in offered if isinstance(one, ExtensionsRow)]
    assert ids == [(5, 3)]
    assert not [one for one in answered if isinstance(one, ExtensionsRow)]
    assert [one.mid for one in accepted if isinstance(one, ExtensionsRow)] == [9]


@pytest.mark.parametrize("kind", ["offer", "answer"])
def test_the_server_s_ufrags_are_told_also_after_an_ice_restart(kind: str) -> None:
    learner = TrackLearner(participant="bob")

    def told(sdp: str) -> list[News]:
        response = rtc.SignalResponse()
        getattr(response, kind).sdp = sdp
        return learner.response(response, 1)

    first, second = (Ufrag(participant="bob", ufrag=ufrag) for ufrag in ("aaaa", "bbbb"))
    assert told("a=ice-ufrag:aaaa\r\nm=audio 9 X 0\r\na=ice-ufrag:aaaa\r\n") == [first]
    assert told("m=audio 9 X 0\r\na=ice-ufrag:bbbb\r\n") == [second]
    assert learner.request(offer("m=audio 9 X 0\r\na=ice-ufrag:cccc\r\n"), 2) == []


def test_the_answer_of_a_client_tells_formats_only() -> None:
    learner = TrackLearner(participant="bob")
    rows = learner.request(rtc.SignalRequest(answer=rtc.SessionDescription(sdp=CLIENT_OFFER)), 1)

    assert {type(row) for row in rows} == {CodecRow, ExtensionsRow}
    assert announce(learner, published("cid-tone", "TR_tone")) == []


def test_other_messages_tell_nothing() -> None:
    learner = TrackLearner(participant="bob")

    assert learner.request(rtc.SignalRequest(mute=rtc.MuteTrackRequest()), 1) == []
    assert learner.response(rtc.SignalResponse(join=rtc.JoinResponse()), 1) == []


def named(number: int) -> rtc.TrackPublishedResponse:
    one = published("cid", f"TR_{number}")
    one.track.name = "sound"
    return one


def test_there_is_an_end_to_what_is_learned_even_of_one_id(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(tracks, "MAX_KEYS", 5)
    learner = TrackLearner(participant="alice")

    assert len(announce(learner, *map(named, range(20)))) == 5
    assert announce(learner, *map(named, range(20))) == []
    assert len(caplog.records) == 1
    assert "'alice': more than 5 facts about its media" in caplog.text


def test_a_message_tells_what_it_says_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "MAX_KEYS", 5)
    learner = TrackLearner(participant="alice")
    learner.request(offer(CLIENT_OFFER), 1)
    announce(learner, *map(named, range(20)), published("cid-tone", "TR_tone"))

    assert learner.request(rtc.SignalRequest(sync_state=rtc.SyncState()), 2) == []
    assert announce(learner, published("another", "TR_another")) == []


def test_whom_the_relay_may_admit_is_told_after_that_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracks, "MAX_KEYS", 0)
    learner = TrackLearner(participant="alice")
    answer = rtc.SessionDescription(sdp="a=ice-ufrag:abcd\r\nm=audio 9 X 0\r\na=rtpmap:0 x\r\n")

    assert learner.response(rtc.SignalResponse(answer=answer), 1) == [
        Ufrag(participant="alice", ufrag="abcd")
    ]


def test_a_format_that_is_said_again_and_again_is_told_once() -> None:
    sdp = "m=audio 9 X 0\r\n" + "a=rtpmap:111 opus/48000\r\na=rtpmap:111 red/48000\r\n" * 50
    rows = TrackLearner(participant="alice").request(offer(sdp), 1)

    assert rows == [CodecRow(at_ns=1, participant="alice", pt=111, codec="red", medium="audio")]


VALUES = st.sampled_from(
    ["a=rtpmap:", "a=ssrc:", "a=ice-ufrag:", "a=extmap:", "a=ssrc-group:FID ", "a=msid:", "a=mid:",
     "m=audio ", "1", "99999999999999", "-1", "²", "x", " ", "\r\n", "msid:", "|", "/", "urn:ietf:"]
)  # fmt: skip


@given(st.lists(VALUES, max_size=40).map("".join))
def test_any_sdp_is_learned_from_without_harm(sdp: str) -> None:
    learner = TrackLearner(participant="bob")
    learner.request(offer("m=audio 9 X 1\r\n" + sdp), 1)
    rows = learner.response(
        rtc.SignalResponse(answer=rtc.SessionDescription(sdp="m=video 9 X 1\r\n" + sdp)), 1
    )

    assert all(0 <= row.pt < 128 for row in rows if isinstance(row, CodecRow))
    assert all(0 <= row.ssrc < 2**32 for row in rows if isinstance(row, MsidRow))
