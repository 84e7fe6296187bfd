from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence import ledger_fates
from harness.evidence.ledger_fates import (
    NO_RECORD,
    Departed,
    PacketFate,
    Places,
    chunks,
    fates_of,
    join_departures,
)
from harness.evidence.ledger_records import (
    ALTERED,
    ARRIVAL_DTYPE,
    COPY,
    DEPARTURE_DTYPE,
    LedgerError,
)

LOSS, DUPLICATE, CORRUPT = 16, 17, 18


def arrivals(*packets: tuple[int, int]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Of (stream, n)."""
    records = np.zeros(len(packets), ARRIVAL_DTYPE)
    for row, (stream, n) in enumerate(packets):
        records[row]["stream"], records[row]["n"] = stream, n
    return records


def departures(*rows: tuple[int, int, int, int]) -> np.ndarray[tuple[int], np.dtype[np.void]]:
    """Of (t_ns, stream, n, cause)."""
    return np.array([(t, n, stream, cause) for t, stream, n, cause in rows], DEPARTURE_DTYPE)


def join(packets: Sequence[tuple[int, int]], left: Sequence[tuple[int, int, int, int]]) -> Departed:
    came = arrivals(*packets)
    return join_departures(came, departures(*left), Places(came))


@pytest.mark.parametrize(
    ("cause", "fate"),
    [
        (0, PacketFate.FORWARDED),
        (1, PacketFate.OTHER),
        (4, PacketFate.OTHER),
        (LOSS, PacketFate.DROPPED),
        (COPY - 1, PacketFate.DROPPED),
        (COPY | DUPLICATE, PacketFate.FORWARDED),
        (ALTERED | CORRUPT, PacketFate.ALTERED),
        (ALTERED | COPY | CORRUPT, PacketFate.ALTERED),
        (NO_RECORD, PacketFate.UNDER_WAY),
    ],
)
def test_causes_become_fates(cause: int, fate: PacketFate) -> None:
    assert fates_of(np.array([cause], np.uint16)).tolist() == [fate]


@pytest.mark.parametrize(
    ("causes", "decides", "fate", "copies"),
    [
        ([], NO_RECORD, PacketFate.UNDER_WAY, 0),
        ([LOSS], LOSS, PacketFate.DROPPED, 0),
        ([0, COPY | DUPLICATE, COPY | DUPLICATE], 0, PacketFate.FORWARDED, 2),
        ([ALTERED | CORRUPT, COPY | DUPLICATE], COPY | DUPLICATE, PacketFate.FORWARDED, 1),
        ([2, COPY | DUPLICATE], COPY | DUPLICATE, PacketFate.FORWARDED, 0),
        ([ALTERED | CORRUPT], ALTERED | CORRUPT, PacketFate.ALTERED, 0),
        ([3, ALTERED | CORRUPT, 2], ALTERED | CORRUPT, PacketFate.ALTERED, 0),
        ([3, 2], 3, PacketFate.OTHER, 0),
    ],
)
def test_the_best_departure_decides(
    causes: list[int], decides: int, fate: PacketFate, copies: int
) -> None:
    departed = join([(4, 0)], [(100 + i, 4, 0, cause) for i, cause in enumerate(causes)])
    assert (departed.cause.tolist(), departed.fate.tolist()) == ([decides], [fate])
    assert departed.copies.tolist() == [copies]
    assert departed.t_ns[0] == (100 + causes.index(decides) if causes else -1)


@settings(max_examples=100)
@given(st.data())
def test_every_departure_finds_its_arrival_however_records_are_cut_into_chunks(
    data: st.DataObject,
) -> None:
    streams = data.draw(st.lists(st.integers(0, 5), max_size=40))
    packets = [(stream, streams[:row].count(stream)) for row, stream in enumerate(streams)]
    left = data.draw(st.permutations(packets))[: data.draw(st.integers(0, 40))]
    chunk = data.draw(st.integers(1, 50))
    rows = [(1000 + i, stream, n, 0) for i, (stream, n) in enumerate(left)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ledger_fates, "CHUNK", chunk)
        departed = join(packets, rows)
    truth = [1000 + left.index(packet) if packet in left else -1 for packet in packets]
    assert departed.t_ns.tolist() == truth


def test_departures_of_packets_that_are_not_there_are_left_out() -> None:
    departed = join([(0, 0)], [(5, 0, 1, 0), (6, 9, 0, 0), (7, 0, 0, LOSS)])
    assert departed.t_ns.tolist() == [7]


@pytest.mark.parametrize(
    "packets", [[(0, 1)], [(0, 0), (0, 0)], [(0, 0), (0, 2)], [(3, 2**32 - 1)]]
)
def test_arrivals_with_a_hole_are_refused(packets: list[tuple[int, int]]) -> None:
    with pytest.raises(LedgerError, match="arrivals are damaged"):
        Places(arrivals(*packets))


def test_chunks_cover_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ledger_fates, "CHUNK", 4)
    assert [(part.start, part.stop) for part in chunks(9)] == [(0, 4), (4, 8), (8, 9)]
    assert list(chunks(0)) == []
