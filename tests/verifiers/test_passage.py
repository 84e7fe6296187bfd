from __future__ import annotations

from typing import TypedDict

import numpy as np
import pytest

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.passage import Passage, original_packets, passages, require_fates
from tests.verifiers.latency_evidence import Record, packets

TIMES = np.array([10, 11, 50, 51], dtype=np.int64) * 1_000_000
TICKS = np.array([100, 100, 200, 200])


class Who(TypedDict):
    """Of whom packets are asked for."""

    participant: str
    direction: Direction
    track: str


WHO = Who(participant="bob", direction="down", track="TR_face")
CAROL = Who(participant="carol", direction="down", track="TR_face")


def test_the_first_packet_to_leave_decides() -> None:
    rows = packets(TIMES, 2.0, TICKS)
    rows["departure_ns"][0] += 5_000_000
    rows["fate"][2:] = PacketFate.DROPPED
    record = Record({("down", False): rows})
    assert passages(record, **WHO) == {
        100: Passage(first_ns=10_000_000, arrived_ns=11_000_000, departed_ns=13_000_000),
        200: None,
    }


def test_each_unit_has_its_own_packets() -> None:
    record = Record({("down", False): packets(TIMES, 2.0, np.array([300, 100, 100, 200]))})
    found = passages(record, **WHO)
    firsts = {ticks: one.first_ns for ticks, one in found.items() if one}
    assert firsts == {100: 11_000_000, 200: 51_000_000, 300: 10_000_000}


def test_a_repair_can_be_the_first() -> None:
    rows = packets(TIMES, 2.0, TICKS)
    rows["fate"] = PacketFate.DROPPED
    record = Record(
        {("down", False): rows, ("down", True): packets(TIMES[:1] + 7_000_000, 2.0, TICKS[:1])}
    )
    assert passages(record, **WHO)[100] == Passage(
        first_ns=10_000_000, arrived_ns=17_000_000, departed_ns=19_000_000
    )


def test_packets_of_which_nobody_knows_what_became_are_no_record() -> None:
    rows = packets(TIMES, 2.0, TICKS)
    rows["fate"][3] = PacketFate.UNDER_WAY
    require_fates(rows, "TR_face")
    rows["fate"][2] = PacketFate.UNDER_WAY
    with pytest.raises(NoEvidenceError, match="what became of 2 of 4 packets of TR_face"):
        require_fates(rows, "TR_face")


def test_repeated_packets_and_probing_are_no_originals() -> None:
    rows = packets(TIMES, 2.0, TICKS)
    rows["repeated"][1], rows["padding"][2] = True, True
    assert original_packets(Record({("down", False): rows}), **WHO)["t_ns"].tolist() == [
        10_000_000, 51_000_000,
    ]  # fmt: skip


def test_no_packets_are_no_evidence() -> None:
    with pytest.raises(NoEvidenceError, match="saw no packet of TR_face on the way down"):
        passages(Record(), **WHO)
    with pytest.raises(NoEvidenceError, match="saw no packet of TR_face on the way down"):
        original_packets(Record(), **WHO)
    with pytest.raises(NoEvidenceError, match="no flow"):
        passages(Record(), **CAROL)
