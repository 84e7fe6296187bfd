"""Brings what signalling says and what the relay sees together.

Every row goes to `bindings.ndjson`, for those who read the ledger afterwards. The relay is told
before the message arrives which packets are of which medium and track, so that impairments can be
aimed from the first packet on: on the way down by the ssrc in the server's SDP, on the way up by
the mid that rides on the packets; and which ICE user fragments a participant was given.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from harness.evidence.bindings import (
    AnyRow,
    BindingsWriter,
    CodecRow,
    ExtensionsRow,
    MidRow,
    MsidRow,
)
from harness.evidence.ledger_records import Direction, Medium
from harness.gateway.relay_client import RelayError
from harness.gateway.relay_messages import Extensions
from harness.gateway.tracks import News, TrackLearner, TrackName, Ufrag

log = logging.getLogger(__name__)


class Aim(Protocol):
    """The part of the relay's client that is needed here."""

    async def expect_ufrag(self, participant: str, server_ufrag: str) -> None:
        """Which ICE user fragment a participant was given."""

    async def name_track(self, track: str, name: str) -> None:
        """What a track is called, with the identity of its publisher."""

    async def bind_payloads(
        self,
        participant: str,
        media: Mapping[int, Medium],
        codecs: Mapping[int, str],
        *,
        extensions: Extensions | None = None,
    ) -> None:
        """Which medium and codec each payload type of a participant is."""

    async def bind_mid(self, participant: str, mid: str, *, track: str, medium: Medium) -> None:
        """Which track a participant sends in a media section."""

    async def bind_ssrc(
        self, participant: str, direction: Direction, ssrc: int, *, track: str, medium: Medium
    ) -> None:
        """Which track an ssrc carries or repairs."""


@dataclass(kw_only=True)
class Binder:
    """Writes the bindings of a gateway and tells them to the relay."""

    writer: BindingsWriter
    error: str | None = field(default=None, init=False)
    """Why `bindings.ndjson` is not complete, or None."""

    async def learned(self, relay: Aim, learner: TrackLearner, news: Sequence[News]) -> None:
        """Take news of a participant's signalling; the relay knows them when this returns."""
        for one in news:
            if not isinstance(one, Ufrag | TrackName):
                self.write(one)
        try:
            await _bind_payloads(relay, learner.participant, news)
            for one in news:
                await _bind(relay, learner, one)
        except RelayError as error:
            log.error("the relay is not told what %r does: %s", learner.participant, error)  # noqa: TRY400

    def write(self, row: AnyRow) -> None:
        """Write a row, while that can be done; it must not wait."""
        if self.error is not None:
            return
        try:
            self.writer.write(row)
        except OSError as error:
            self.error = f"bindings.ndjson ends here: {error.strerror}"
            log.error("%s", self.error)  # noqa: TRY400


async def _bind_payloads(relay: Aim, participant: str, news: Sequence[News]) -> None:
    codecs = [one for one in news if isinstance(one, CodecRow)]
    extensions = None
    for one in news:
        if isinstance(one, ExtensionsRow):
            extensions = Extensions(mid=one.mid, rid=one.rid, repaired_rid=one.repaired_rid)
    if codecs or extensions is not None:
        await relay.bind_payloads(
            participant,
            {one.pt: one.medium for one in codecs},
            {one.pt: one.codec for one in codecs},
            extensions=extensions,
        )


async def _bind(relay: Aim, learner: TrackLearner, news: News) -> None:
    match news:
        case Ufrag():
            await relay.expect_ufrag(news.participant, news.ufrag)
        case TrackName():
            await relay.name_track(news.sid, f"{news.participant}/{news.name}")
        case MidRow():
            await relay.bind_mid(news.participant, news.mid, track=news.track, medium=news.medium)
        case MsidRow() if news.ssrc in learner.media:
            medium = learner.media[news.ssrc]
            await relay.bind_ssrc(
                news.participant, "down", news.ssrc, track=news.track, medium=medium
            )
        case _:
            pass
