"""A ledger's folder, opened: its records, its bindings, and what became of each packet."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from harness.evidence.bindings import AnyRow, ClockRow, read_bindings
from harness.evidence.ledger_fates import Departed, Places, join_departures
from harness.evidence.ledger_records import LedgerError, RecordKind, file_name, read_records
from harness.evidence.ledger_sanity import check_arrivals
from harness.evidence.ledger_table import Bindings

_MOST_NAMED = 3


class LedgerFiles:
    """What the files of a ledger hold, each read when it is first asked for.

    Args:
        folder: Holds `arrivals.bin`, `departures.bin` and `bindings.ndjson`.

    Everything raises LedgerError when a file cannot be read or says nothing sensible.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @cached_property
    def arrivals(self) -> NDArray[Any]:
        """ARRIVAL_DTYPE, in order of time, mapped from disk."""
        if not (self.folder / file_name(RecordKind.ARRIVALS)).exists():
            raise LedgerError(_not_here(self.folder))
        arrivals = read_records(self.folder, RecordKind.ARRIVALS)
        check_arrivals(arrivals)
        return arrivals

    @cached_property
    def departures(self) -> NDArray[Any]:
        """DEPARTURE_DTYPE, in order of time, mapped from disk."""
        return read_records(self.folder, RecordKind.DEPARTURES)

    @cached_property
    def rows(self) -> list[AnyRow]:
        """Rows of `bindings.ndjson`, in order of time."""
        return read_bindings(self.folder)

    @cached_property
    def bindings(self) -> Bindings:
        """The same, each kind by its key."""
        return Bindings(self.rows)

    @cached_property
    def places(self) -> Places:
        """Where each packet is among the arrivals."""
        return Places(self.arrivals)

    @cached_property
    def departed(self) -> Departed:
        """What became of each arrival."""
        return join_departures(self.arrivals, self.departures, self.places)

    @cached_property
    def clock(self) -> ClockRow | None:
        """What the monotonic clock was in the time of day; None where nobody wrote it down."""
        return next((row for row in self.rows if isinstance(row, ClockRow)), None)


def _not_here(folder: Path) -> str:
    name = file_name(RecordKind.ARRIVALS)
    if not folder.is_dir():
        return f"{folder} is not a folder; name one that holds {name}"
    below = sorted(path.parent for path in folder.glob(f"attempts/*/*/{name}"))
    if not below:
        return f"{folder} holds no ledger: {name} is not there"
    named = ", ".join(map(str, below[:_MOST_NAMED]))
    more = f" and {len(below) - _MOST_NAMED} more" if len(below) > _MOST_NAMED else ""
    return f"{folder} is the folder of a run; each attempt has a ledger of its own: {named}{more}"
