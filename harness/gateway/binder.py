"""Brings what signalling says and what the relay sees together.

Every row goes to `bindings.ndjson`, for those who read the ledger afterwards. The relay is told
at once which packets are of which medium and track, so that impairments can be aimed: on the way
down by the ssrc in the server's SDP, on the way up by the mid that the relay saw on the ssrc.
"""

from __future__ import annotations

import asyncio
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
    SsrcRow,
)
from harness.evidence.ledger_records import Direction, Medium
from harness.gateway.relay_client import RelayError, RelayRow
from harness.gateway.tracks import Row, TrackLearner

log = logging.getLogger(__name__)

MAX_WAITING = 10_000
_DEFAULT_EXTENSIONS = ExtensionsRow(at_ns=0, participant="")


class Aim(Protocol):
    """The part of the relay's client that is needed here."""

    async def bind_payloads(
        self,
        participant: str,
        media: Mapping[int, Medium],
        *,
        mid_extension: int = 4,
        rid_extension: int = 10,
    ) -> None:
        """Which medium each payload type of a participant is."""

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
    _sections: dict[tuple[str, str], MidRow] = field(default_factory=dict)
    """(participant, mid) → what it sends there."""
    _sources: dict[tuple[str, str], set[int]] = field(default_factory=dict)
    """(participant, mid) → ssrcs that the relay saw there."""
    _extensions: dict[str, ExtensionsRow] = field(default_factory=dict)
    _seen: asyncio.Queue[tuple[int, MidRow]] = field(
        default_factory=lambda: asyncio.Queue(MAX_WAITING)
    )

    async def learned(self, relay: Aim, learner: TrackLearner, rows: Sequence[Row]) -> None:
        """Take rows of a participant's signalling; the relay knows them when this returns."""
        for row in rows:
            self._write(row)
        try:
            await self._bind_formats(relay, learner.participant, rows)
            for row in rows:
                if isinstance(row, MsidRow) and row.ssrc in learner.media:
                    await relay.bind_ssrc(
                        row.participant,
                        "down",
                        row.ssrc,
                        track=row.track,
                        medium=learner.media[row.ssrc],
                    )
                elif isinstance(row, MidRow):
                    self._sections[row.participant, row.mid] = row
                    for ssrc in self._sources.get((row.participant, row.mid), ()):
                        await _bind_up(relay, ssrc, row)
        except RelayError as error:
            log.error("impairments cannot be aimed at %r: %s", learner.participant, error)  # noqa: TRY400

    def relay_row(self, row: RelayRow) -> None:
        """Take a row of the relay; it must not wait, `run` does the rest."""
        self._write(row)
        if isinstance(row, SsrcRow) and row.direction == "up" and row.mid is not None:
            key = (row.participant, row.mid)
            self._sources.setdefault(key, set()).add(row.ssrc)
            section = self._sections.get(key)
            if section is not None and not self._seen.full():
                self._seen.put_nowait((row.ssrc, section))

    async def run(self, relay: Aim) -> None:
        """Tell the relay about each ssrc that it saw, until cancelled."""
        while True:
            ssrc, section = await self._seen.get()
            try:
                await _bind_up(relay, ssrc, section)
            except RelayError as error:
                log.error("impairments cannot be aimed at ssrc %d: %s", ssrc, error)  # noqa: TRY400

    async def _bind_formats(self, relay: Aim, participant: str, rows: Sequence[Row]) -> None:
        media = {row.pt: row.medium for row in rows if isinstance(row, CodecRow)}
        for row in rows:
            if isinstance(row, ExtensionsRow):
                self._extensions[participant] = row
        if media or any(isinstance(row, ExtensionsRow) for row in rows):
            extensions = self._extensions.get(participant, _DEFAULT_EXTENSIONS)
            await relay.bind_payloads(
                participant, media, mid_extension=extensions.mid, rid_extension=extensions.rid
            )

    def _write(self, row: AnyRow) -> None:
        if self.error is not None:
            return
        try:
            self.writer.write(row)
        except OSError as error:
            self.error = f"bindings.ndjson ends here: {error.strerror}"
            log.error("%s", self.error)  # noqa: TRY400


async def _bind_up(relay: Aim, ssrc: int, section: MidRow) -> None:
    await relay.bind_ssrc(
        section.participant, "up", ssrc, track=section.track, medium=section.medium
    )
