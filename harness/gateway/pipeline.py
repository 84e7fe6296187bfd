"""What happens to one signalling message between its two ends.

    bytes ─▶ decode ─▶ learn tracks, who is who ─▶ interceptors ─▶ record ─▶ candidates ─▶ bytes

Tracks are learned before the interceptors: the bindings hold what the sender meant. Candidates
are rewritten after them: whatever an interceptor makes, media cannot bypass the relay.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from google.protobuf.message import DecodeError
from livekit.protocol import rtc

from harness.evidence.signalling import Direction, SignallingMessage
from harness.gateway.candidates import (
    addresses,
    rewrite_response,
    strip_join_request,
    strip_request,
)
from harness.gateway.describe import describe
from harness.gateway.entries import MAX_ENTRIES, too_many_entries
from harness.gateway.errors import MessageRefusedError
from harness.gateway.interceptors import Interceptors, Protobuf, Signal
from harness.gateway.participants import Participant, Participants
from harness.gateway.tracks import News, TrackLearner

log = logging.getLogger(__name__)

REWRITTEN = {"offer", "answer", "trickle", "join", "reconnect", "sync_state", "leave"}
"""Kinds that can hold a way around the gateway; all others pass byte for byte."""

Delivery = tuple[Direction, bytes]
"""Whose message it is (a client's goes to the server and the other way round), and its bytes."""


@dataclass(frozen=True, kw_only=True)
class Joining:
    """A join request that the server has not answered."""

    asked: rtc.JoinRequest
    """As the client sent it."""
    sent: rtc.JoinRequest
    """What the server is asked in its place."""
    message: SignallingMessage
    """For the record."""


@dataclass(frozen=True, kw_only=True)
class Pipeline:
    """The way of every message of a gateway."""

    participants: Participants
    interceptors: Interceptors
    record: Callable[[SignallingMessage], None]
    bind: Callable[[TrackLearner, Sequence[News]], Awaitable[None]]
    """Takes what was learned; waited for, so that it holds before the message arrives."""
    now_ns: Callable[[], int]

    async def message(
        self, participant: Participant, direction: Direction, data: bytes
    ) -> list[Delivery]:
        """Process one binary message; whatever cannot be decoded passes as it is.

        Raises:
            MessageRefusedError: a client's message holds more than any that is meant.
        """
        decode = rtc.SignalRequest if direction == "client" else rtc.SignalResponse
        try:
            protobuf = decode.FromString(data)
        except DecodeError:
            what = f"{len(data)} bytes from the {direction} are no signalling message"
            log.warning("%r: %s; passed on", participant.identity, what)
            self.note(participant, direction, "malformed", size=len(data))
            return [(direction, data)]
        if direction == "client" and too_many_entries(protobuf):
            what = f"more than {MAX_ENTRIES} entries in a message"
            log.warning("%r: %s; refused", participant.identity, what)
            self.note(participant, direction, "malformed", size=len(data))
            raise MessageRefusedError(what)
        signal = self._signal(participant, direction, protobuf, participant.room)
        await self._learn(participant, protobuf)
        out, message = self._intercept(signal, size=len(data))
        self.record(message)
        if not self.interceptors.chain and signal.kind not in REWRITTEN:
            return [(direction, data)]
        deliveries = [await self._deliver(participant, one) for one in out]
        return [delivery for delivery in deliveries if delivery is not None]

    def join_request(self, participant: Participant, room: str, asked: rtc.JoinRequest) -> Joining:
        """Decide what is sent in place of the join request of a URL.

        Whose it is nobody has verified yet, so nothing is kept of it before `joined`.

        Args:
            participant: Whom its token names.
            room: That its token names, or nothing.
            asked: It.
        """
        copy = rtc.JoinRequest()
        copy.CopyFrom(asked)  # an interceptor may change it in place
        signal = self._signal(participant, "client", copy, room or participant.room)
        out, message = self._intercept(signal, size=asked.ByteSize())
        sent = out[0].protobuf
        assert isinstance(sent, rtc.JoinRequest), "the interceptors were checked"
        strip_join_request(sent)
        return Joining(asked=asked, sent=sent, message=message)

    async def joined(self, participant: Participant, joining: Joining) -> None:
        """Learn from a join request, and record it: the server has accepted who asked."""
        await self._learn(participant, joining.asked)
        self.record(joining.message)

    def note(
        self,
        participant: Participant,
        direction: Direction,
        kind: str,
        *,
        size: int = 0,
        details: dict[str, Any] | None = None,
    ) -> None:
        """Record what is no message: the connection itself, or bytes that are none."""
        self.record(
            SignallingMessage(
                at_ns=self.now_ns(),
                participant=participant.identity,
                direction=direction,
                kind=kind,
                bytes=size,
                details=details or {},
            )
        )

    def _signal(
        self, participant: Participant, direction: Direction, protobuf: Protobuf, room: str
    ) -> Signal:
        return Signal(
            participant=participant.identity, room=room, direction=direction, protobuf=protobuf
        )

    async def _learn(self, participant: Participant, protobuf: Protobuf) -> None:
        if isinstance(protobuf, rtc.SignalResponse):
            self.participants.observe(participant, protobuf)
            news = participant.learner.response(protobuf, self.now_ns())
        elif isinstance(protobuf, rtc.SignalRequest):
            news = participant.learner.request(protobuf, self.now_ns())
        else:
            news = participant.learner.join_request(protobuf, self.now_ns())
        if news:
            await self.bind(participant.learner, news)

    def _intercept(self, signal: Signal, *, size: int) -> tuple[list[Signal], SignallingMessage]:
        """What is to be delivered, and what is to be recorded."""
        at_ns, kind, details = self.now_ns(), signal.kind, describe(signal.protobuf)
        chain = self.interceptors.chain
        before = signal.protobuf.SerializeToString() if chain else b""
        out = self.interceptors.apply(signal)
        altered = bool(chain) and [one.protobuf.SerializeToString() for one in out] != [before]
        return out, SignallingMessage(
            at_ns=at_ns,
            participant=signal.participant,
            direction=signal.direction,
            kind=kind,
            bytes=size,
            altered=altered,
            details=details,
        )

    async def _deliver(self, participant: Participant, signal: Signal) -> Delivery | None:
        protobuf: rtc.SignalRequest | rtc.SignalResponse | None
        if isinstance(signal.protobuf, rtc.SignalResponse):
            await self.participants.open_routes(participant, addresses(signal.protobuf))
            protobuf = rewrite_response(signal.protobuf, participant.routes)
        else:
            assert isinstance(signal.protobuf, rtc.SignalRequest), "the interceptors were checked"
            protobuf = strip_request(signal.protobuf)
        return None if protobuf is None else (signal.direction, protobuf.SerializeToString())
