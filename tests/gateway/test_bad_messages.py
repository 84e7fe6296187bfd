"""Whatever a client or a server says: the pipeline answers, and leads nobody around the relay."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import msgspec
import pytest
from google.protobuf.message import DecodeError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from livekit.protocol import rtc

from harness.evidence.bindings import BindingsWriter
from harness.evidence.ledger_records import Direction as Way
from harness.evidence.ledger_records import Medium
from harness.evidence.signalling import Direction, SignallingMessage
from harness.gateway.binder import Binder
from harness.gateway.errors import TokenError
from harness.gateway.identity import read_identity
from harness.gateway.interceptors import Interceptors
from harness.gateway.join_request import (
    JoinRequestError,
    decode_join_request,
    encode_join_request,
    parameter,
)
from harness.gateway.participants import Participants
from harness.gateway.pipeline import Pipeline
from harness.gateway.relay_messages import (
    BindMid,
    BindPayloads,
    BindSsrc,
    ExpectUfrag,
    Extensions,
    NameTrack,
    OpenPort,
)  # fmt: skip
from harness.network.phase import Phase
from harness.network.profile import load_profile
from tests.gateway.messages import messages, payloads

CLEAN = load_profile("clean")
RELAY = ("192.0.2.7", 5000)
WAY = " 192.0.2.7 5000 typ host"


class Relay:
    """Takes what can be sent to the real one; a line is all that it needs to be."""

    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        self.sent(OpenPort(
            id=1, participant=participant, upstream_host=upstream_host, upstream_port=upstream_port
        ))  # fmt: skip
        return RELAY

    async def begin(self, participant: str, at_ns: int) -> None:
        raise NotImplementedError

    async def set_profile(self, phases: Iterable[Phase], participant: str | None = None) -> int:
        raise NotImplementedError

    async def expect_ufrag(self, participant: str, server_ufrag: str) -> None:
        self.sent(ExpectUfrag(id=1, participant=participant, ufrag=server_ufrag))

    async def name_track(self, track: str, name: str) -> None:
        self.sent(NameTrack(id=1, track=track, name=name))

    async def bind_payloads(
        self,
        participant: str,
        media: dict[int, Medium],
        codecs: dict[int, str],
        *,
        extensions: Extensions | None = None,
    ) -> None:
        self.sent(BindPayloads(
            id=1, participant=participant, media=media, codecs=codecs, extensions=extensions
        ))  # fmt: skip

    async def bind_mid(self, participant: str, mid: str, *, track: str, medium: Medium) -> None:
        self.sent(BindMid(id=1, participant=participant, mid=mid, track=track, medium=medium))

    async def bind_ssrc(
        self, participant: str, direction: Way, ssrc: int, *, track: str, medium: Medium
    ) -> None:
        self.sent(BindSsrc(
            id=1, participant=participant, direction=direction, ssrc=ssrc, track=track,
            medium=medium,
        ))  # fmt: skip

    def sent(self, request: msgspec.Struct) -> None:
        decoded = msgspec.json.decode(msgspec.json.encode(request), type=type(request))
        assert decoded == request


class Gateway:
    """A pipeline with everything behind it but the sockets."""

    def __init__(self, folder: Path) -> None:
        relay = Relay()
        self.writer = BindingsWriter(folder)
        binder = Binder(writer=self.writer)
        self.binder = binder
        self.participants = Participants(
            relay=relay, toxiproxy=None, profile=CLEAN, profiles={}, ice_tcp=False,
            listen_host="127.0.0.1", offered_host=RELAY[0], now_ns=lambda: 42,
        )  # fmt: skip
        self.alice = self.participants.get("alice")

        async def bind(learner: object, news: object) -> None:
            await binder.learned(relay, learner, news)  # type: ignore[arg-type]

        self.pipeline = Pipeline(
            participants=self.participants, interceptors=Interceptors(chain=[]),
            record=self.record, bind=bind, now_ns=lambda: 42,
        )  # fmt: skip

    def record(self, message: SignallingMessage) -> None:
        assert b"\n" not in msgspec.json.encode(message)


def fuzzed(examples: int) -> settings:
    quiet = [HealthCheck.too_slow, HealthCheck.function_scoped_fixture, HealthCheck.data_too_large]
    return settings(max_examples=examples, deadline=None, suppress_health_check=quiet)


def candidates(response: rtc.SignalResponse) -> Iterable[str]:
    for sdp in (response.offer.sdp, response.answer.sdp):
        yield from (line for line in sdp.splitlines() if line.startswith("a=candidate:"))
    if response.HasField("trickle"):
        yield str(json.loads(response.trickle.candidateInit)["candidate"])


def ways_around(data: bytes) -> list[object]:
    """What in a server's message would lead a client past the gateway."""
    try:
        response = rtc.SignalResponse.FromString(data)
    except DecodeError:
        return []
    found: list[object] = [one for one in candidates(response) if WAY not in one]
    found += response.join.ice_servers
    found += response.reconnect.ice_servers
    found += response.leave.regions.regions
    if response.join.alternative_url:
        found.append(response.join.alternative_url)
    return found


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("client"), payloads(rtc.SignalRequest)),
            st.tuples(st.just("server"), payloads(rtc.SignalResponse)),
        ),
        max_size=8,
    )
)
@fuzzed(150)
def test_any_conversation_is_carried(
    tmp_path: Path, conversation: list[tuple[Direction, bytes]]
) -> None:
    gateway = Gateway(tmp_path)
    try:
        for direction, data in conversation:
            for to, out in asyncio.run(gateway.pipeline.message(gateway.alice, direction, data)):
                assert to == direction
                assert to == "client" or not ways_around(out)
        gateway.participants.view()
        assert gateway.binder.error is None
    finally:
        gateway.writer.close()


@given(messages(rtc.JoinRequest))
@fuzzed(100)
def test_any_join_request_is_carried_without_candidates(
    tmp_path: Path, join: rtc.JoinRequest
) -> None:
    gateway = Gateway(tmp_path)
    try:
        joining = gateway.pipeline.join_request(gateway.alice, "r", join)
        asyncio.run(gateway.pipeline.joined(gateway.alice, joining))
    finally:
        gateway.writer.close()

    out = joining.sent
    assert "a=candidate:" not in out.publisher_offer.sdp
    assert decode_join_request(encode_join_request(out)) == out


TEXTS = st.one_of(
    st.text(max_size=100),
    st.binary(max_size=100).map(lambda raw: base64.b64encode(raw).decode()),
    payloads(rtc.WrappedJoinRequest).map(lambda raw: base64.b64encode(raw).decode()),
)


@given(TEXTS)
@fuzzed(200)
def test_what_is_no_join_request_is_one_error(text: str) -> None:
    value = parameter(f"a=b&join_request={quote(text)}", "join_request")
    assert value == text
    with suppress(JoinRequestError):
        decode_join_request(value)


TOKENS = st.one_of(
    st.text(max_size=50),
    st.lists(st.text(max_size=20), min_size=3, max_size=3).map(".".join),
    st.binary(max_size=50).map(lambda raw: f"x.{base64.urlsafe_b64encode(raw).decode()}.x"),
)


@given(TOKENS)
@fuzzed(200)
def test_what_is_no_token_is_one_error(text: str) -> None:
    with pytest.raises(TokenError, match=r"\A[^\n]+\Z"):
        read_identity(text)
