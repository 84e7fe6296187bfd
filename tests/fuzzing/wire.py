"""What comes over sockets: datagrams, signalling, HTTP, and the lines of a run's own programs."""

from __future__ import annotations

import asyncio
import base64
import json
import struct
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec
from livekit.protocol import models, rtc

from harness.evidence.sdk_event import SdkEvent
from harness.evidence.signalling import Direction
from harness.gateway.config import decode_config
from harness.gateway.errors import MessageRefusedError, TokenError
from harness.gateway.identity import bearer_token, read_identity
from harness.gateway.join_request import (
    JoinRequestError,
    decode_join_request,
    encode_join_request,
)
from harness.gateway.relay_process import start_relay
from harness.gateway.service import Service, serving
from harness.network.impairments import REGISTRY
from harness.network.profile import load_profile
from harness.participant import protocol, protocol_lines
from harness.processes import messages
from tests.fuzzing.target import Take, Target, opened, require
from tests.gateway.relay_net import relay_net, rtp, stun_request
from tests.gateway.test_bad_messages import Gateway, ways_around

TOKEN = "control-token-of-the-fuzz"
LIMIT_S = 5.0
PATIENCE_S = 0.03
"""With a request that was cut: the other side waits for the rest."""
MOST_BYTES = 65_507
"""Of a datagram."""
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
        rtc.SignalRequest(
            sync_state=rtc.SyncState(offer=rtc.SessionDescription(type="offer", sdp=SDP))
        ),
    ]
    return [request.SerializeToString() for request in requests]


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


def _join_requests(folder: Path) -> list[bytes]:
    join = rtc.JoinRequest(
        publisher_offer=rtc.SessionDescription(type="offer", sdp=SDP), metadata="m"
    )
    wrapped = encode_join_request(join)
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


def _datagrams(folder: Path) -> list[bytes]:
    report = struct.pack("!BBHIIIIII", 0x80, 200, 6, 7, 1, 2, 3, 4, 5)
    extensions = {4: b"0", 10: b"q", 11: b"f"}
    return [
        stun_request(),
        rtp(1),
        rtp(2, payload_type=96, extensions=extensions),
        rtp(3, ssrc=8, payload_type=97),
        report + struct.pack("!BBHII", 0x81, 206, 2, 7, 8),
        b"\x16\xfe\xfd" + bytes(50),
        b"",
        bytes(60_000),
    ]


@contextmanager
def _relay(folder: Path) -> Iterator[Take]:
    """Alice suffers every impairment there is; bob none."""
    with relay_net(folder) as net:
        alice, bob = net.flow(), net.flow("bob")
        profiles = [load_profile(name) for name in ("wifi-loss5", "rebind", "lte-walk")]
        net.relay.set_profile(profiles[0].phases, "alice")
        net.relay.set_impairments([_worst(kind) for kind in _WORST])

        def take(data: bytes) -> None:
            for send in (alice.up, alice.down):
                send(data[:MOST_BYTES])
            bob.client.sendto(data[:MOST_BYTES], alice.port)
            net.relay.turn(0)
            for sender, receiver in ((bob.client, bob.server), (bob.server, bob.client)):
                sender.sendto(rtp(9), bob.port if sender is bob.client else bob.back)
                net.relay.turn(LIMIT_S)
                got = receiver.recv(2000)
                while got != rtp(9):
                    got = receiver.recv(2000)

        yield take


_WORST: dict[str, dict[str, Any]] = {
    "loss": {"ratio": 0.1},
    "burst_loss": {"ratio": 0.1, "burst_packets": 3},
    "path_mtu": {"mtu_bytes": 1200},
    "corrupt": {"ratio": 0.9},
    "duplicate": {"ratio": 0.9},
    "jitter": {"jitter_ms": 1},
    "reorder": {"ratio": 0.1, "distance_packets": 2, "most_ms": 5},
    "rate_limit": {"rate_kbps": 100_000, "queue_ms": 10},
}


def _worst(kind: str) -> Any:  # noqa: ANN401 - any impairment
    target = {"participant": "alice"}
    return msgspec.convert({"impairment": kind, "target": target, **_WORST[kind]}, REGISTRY[kind])


def _requests(folder: Path) -> list[bytes]:
    loss = b'{"impairments":[{"impairment":"loss","ratio":0.05,"target":{"participant":"a"}}]}'
    profile = msgspec.json.encode({"profile": load_profile("wifi-loss5"), "participant": "a"})
    toxics = b'{"toxics":[{"type":"latency","stream":"upstream","attributes":{"latency":5}}]}'
    return [
        _http(b"GET", b"/state", b""),
        _http(b"POST", b"/impairments", loss),
        _http(b"POST", b"/profile", profile),
        _http(b"POST", b"/participants/al%20ice", toxics),
        _http(b"POST", b"/snapshot", b"").replace(b"Host: x", b"Content-Encoding: gzip"),
        _http(b"GET", b"/rtc/v1/validate?access_token=x.y.z", b""),
        _http(b"POST", b"/twirp/livekit.RoomService/ListRooms", b"{}"),
        _http(b"GET", b"/rtc/v1?join_request=xyz&access_token=a.b.c", b"").replace(
            b"Host: x", b"Host: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="
        ),
    ]  # fmt: skip


def _http(method: bytes, path: bytes, body: bytes) -> bytes:
    head = b"%s %s HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: %d\r\n\r\n"
    return head % (method, path, TOKEN.encode(), len(body)) + body


def _gateway(*, control: bool) -> Target:
    @contextmanager
    def start(folder: Path) -> Iterator[Take]:
        relay = start_relay(folder, seed=1)
        line = {"upstream_url": "ws://127.0.0.1:1", "token": TOKEN, "folder": str(folder)}
        with asyncio.Runner() as runner:
            serves = serving(decode_config(msgspec.json.encode(line)), relay)
            service = runner.run(serves.__aenter__())
            try:
                yield lambda data: _ask(runner.run, service, data, control=control)
            finally:
                runner.run(serves.__aexit__(None, None, None))

    name = "control API" if control else "HTTP at the gateway"
    return Target(name=name, seeds=_requests, open=start)


def _ask(
    run: Callable[[Coroutine[Any, Any, bytes]], bytes],
    service: Service,
    data: bytes,
    *,
    control: bool,
) -> None:
    answer = run(_answer(service.control if control else service.url, data, PATIENCE_S))
    require(not answer.startswith(b"HTTP/1.1 500"), f"the gateway failed: {answer[-80:]!r}")
    if control and TOKEN.encode() not in data:
        require(not answer.startswith(b"HTTP/1.1 200"), "an answer without the token")
    state = run(_answer(service.control, _http(b"GET", b"/state", b"")))
    require(state.startswith(b"HTTP/1.1 200"), f"the gateway no longer serves: {state[:60]!r}")


async def _answer(url: str, data: bytes, limit_s: float = LIMIT_S) -> bytes:
    """The beginning of what is answered; nothing where nothing comes in time."""
    port = int(url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(data)
        with suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(limit_s):
                return await reader.read(1 << 16)
        return b""
    finally:
        writer.transport.abort()


def _to_workers(folder: Path) -> list[bytes]:
    commands = (
        protocol.Join(url="ws://x", token="t"),
        protocol.Record(sid="TR_x", name="tone"),
        protocol.Probe(file="/x.py", function="f", args={"a": [1]}),
        protocol.Leave(),
    )
    return [msgspec.json.encode(protocol_lines.request(1, command)) for command in commands]


def _take_command(data: bytes, folder: Path) -> None:
    with suppress(ValueError):
        protocol_lines.read_command(protocol_lines.read_request(data))


def _from_workers(folder: Path) -> list[bytes]:
    said = (
        protocol.Hello(protocol=protocol.PROTOCOL, sdk="python 1.2.0", features=("join",)),
        protocol.Reply(id=1, result=msgspec.Raw(b'{"at_ns": 5}')),
        protocol.Failed(id=1, error="no", kind="Refused"),
        protocol.Event(event=SdkEvent(at_ns=1, participant="bob", name="track_muted")),
        protocol.Fault(where="x", error="y", at_ns=3),
    )
    return [msgspec.json.encode(one) for one in said]


def _take_message(data: bytes, folder: Path) -> None:
    with suppress(ValueError):
        protocol_lines.read_message(data)


def _of_keepers(folder: Path) -> list[bytes]:
    said: tuple[messages.Message, ...] = (
        messages.Prepare(path=["x"], preload=["y"]),
        messages.Fork(request=1, target="a:b", log="/x"),
        messages.Spawn(request=2, argv=["x"], env={"A": "b"}, cwd=None, log="/x"),
        messages.Started(request=1, pid=7),
        messages.Exited(pid=7, code=None, signal=9),
    )
    return [messages.encode(one) for one in said]


def _take_line(data: bytes, folder: Path) -> None:
    for line in messages.LineBuffer().feed(data):
        with suppress(ValueError):
            messages.decode_request(line)
        with suppress(ValueError):
            messages.decode_report(line)


WIRE = (
    _signalling("signalling of a client", "client", _from_clients),
    _signalling("signalling of a server", "server", _from_servers),
    Target(name="join request", seeds=_join_requests, open=opened(_take_join_request)),
    Target(name="access token", seeds=_tokens, open=opened(_take_token)),
    Target(name="datagrams", seeds=_datagrams, open=_relay),
    _gateway(control=True),
    _gateway(control=False),
    Target(name="commands to a worker", seeds=_to_workers, open=opened(_take_command)),
    Target(name="lines of a worker", seeds=_from_workers, open=opened(_take_message)),
    Target(name="lines of a keeper", seeds=_of_keepers, open=opened(_take_line)),
)
"""What comes over sockets."""
