"""What clients and servers say of a call: signalling, join requests, access tokens."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from google.protobuf.message import DecodeError
from livekit.protocol import models, rtc

from harness.evidence.signalling import Direction
from harness.gateway.errors import MessageRefusedError, TokenError
from harness.gateway.identity import bearer_token, read_identity
from harness.gateway.join_request import (
    JoinRequestError,
    decode_join_request,
    encode_join_request,
)
from tests.fuzzing.target import Take, Target, opened, require
from tests.gateway.test_bad_messages import Gateway, ways_around

SDP = "\r\n".join([
    "v=0", "o=- 1 2 IN IP4 127.0.0.1", "s=-", "t=0 0", "a=ice-ufrag:abcd", "a=ice-pwd:secret",
    "m=audio 9 UDP/TLS/RTP/SAVPF 111 63", "c=IN IP4 0.0.0.0", "a=mid:0", "a=sendonly",
    "a=rtpmap:111 opus/48000/2", "a=rtpmap:63 red/48000/2", "a=fmtp:63 111/111",
    "a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid", "a=msid:- cid",
    "a=ssrc:1234 msid:PA_x|TR_y TR_y",
    "a=candidate:1 1 udp 2130706431 10.0.0.7 50000 typ host",
    "a=candidate:2 1 tcp 1015021823 10.0.0.7 7881 typ host tcptype passive",
    "m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=mid:1", "a=recvonly", "a=rtpmap:96 VP8/90000",
    "a=rtpmap:97 rtx/90000", "a=fmtp:97 apt=96", "a=ssrc-group:FID 8 9",
    "a=ssrc:8 msid:PA_x|TR_v TR_v", "a=ssrc:9 msid:PA_x|TR_v TR_v", "",
])  # fmt: skip
CANDIDATE = {"candidate": "candidate:1 1 udp 1 10.0.0.7 50000 typ host", "sdpMid": "0"}
TRACK = models.TrackInfo(sid="TR_v", type=models.TrackType.VIDEO, name="face", mid="1")
PERSON = models.ParticipantInfo(sid="PA_x", identity="bob", tracks=[TRACK])


def _from_clients(folder: Path) -> list[bytes]:
    trickle = rtc.TrickleRequest(candidateInit=json.dumps(CANDIDATE))
    requests = [
        rtc.SignalRequest(offer=rtc.SessionDescription(type="offer", sdp=SDP, id=1)),
        rtc.SignalRequest(answer=rtc.SessionDescription(type="answer", sdp=SDP)),
        rtc.SignalRequest(trickle=trickle),
        rtc.SignalRequest(add_track=rtc.AddTrackRequest(cid="cid", name="face", width=640)),
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_v", muted=True)),
        rtc.SignalRequest(subscription=rtc.UpdateSubscription(track_sids=["TR_v"])),
        rtc.SignalRequest(sync_state=_resumed()),
    ]
    return [request.SerializeToString() for request in requests]


def _resumed() -> rtc.SyncState:
    """What a client repeats of itself when it comes back."""
    return rtc.SyncState(
        offer=rtc.SessionDescription(type="offer", sdp=SDP),
        subscription=rtc.UpdateSubscription(track_sids=["TR_v"], subscribe=True),
        publish_tracks=[rtc.TrackPublishedResponse(cid="cid", track=TRACK)],
        track_sids_disabled=["TR_v"],
    )


def _from_servers(folder: Path) -> list[bytes]:
    trickle = rtc.TrickleRequest(
        candidateInit=json.dumps(CANDIDATE), target=rtc.SignalTarget.SUBSCRIBER
    )
    ice = [rtc.ICEServer(urls=["turn:10.0.0.7:3478"], username="u", credential="c")]
    responses = [
        rtc.SignalResponse(
            join=rtc.JoinResponse(participant=PERSON, ice_servers=ice, alternative_url="wss://x")
        ),
        rtc.SignalResponse(offer=rtc.SessionDescription(type="offer", sdp=SDP)),
        rtc.SignalResponse(answer=rtc.SessionDescription(type="answer", sdp=SDP)),
        rtc.SignalResponse(trickle=trickle),
        rtc.SignalResponse(update=rtc.ParticipantUpdate(participants=[PERSON])),
        rtc.SignalResponse(track_published=rtc.TrackPublishedResponse(cid="cid", track=TRACK)),
        rtc.SignalResponse(reconnect=rtc.ReconnectResponse(ice_servers=ice)),
        rtc.SignalResponse(
            leave=rtc.LeaveRequest(
                regions=rtc.RegionSettings(regions=[rtc.RegionInfo(region="a", url="b")])
            )
        ),
    ]
    return [response.SerializeToString() for response in responses]


def _signalling(name: str, by: Direction, seeds: Callable[[Path], list[bytes]]) -> Target:
    @contextmanager
    def start(folder: Path) -> Iterator[Take]:
        gateway = Gateway(folder)
        with asyncio.Runner() as runner:

            def take(data: bytes) -> None:
                with suppress(MessageRefusedError):
                    for to, out in runner.run(gateway.pipeline.message(gateway.alice, by, data)):
                        require(to == by, "an answer nobody asked for")
                        require(to == "client" or not ways_around(out), "a way around the relay")
                gateway.participants.view()
                require(gateway.binder.error is None, f"bindings: {gateway.binder.error}")

            yield take
        gateway.writer.close()

    return Target(name=name, seeds=seeds, open=start)


def _joins(folder: Path) -> list[bytes]:
    join = rtc.JoinRequest(
        client_info=models.ClientInfo(version="1.2.0", protocol=16),
        publisher_offer=rtc.SessionDescription(type="offer", sdp=SDP),
        metadata="m",
        add_track_requests=[rtc.AddTrackRequest(cid="cid", name="face", width=640)],
        sync_state=_resumed(),
    )
    return [join.SerializeToString()]


@contextmanager
def _joining(folder: Path) -> Iterator[Take]:
    gateway = Gateway(folder)
    with asyncio.Runner() as runner:

        def take(data: bytes) -> None:
            with suppress(DecodeError, JoinRequestError):
                asked = decode_join_request(encode_join_request(rtc.JoinRequest.FromString(data)))
                joining = gateway.pipeline.join_request(gateway.alice, "r", asked)
                runner.run(gateway.pipeline.joined(gateway.alice, joining))
                out = joining.sent
                offers = (out.publisher_offer.sdp, out.sync_state.offer.sdp)
                lines = [line for sdp in offers for line in sdp.splitlines()]
                ways = [line for line in lines if line.startswith("a=candidate:")]
                require(not ways, "a way around the relay")
                encode_join_request(out)
            gateway.participants.view()
            require(gateway.binder.error is None, f"bindings: {gateway.binder.error}")

        yield take
    gateway.writer.close()


def _join_requests(folder: Path) -> list[bytes]:
    wrapped = encode_join_request(rtc.JoinRequest.FromString(_joins(folder)[0]))
    return [wrapped.encode(), base64.urlsafe_b64decode(wrapped)]


def _take_join_request(data: bytes, folder: Path) -> None:
    for text in (data.decode(errors="surrogateescape"), base64.b64encode(data).decode()):
        with suppress(JoinRequestError):
            decode_join_request(text)


def _tokens(folder: Path) -> list[bytes]:
    claims = base64.urlsafe_b64encode(b'{"sub":"alice","video":{"room":"r"}}').decode()
    return [f"Bearer e30.{claims}.hushhush".encode()]


def _take_token(data: bytes, folder: Path) -> None:
    text = data.decode(errors="surrogateescape")
    payload = base64.urlsafe_b64encode(data).decode()
    for token in (bearer_token(text), text, f"e30.{payload}.x"):
        with suppress(TokenError):
            read_identity(token)


SIGNALLING = (
    _signalling("signalling of a client", "client", _from_clients),
    _signalling("signalling of a server", "server", _from_servers),
    Target(name="join request", seeds=_joins, open=_joining),
    Target(name="join request of a URL", seeds=_join_requests, open=opened(_take_join_request)),
    Target(name="access token", seeds=_tokens, open=opened(_take_token)),
)
"""What is said before media flows, and about it."""
