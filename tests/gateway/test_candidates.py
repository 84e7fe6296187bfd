from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from harness.gateway.candidates import (
    Address,
    addresses,
    candidate_address,
    rewrite_response,
    rewrite_sdp,
    strip_join_request,
    strip_request,
    strip_sdp,
)

UDP = Address(transport="udp", host="10.0.0.7", port=7882)
TCP = Address(transport="tcp", host="10.0.0.7", port=7881)
ROUTES = {UDP: ("127.0.0.1", 5000)}

UDP_LINE = "candidate:1 1 udp 2130706431 10.0.0.7 7882 typ host ufrag abc"
TCP_LINE = "candidate:2 1 tcp 1671430143 10.0.0.7 7881 typ host tcptype passive"
UNUSABLE = [
    "candidate:1 1 udp 1 fd00::2 7882 typ host",
    "candidate:1 1 udp 1 a1b2.local 7882 typ host",
    "candidate:1 1 udp 1 10.0.0.7 7882 typ srflx raddr 1.2.3.4 rport 5",
    "candidate:1 1 tcp 1 10.0.0.7 9 typ host tcptype active",
    "candidate:1 1 sctp 1 10.0.0.7 9 typ host",
    "candidate:1 1 udp 1 10.0.0.7 0 typ host",
    "candidate:1 1 udp 1 10.0.0.7 65536 typ host",
    "candidate:1 1 udp 1 10.0.0.7 x typ host",
    "candidate:1 1 udp",
    "",
]


def sdp(*candidates: str) -> str:
    lines = ["v=0", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "c=IN IP4 0.0.0.0", "a=mid:0"]
    lines += [f"a={candidate}" for candidate in candidates]
    return "\r\n".join([*lines, "a=end-of-candidates", ""])


def trickle(candidate: object, **fields: object) -> rtc.TrickleRequest:
    init = {"candidate": candidate, "sdpMid": "0", "sdpMLineIndex": 0, **fields}
    return rtc.TrickleRequest(candidateInit=json.dumps(init), final=True)


def test_the_address_of_a_host_candidate() -> None:
    assert candidate_address(UDP_LINE) == UDP
    assert candidate_address(TCP_LINE) == TCP
    assert candidate_address(UDP_LINE.replace("udp", "UDP")) == UDP


@pytest.mark.parametrize("candidate", UNUSABLE)
def test_what_a_client_cannot_dial_has_no_address(candidate: str) -> None:
    assert candidate_address(candidate) is None


def test_every_address_of_a_message_is_found_once() -> None:
    answer = rtc.SessionDescription(sdp=sdp(UDP_LINE, UDP_LINE, TCP_LINE, *UNUSABLE))

    assert addresses(rtc.SignalResponse(answer=answer)) == {UDP, TCP}
    assert addresses(rtc.SignalResponse(offer=answer)) == {UDP, TCP}
    assert addresses(rtc.SignalResponse(trickle=trickle(UDP_LINE))) == {UDP}
    assert addresses(rtc.SignalResponse(mute=rtc.MuteTrackRequest())) == frozenset()


def test_an_sdp_keeps_routed_candidates_with_the_address_of_the_relay() -> None:
    rewritten = rewrite_sdp(sdp(UDP_LINE, TCP_LINE, *filter(None, UNUSABLE)), ROUTES)

    assert rewritten == sdp(UDP_LINE.replace("10.0.0.7 7882", "127.0.0.1 5000"))


def test_a_tcp_candidate_is_routed_when_it_has_a_route() -> None:
    rewritten = rewrite_sdp(sdp(TCP_LINE), {TCP: ("127.0.0.1", 6000)})

    assert "127.0.0.1 6000 typ host tcptype passive" in rewritten


def test_a_default_address_becomes_neutral() -> None:
    told = "m=audio 35599 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 192.0.2.2\r\nm=video 0 X 96\r\n"
    neutral = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 0.0.0.0\r\nm=video 0 X 96\r\n"

    assert strip_sdp(told) == neutral
    assert rewrite_sdp(told, ROUTES) == neutral


def test_a_trickled_candidate_is_rewritten_and_keeps_the_rest_of_its_json() -> None:
    response = rewrite_response(
        rtc.SignalResponse(trickle=trickle(UDP_LINE, usernameFragment=None)), ROUTES
    )

    assert response is not None
    init = json.loads(response.trickle.candidateInit)
    assert init["candidate"] == UDP_LINE.replace("10.0.0.7 7882", "127.0.0.1 5000")
    assert (init["sdpMid"], init["usernameFragment"]) == ("0", None)
    assert response.trickle.final


@pytest.mark.parametrize("candidate", [TCP_LINE, *UNUSABLE, 5, None])
def test_a_trickled_candidate_without_a_route_is_not_passed_on(candidate: object) -> None:
    assert rewrite_response(rtc.SignalResponse(trickle=trickle(candidate)), ROUTES) is None


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "5", "[" * 100_000])
def test_a_trickle_that_is_no_candidate_is_not_passed_on(text: str) -> None:
    response = rtc.SignalResponse(trickle=rtc.TrickleRequest(candidateInit=text))

    assert addresses(response) == frozenset()
    assert rewrite_response(response, ROUTES) is None


def test_nobody_is_given_ice_servers() -> None:
    servers = [rtc.ICEServer(urls=["stun:example.org"])]
    joined = rewrite_response(
        rtc.SignalResponse(join=rtc.JoinResponse(ice_servers=servers, ping_timeout=15)), {}
    )
    resumed = rewrite_response(
        rtc.SignalResponse(reconnect=rtc.ReconnectResponse(ice_servers=servers)), {}
    )

    assert joined == rtc.SignalResponse(join=rtc.JoinResponse(ping_timeout=15))
    assert resumed == rtc.SignalResponse(reconnect=rtc.ReconnectResponse())


def test_nobody_is_made_to_use_ice_servers_alone() -> None:
    alone = models.ClientConfiguration(
        force_relay=models.ClientConfigSetting.ENABLED,
        resume_connection=models.ClientConfigSetting.ENABLED,
    )
    without = models.ClientConfiguration(resume_connection=models.ClientConfigSetting.ENABLED)
    joined = rewrite_response(
        rtc.SignalResponse(join=rtc.JoinResponse(client_configuration=alone)), {}
    )
    resumed = rewrite_response(
        rtc.SignalResponse(reconnect=rtc.ReconnectResponse(client_configuration=alone)), {}
    )

    assert joined == rtc.SignalResponse(join=rtc.JoinResponse(client_configuration=without))
    assert resumed == rtc.SignalResponse(
        reconnect=rtc.ReconnectResponse(client_configuration=without)
    )


def test_nobody_is_sent_to_another_server() -> None:
    elsewhere = "wss://elsewhere.example"
    joined = rewrite_response(
        rtc.SignalResponse(join=rtc.JoinResponse(alternative_url=elsewhere)), {}
    )
    regions = rtc.RegionSettings(regions=[rtc.RegionInfo(url=elsewhere)])
    left = rewrite_response(
        rtc.SignalResponse(leave=rtc.LeaveRequest(regions=regions, can_reconnect=True)), {}
    )

    assert joined == rtc.SignalResponse(join=rtc.JoinResponse())
    assert left == rtc.SignalResponse(leave=rtc.LeaveRequest(can_reconnect=True))


def test_a_client_gives_no_candidate_away() -> None:
    told = rtc.SessionDescription(sdp=sdp(UDP_LINE, "candidate:9 1 udp 1 x.local 5 typ host"))
    silent = rtc.SessionDescription(sdp=sdp().replace("a=end-of-candidates\r\n", ""))
    state = rtc.SyncState(offer=told, answer=told)
    join = rtc.JoinRequest(publisher_offer=told, sync_state=state)

    assert strip_request(rtc.SignalRequest(offer=told)) == rtc.SignalRequest(offer=silent)
    assert strip_request(rtc.SignalRequest(answer=told)) == rtc.SignalRequest(answer=silent)
    assert strip_request(rtc.SignalRequest(trickle=trickle(UDP_LINE))) is None
    assert strip_request(rtc.SignalRequest(sync_state=state)) == rtc.SignalRequest(
        sync_state=rtc.SyncState(offer=silent, answer=silent)
    )
    strip_join_request(join)
    assert join.publisher_offer == join.sync_state.offer == join.sync_state.answer == silent


def test_a_join_request_without_an_offer_gets_none() -> None:
    join = rtc.JoinRequest(metadata="m")
    strip_join_request(join)

    assert join == rtc.JoinRequest(metadata="m")


LINES = st.sampled_from(
    [
        UDP_LINE,
        TCP_LINE,
        *UNUSABLE,
        "candidate:",
        "mid:0",
        "candidate:1 1 udp 1 10.0.0.8 1 typ host",
    ]
)


@given(st.lists(st.tuples(LINES, st.sampled_from(["\n", "\r\n", "\r", " "])), max_size=20))
def test_no_other_address_than_the_relay_survives(lines: list[tuple[str, str]]) -> None:
    text = "".join(f"a={line}{end}" for line, end in lines)

    for line in rewrite_sdp(text, ROUTES).split("\n"):
        if line.startswith("a=candidate:"):
            assert line.split()[4:6] == ["127.0.0.1", "5000"]
    assert not any(line.startswith("a=candidate:") for line in strip_sdp(text).split("\n"))


@given(st.text())
def test_any_text_can_be_rewritten(text: str) -> None:
    assert "a=candidate:" not in rewrite_sdp(text, {})
    assert isinstance(strip_sdp(text), str)
