"""Whether the records of a ledger can be what a relay wrote: a damaged file answers no question."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_records import LedgerError

LONGEST_NS = 30 * 86_400 * NS_PER_S
"""From the first packet to the last. Rates are counted by the second: 2.6 million of them."""
AFTERWARDS_NS = 86_400 * NS_PER_S
"""From the last arrival to the last departure: longer than any impairment holds a packet."""
MOST_BYTES = 65_507
"""Of a datagram over IPv4."""
_CHUNK = 1 << 16


def check_arrivals(arrivals: NDArray[Any]) -> None:
    """Raises LedgerError when times go backwards or too far, or a datagram is larger than any."""
    before_ns = 0
    for first in range(0, len(arrivals), _CHUNK):
        part = arrivals[first : first + _CHUNK]
        t_ns = part["t_ns"]
        if t_ns[0] < before_ns or (t_ns[1:] < t_ns[:-1]).any():
            raise LedgerError("the ledger's arrivals are damaged: their times go backwards")
        if (part["size"] > MOST_BYTES).any():
            raise LedgerError("the ledger's arrivals are damaged: no datagram is so large")
        before_ns = int(t_ns[-1])
    if len(arrivals) and before_ns - int(arrivals["t_ns"][0]) > LONGEST_NS:
        raise LedgerError("the ledger's arrivals are damaged: they are more than 30 days apart")


def check_departures(departed_ns: NDArray[np.int64], arrived_ns: NDArray[np.int64]) -> None:
    """Of departures and the arrivals of the same packets.

    Raises LedgerError when one left before it came, or long after everything else.
    """
    if len(arrived_ns) == 0:
        return
    if (departed_ns < arrived_ns).any():
        raise LedgerError("the ledger's departures are damaged: a packet left before it came")
    if int(departed_ns.max()) - int(arrived_ns.max()) > AFTERWARDS_NS:
        raise LedgerError("the ledger's departures are damaged: a packet left days after it came")
