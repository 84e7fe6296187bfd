"""Whether a ledger's files end where a relay ends them, or were cut."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_files import LedgerFiles
from harness.evidence.ledger_records import RecordKind, ends_amidst, file_name
from harness.evidence.plural import plural

LATEST_NS = NS_PER_S
"""The relay writes what became of a packet when it leaves: later than this after it came in queues
and delays alone."""
_ARRIVALS, _DEPARTURES = file_name(RecordKind.ARRIVALS), file_name(RecordKind.DEPARTURES)


def cuts(files: LedgerFiles) -> tuple[str, ...]:
    """Where the record ends too early, in words; nothing where it does not.

    What is being written still looks the same. Raises LedgerError, OSError.
    """
    return tuple(_cuts(files))


def _cuts(files: LedgerFiles) -> Iterator[str]:
    came, left = files.arrivals, files.departures
    for kind in RecordKind:
        if ends_amidst(files.folder, kind):
            yield f"{file_name(kind)} ends within a record"
    lying_after = np.unique(_keys(left)[~np.isin(_keys(left), _keys(came))])
    if len(lying_after):
        packets = plural(len(lying_after), "packet")
        yield f"{_DEPARTURES} holds {packets} from after the end of {_ARRIVALS}"
    if not len(came):
        return
    last_ns, known_ns = int(came["t_ns"][-1]), _last_ns(left, came)
    if last_ns - known_ns > LATEST_NS:
        after = int((came["t_ns"] > known_ns).sum())
        yield (
            f"{_DEPARTURES} ends {(last_ns - known_ns) / NS_PER_S:.1f} s before {_ARRIVALS}: what "
            f"became of the last {plural(after, 'packet')} is not known"
        )


def _last_ns(left: NDArray[Any], came: NDArray[Any]) -> int:
    """The last departure; without any the first arrival."""
    return int(left["t_ns"].max()) if len(left) else int(came["t_ns"][0])


def _keys(records: NDArray[Any]) -> NDArray[np.uint64]:
    """A number for each packet, the same for its arrival and its departures."""
    keys: NDArray[np.uint64] = (records["stream"].astype(np.uint64) << 32) | records["n"]
    return keys
