"""Which track an SSRC carries, from `bindings.ndjson` while it is being written."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from harness.evidence.bindings import FILE_NAME, AnyRow, MidRow, MsidRow, SsrcRow, read_bindings
from harness.evidence.ledger_records import Direction


class TrackNames:
    """Sids of tracks by participant, direction and SSRC, as the latest rows have them."""

    def __init__(self) -> None:
        self._tracks: dict[tuple[str, int], str] = {}
        self._sections: dict[tuple[str, str], str] = {}
        self._mids: dict[tuple[str, int], str] = {}
        self._read_bytes = 0

    def refresh(self, folder: Path) -> None:
        """Read the bindings of a record again if they have grown.

        Raises:
            LedgerError: a line of them says nothing.
        """
        path = folder / FILE_NAME
        size = path.stat().st_size if path.exists() else 0
        if size != self._read_bytes:
            self._read_bytes = size
            self.learn(read_bindings(folder))

    def learn(self, rows: Iterable[AnyRow]) -> None:
        """Take rows in the order of their times."""
        for row in rows:
            match row:
                case MsidRow():
                    self._tracks[row.participant, row.ssrc] = row.track
                case MidRow():
                    self._sections[row.participant, row.mid] = row.track
                case SsrcRow() if row.direction == "up" and row.mid is not None:
                    self._mids[row.participant, row.ssrc] = row.mid

    def sid(self, participant: str, direction: Direction, ssrc: int) -> str | None:
        """The track of an SSRC, or None while nobody has said."""
        if direction == "down":
            return self._tracks.get((participant, ssrc))
        return self._sections.get((participant, self._mids.get((participant, ssrc), "")))
