from __future__ import annotations

import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol import models, rtc

from harness.evidence.signalling import Direction, SignallingMessage
from harness.gateway.entries import MAX_ENTRIES
from harness.gateway.errors import MessageRefusedError
from harness.gateway.interceptors import Interceptor, Interceptors, Signal
from harness.gateway.participants import Participant, Participants
from harness.gateway.pipeline import Delivery, Pipeline
from harness.gateway.tracks import News, TrackLearner
from harness.network.profile import load_profile

MUTE = rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True))
CANDIDATE = "candidate:1 1 udp 2130706431 10.0.0.7 7882 typ host"
ANSWER = rtc.SignalResponse(
    answer=rtc.SessionDescription(
        type="answer",
        sdp=f"v=0\r\nm=audio 9 X 111\r\na=ssrc:7 msid:PA_a|TR_x TR_x\r\na={CANDIDATE}\r\n",
    )
)
UNKNOWN_KIND = b"\xfa\x3f\x05later"  # field 1023, bytes


class Relay:
    async def open_port(
        self, participant: str, upstream_host: str, upstream_port: int
    ) -> tuple[str, int]:
        return "127.0.0.1", 5000

    async def begin(self, participant: str, at_ns: int) -> None:
        raise NotImplementedError

    async def set_profile(self, phases: object, participant: str | None = None) -> int:
        raise NotImplementedError


class Drop:
    """Swallows every message, or answers it with others."""

    def __init__(self, *instead: Signal) -> None:
        self.instead = list(instead)

    def intercept(self, signal: Signal) -> list[Signal]:
        return self.instead


class Way:
    """A pipeline and what came of it."""

    def __init__(self, *chain: Interceptor) -> None:
        self.recorded: list[SignallingMessage] = []
        self.rows: list[News] = []
        participants = Participants(
            relay=Relay(), toxiproxy=None, profile=load_profile("clean"), profiles={},
            ice_tcp=False, listen_host="127.0.0.1", offered_host="127.0.0.1", now_ns=lambda: 42,
        )  # fmt: skip
        self.alice: Participant = participants.get("alice")
        self.pipeline = Pipeline(
            participants=participants,
            interceptors=Interceptors(chain=chain),
            record=self.recorded.append,
            bind=self.bind,
            now_ns=lambda: 42,
        )

    async def bind(self, learner: TrackLearner, rows: Sequence[News]) -> None:
        self.rows += rows

    async def carry(
        self, direction: Direction, message: rtc.SignalRequest | rtc.SignalResponse | bytes
    ) -> list[Delivery]:
        data = message if isinstance(message, bytes) else message.SerializeToString()
        return await self.pipeline.message(self.alice, direction, data)


@pytest.mark.asyncio
async def test_a_message_passes_byte_for_byte_and_is_recorded() -> None:
    way = Way()
    data = MUTE.SerializeToString()

    assert await way.carry("client", data) == [("client", data)]
    assert way.recorded == [
        SignallingMessage(
            at_ns=42,
            participant="alice",
            direction="client",
            kind="mute",
            bytes=len(data),
            details={"sid": "TR_x", "muted": True},
        )
    ]


@pytest.mark.asyncio
async def test_a_server_s_candidate_becomes_the_relay_and_its_tracks_are_learned() -> None:
    way = Way()
    [(direction, data)] = await way.carry("server", ANSWER)

    assert direction == "server"
    sdp = rtc.SignalResponse.FromString(data).answer.sdp
    assert "127.0.0.1 5000" in sdp
    assert "10.0.0.7" not in sdp
    assert [row.ssrc for row in way.rows] == [7]  # type: ignore[union-attr]


@pytest.mark.asyncio
async def test_a_client_s_candidates_end_here() -> None:
    way = Way()
    trickle = rtc.TrickleRequest(candidateInit=json.dumps({"candidate": CANDIDATE}))

    assert await way.carry("client", rtc.SignalRequest(trickle=trickle)) == []
    [message] = way.recorded
    assert (message.kind, message.altered) == ("trickle", False)


@pytest.mark.asyncio
async def test_a_swallowed_message_is_recorded_as_sent_and_as_altered() -> None:
    way = Way(Drop())

    assert await way.carry("client", MUTE) == []
    assert [(one.kind, one.altered) for one in way.recorded] == [("mute", True)]


@pytest.mark.asyncio
async def test_a_message_that_an_interceptor_leaves_alone_is_not_altered() -> None:
    signal = Signal(participant="alice", room="r", direction="client", protobuf=MUTE)
    way = Way(Drop(signal))

    assert await way.carry("client", MUTE) == [("client", MUTE.SerializeToString())]
    assert [one.altered for one in way.recorded] == [False]


@pytest.mark.asyncio
async def test_what_an_interceptor_adds_has_no_candidate_of_the_server_either() -> None:
    forged = Signal(participant="alice", room="r", direction="server", protobuf=ANSWER)
    way = Way(Drop(forged))
    [(direction, data)] = await way.carry("client", MUTE)

    assert direction == "server"
    assert b"10.0.0.7" not in data
    assert way.rows == [], "the bindings hold what the sender meant"


@pytest.mark.asyncio
async def test_a_join_request_is_recorded_learned_from_and_stripped() -> None:
    way = Way()
    join = rtc.JoinRequest(
        add_track_requests=[rtc.AddTrackRequest(cid="c", type=models.TrackType.AUDIO)],
        publisher_offer=rtc.SessionDescription(
            sdp=f"m=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\na={CANDIDATE}\r\n"
        ),
    )
    joining = way.pipeline.join_request(way.alice, "r", join)
    assert "10.0.0.7" not in joining.sent.publisher_offer.sdp
    assert (way.rows, way.recorded) == ([], []), "nobody has verified who asks"
    await way.pipeline.joined(way.alice, joining)

    assert len(way.rows) == 1
    assert [one.kind for one in way.recorded] == ["join_request"]
    assert way.recorded[0].details["m_lines"] == 1


class Mute:
    """Changes a join request in place."""

    def intercept(self, signal: Signal) -> list[Signal]:
        assert (signal.room, signal.direction) == ("r", "client")
        assert isinstance(signal.protobuf, rtc.JoinRequest)
        signal.protobuf.publisher_offer.sdp = ""
        return [signal]


@pytest.mark.asyncio
async def test_of_a_join_request_is_learned_what_the_client_meant() -> None:
    way = Way(Mute())
    offer = rtc.SessionDescription(sdp="m=audio 9 X 111\r\na=rtpmap:111 opus/48000/2\r\n")
    joining = way.pipeline.join_request(
        way.alice, "r", rtc.JoinRequest(publisher_offer=offer, metadata="m")
    )
    await way.pipeline.joined(way.alice, joining)

    assert (joining.sent.publisher_offer.sdp, joining.sent.metadata) == ("", "m")
    assert len(way.rows) == 1
    assert (way.recorded[0].altered, way.recorded[0].details["m_lines"]) == (True, 1)


@pytest.mark.asyncio
@pytest.mark.parametrize("direction", ["client", "server"])
async def test_what_cannot_be_decoded_passes_with_a_log_line(
    direction: Direction, caplog: pytest.LogCaptureFixture
) -> None:
    way = Way()

    assert await way.carry(direction, b"\xff\xff\xff") == [(direction, b"\xff\xff\xff")]
    assert [one.kind for one in way.recorded] == ["malformed"]
    assert f"3 bytes from the {direction} are no signalling message" in caplog.text


@pytest.mark.asyncio
async def test_a_client_s_message_of_too_many_entries_is_refused() -> None:
    way = Way()
    mapped = {str(number): "" for number in range(MAX_ENTRIES + 1)}
    with pytest.raises(MessageRefusedError, match="more than 10000 entries in a message"):
        await way.carry(
            "client", rtc.SignalRequest(offer=rtc.SessionDescription(mid_to_track_id=mapped))
        )
    assert [(one.kind, one.details) for one in way.recorded] == [("malformed", {})]


@pytest.mark.asyncio
async def test_a_server_s_message_of_many_entries_passes() -> None:
    way = Way()
    speakers = rtc.SpeakersChanged(speakers=[models.SpeakerInfo()] * (MAX_ENTRIES + 1))
    data = rtc.SignalResponse(speakers_changed=speakers).SerializeToString()

    assert await way.carry("server", data) == [("server", data)]
    assert way.recorded[0].details["speakers_left_out"] == MAX_ENTRIES - 99


@pytest.mark.asyncio
@pytest.mark.parametrize("direction", ["client", "server"])
async def test_a_kind_of_a_later_version_passes(direction: Direction) -> None:
    way = Way()

    assert await way.carry(direction, UNKNOWN_KIND) == [(direction, UNKNOWN_KIND)]
    assert [one.kind for one in way.recorded] == ["unknown"]


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.sampled_from(["client", "server"]))
@pytest.mark.asyncio
async def test_no_bytes_do_harm(data: bytes, direction: Direction) -> None:
    way = Way()
    await way.carry(direction, data)
    await way.carry("client", MUTE)

    assert len(way.recorded) == 2


SDPS = st.lists(st.sampled_from(["a=", CANDIDATE, "\r\n", "\n", "m=audio ", " 9", "x"]))
INITS = st.one_of(st.text(), st.just(json.dumps({"candidate": CANDIDATE})))
MESSAGES = st.one_of(
    SDPS.map("".join).map(lambda sdp: rtc.SignalResponse(offer=rtc.SessionDescription(sdp=sdp))),
    SDPS.map("".join).map(lambda sdp: rtc.SignalResponse(answer=rtc.SessionDescription(sdp=sdp))),
    INITS.map(
        lambda init: rtc.SignalResponse(trickle=rtc.TrickleRequest(candidateInit=init, final=True))
    ),
)


@settings(max_examples=60, deadline=None)
@given(MESSAGES)
@pytest.mark.asyncio
async def test_no_message_of_a_server_shows_its_candidate(message: rtc.SignalResponse) -> None:
    for _, data in await Way().carry("server", message):
        response = rtc.SignalResponse.FromString(data)
        shown = response.offer.sdp + response.answer.sdp
        assert not [line for line in shown.split("\n") if line.startswith(f"a={CANDIDATE}")]
        assert "10.0.0.7" not in response.trickle.candidateInit
