from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from harness.evidence.ledger_records import ARRIVAL_DTYPE, LedgerError
from harness.evidence.ledger_sanity import (
    AFTERWARDS_NS,
    LONGEST_NS,
    MOST_BYTES,
    check_arrivals,
    check_departures,
)


def arrived(times_ns: Sequence[int], size: int = 100) -> np.ndarray:
    arrivals = np.zeros(len(times_ns), ARRIVAL_DTYPE)
    arrivals["t_ns"], arrivals["size"] = times_ns, size
    return arrivals


@pytest.mark.parametrize(
    "times_ns", [(), (0,), (5, 5, 7), (10**15, 10**15 + LONGEST_NS), range(200_000)]
)
def test_what_a_relay_writes_is_taken(times_ns: Sequence[int]) -> None:
    check_arrivals(arrived(times_ns, size=MOST_BYTES))


@pytest.mark.parametrize(
    ("times_ns", "says"),
    [
        ((-1,), "backwards"),
        ((5, 4), "backwards"),
        ((*range(1 << 16), 3), "backwards"),
        ((0, LONGEST_NS + 1), "more than 30 days apart"),
    ],
)
def test_times_that_none_writes_are_damage(times_ns: Sequence[int], says: str) -> None:
    with pytest.raises(LedgerError, match=says):
        check_arrivals(arrived(times_ns))


def test_a_datagram_that_none_sends_is_damage() -> None:
    with pytest.raises(LedgerError, match="so large"):
        check_arrivals(arrived([1], size=MOST_BYTES + 1))


@pytest.mark.parametrize(
    ("left_ns", "says"), [(4, "before it came"), (6 + AFTERWARDS_NS, "days after")]
)
def test_a_packet_leaves_when_it_has_come_and_soon(left_ns: int, says: str) -> None:
    came = np.array([5], np.int64)
    check_departures(np.array([5], np.int64), came)
    check_departures(came[:0], came[:0])
    with pytest.raises(LedgerError, match=says):
        check_departures(np.array([left_ns], np.int64), came)
