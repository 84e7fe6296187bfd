from __future__ import annotations

from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from harness.evidence.ledger_fates import PacketFate
from harness.evidence.ledger_records import Direction, LedgerError
from harness.evidence.ledger_table import PACKET_DTYPE
from harness.evidence.measurement import Measurement
from harness.verifiers.sdk_traffic import sdk_bytes_against_ledger, sdk_packets_against_ledger
from harness.verifiers.wire import PacketRecord

MS = 1_000_000
HEADER, PAYLOAD, TAG = 20, 100, 10


class Record:
    """One stream of bob, a packet every 20 ms from 0 on."""

    def __init__(self, number: int = 200, *, tag: int = TAG, dropped: int = 0) -> None:
        self.rows = np.zeros(number, dtype=PACKET_DTYPE)
        self.rows["t_ns"] = np.arange(number) * 20 * MS
        self.rows["size"] = HEADER + PAYLOAD + tag
        self.rows["fate"][:dropped] = PacketFate.DROPPED

    def packets(self, *, participant: str, ssrc: int, **_: object) -> NDArray[Any]:
        if participant != "bob":
            raise LedgerError(f"no flow of {participant!r}")
        return self.rows if ssrc == 7 else self.rows[:0]


def entry(packets: int, *, at_ms: int, word: str = "sent", **changed: int) -> dict[str, Any]:
    return {
        "type": "outbound_rtp" if word == "sent" else "inbound_rtp",
        "at_ns": at_ms * MS,
        "ssrc": 7,
        f"packets_{word}": packets,
        f"bytes_{word}": packets * PAYLOAD,
        f"header_bytes_{word}": packets * HEADER,
        f"retransmitted_packets_{word}": 0,
        **changed,
    }


def both(
    record: Record, *entries: dict[str, Any], direction: Direction = "up", who: str = "bob"
) -> tuple[Measurement, Measurement]:
    ledger = cast("PacketRecord", record)
    return (
        sdk_packets_against_ledger(entries, ledger, participant=who, direction=direction),
        sdk_bytes_against_ledger(entries, ledger, participant=who, direction=direction),
    )


@pytest.mark.parametrize("tag", [10, 16])
@pytest.mark.parametrize("counted", [98, 100, 103])
def test_equal_counts_around_the_snapshot(counted: int, tag: int) -> None:
    packets, size = both(Record(tag=tag), entry(counted, at_ms=2000))

    assert (packets.value, packets.unit) == (0, "packets")
    assert (size.value, size.unit) == (0, "bytes")
    assert packets.notes == (f"SSRC 7: SDK {counted}, gateway {counted} packets",)


def test_what_was_received_is_what_the_gateway_passed_on() -> None:
    packets, size = both(
        Record(dropped=10), entry(90, at_ms=2000, word="received"), direction="down"
    )
    assert (packets.value, size.value) == (0, 0)


@pytest.mark.parametrize("burst", [0, 6])
@pytest.mark.parametrize("early", [1, 3, 4])
def test_a_receiver_may_not_have_been_ready_for_the_first_packets(early: int, burst: int) -> None:
    """A packet every 20 ms has three within 50 ms; a burst at the beginning has all of its own."""
    record = Record()
    record.rows["t_ns"][:burst] = 0
    record.rows["size"] += (np.arange(200) % 14).astype(np.uint16)
    own = record.rows["size"][early : early + 100].astype(int)
    told = entry(100, at_ms=2040, word="received", bytes_received=int((own - HEADER - TAG).sum()))

    packets, size = both(record, told, direction="down")

    assert packets.value == 0
    ready_in_time = early <= max(burst, 3)
    assert (size.value == 0) is ready_in_time
    assert (f"after {early} that" in packets.notes[0]) is ready_in_time


def test_a_stream_of_one_burst_is_not_all_early() -> None:
    record = Record(3)
    record.rows["t_ns"] = 0

    packets, size = both(record, entry(0, at_ms=2000, word="received"), direction="down")

    assert packets.value == 1
    assert size.value == HEADER + PAYLOAD - 6  # as if 16 bytes were the tag


def test_a_sender_counts_from_its_first_packet_on() -> None:
    record = Record()
    record.rows["size"][0] += 5

    assert both(record, entry(100, at_ms=2000))[1].value == 5


def test_a_miscount_is_found() -> None:
    packets, size = both(Record(), entry(110, at_ms=2000))
    assert packets.value == 7
    assert size.value == 7 * (HEADER + PAYLOAD)

    old = entry(150, at_ms=2000)
    assert both(Record(), entry(100, at_ms=2000), old)[0].value == 47


def test_bytes_that_are_wrong_are_found_though_packets_are_right() -> None:
    packets, size = both(Record(), entry(100, at_ms=2000, bytes_sent=9_000))
    assert (packets.value, size.value) == (0, 400)  # as if 16 bytes of 116 were the tag

    without_headers = entry(100, at_ms=2000, header_bytes_sent=0)
    assert both(Record(), without_headers)[1].value == 1400


@pytest.mark.parametrize(
    ("entries", "why"),
    [
        ([], "no stream that was sent"),
        ([entry(100, at_ms=2000, word="received")], "no stream that was sent"),
        ([{"type": "outbound_rtp", "ssrc": 7}], "have no 'packets_sent'"),
        ([entry(100, at_ms=2000, ssrc=8)], "saw nothing of SSRC 8"),
        ([entry(100, at_ms=2000, retransmitted_packets_sent=3)], "has 3 retransmissions"),
    ],
)
def test_what_cannot_be_compared_is_missing(entries: list[dict[str, Any]], why: str) -> None:
    for measured in both(Record(), *entries):
        assert why in (measured.missing or "")


def test_a_participant_without_a_flow_is_missing() -> None:
    packets, size = both(Record(), entry(100, at_ms=2000), who="carol")
    assert packets.missing == size.missing == "no flow of 'carol'"
