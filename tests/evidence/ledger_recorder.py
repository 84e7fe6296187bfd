"""Ledgers of known truth, written as the relay writes them."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.bindings import (
    AnyRow,
    BindingsWriter,
    ClockRow,
    CodecRow,
    FlowRow,
    ImpairmentsRow,
    MidRow,
    MsidRow,
    NumberedImpairment,
    SsrcRow,
)
from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger import Ledger
from harness.evidence.ledger_records import (
    ALTERED,
    ARRIVAL,
    COPY,
    DEPARTURE,
    Cause,
    PacketKind,
    RecordKind,
    file_header,
    file_name,
)

DROPPED = int(Cause.FIRST_IMPAIRMENT)


def rtp(
    sequence: int, ssrc: int, pt: int, *, level: int | None = None, padded: bool = False
) -> bytes:
    first = (0x80 if level is None else 0x90) | (0x20 if padded else 0)
    fixed = bytes([first, pt]) + (sequence & 0xFFFF).to_bytes(2, "big") + bytes(4)
    extension = b"" if level is None else b"\xbe\xde\x00\x01" + bytes([0x10, level, 0, 0])
    return fixed + ssrc.to_bytes(4, "big") + extension + bytes(100)


class Recorder:
    """Writes a ledger as the relay does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = {kind: file_header(kind) for kind in RecordKind}
        self.counts: dict[int, int] = {}

    def packet(
        self,
        t_ns: int,
        data: bytes,
        *,
        stream: int = 0,
        cause: int | None = 0,
        kind: PacketKind = PacketKind.RTP,
    ) -> None:
        n = self.counts.get(stream, 0)
        self.counts[stream] = n + 1
        self.files[RecordKind.ARRIVALS] += ARRIVAL.pack(t_ns, n, stream, len(data), kind, data)
        if cause is not None:
            self.departure(t_ns + 5, n, stream=stream, cause=cause)

    def departure(self, t_ns: int, n: int, *, stream: int, cause: int) -> None:
        self.files[RecordKind.DEPARTURES] += DEPARTURE.pack(t_ns, n, stream, cause)

    def ledger(self, *, cut: int = 0) -> Ledger:
        for kind, data in self.files.items():
            (self.folder / file_name(kind)).write_bytes(data[: len(data) - cut])
        return Ledger(self.folder)

    def bind(self, *rows: AnyRow) -> None:
        writer = BindingsWriter(self.folder)
        for row in rows:
            writer.write(row)
        writer.close()


CLOCK = ClockRow(at_ns=1_000, wall_ns=1_700_000_000_000_000_000)
ALICE_UP, BOB_DOWN = 0, 3
MICROPHONE, LOW, HIGH, VIDEO, REPAIR, STRANGE = 7, 70, 71, 8, 9, 5
"""SSRCs: alice sends the first three, bob receives the others."""


def call(folder: Path) -> Recorder:
    """Alice publishes a microphone TR_a and a camera TR_v in two layers; bob receives TR_v."""
    recorder = Recorder(folder)
    people = enumerate(("alice", "bob"))
    recorder.bind(
        CLOCK,
        *(
            FlowRow(
                at_ns=1,
                flow=flow,
                participant=who,
                client=f"10.0.0.{flow + 1}:500{flow}",
                upstream="127.0.0.1:7882",
            )
            for flow, who in people
        ),
        *(
            row
            for who in ("alice", "bob")
            for row in (
                CodecRow(at_ns=2, participant=who, pt=111, codec="opus", medium="audio"),
                CodecRow(at_ns=2, participant=who, pt=96, codec="vp8", medium="video"),
                CodecRow(at_ns=2, participant=who, pt=97, codec="rtx", medium="video"),
            )
        ),
        *(
            SsrcRow(
                at_ns=3,
                participant="alice",
                direction="up",
                flow=0,
                ssrc=ssrc,
                pt=pt,
                mid=mid,
                rid=rid,
            )
            for ssrc, pt, mid, rid in (
                (MICROPHONE, 111, "0", None),
                (LOW, 96, "1", "q"),
                (HIGH, 96, "1", "f"),
            )
        ),
        MidRow(at_ns=4, participant="alice", mid="0", track="TR_a", medium="audio"),
        MidRow(at_ns=4, participant="alice", mid="1", track="TR_v", medium="video"),
        MsidRow(at_ns=5, participant="bob", ssrc=VIDEO, track="TR_v"),
        MsidRow(at_ns=5, participant="bob", ssrc=REPAIR, track="TR_v", repair_of=VIDEO),
        ImpairmentsRow(
            at_ns=6,
            participant="bob",
            impairments=(
                NumberedImpairment(cause=DROPPED, impairment={"impairment": "loss", "ratio": 0.1}),
                NumberedImpairment(cause=17, impairment={"impairment": "duplicate", "ratio": 1}),
                NumberedImpairment(cause=18, impairment={"impairment": "corrupt", "ratio": 1}),
            ),
        ),
    )
    return recorder


def every_fate(folder: Path) -> Recorder:
    """A packet of each fate: passed on, of no open port, dropped, altered, under way, copied."""
    recorder = call(folder)
    recorder.packet(10, rtp(1, HIGH, 96))
    recorder.packet(11, b"\0" * 20, kind=PacketKind.STUN, cause=1)
    recorder.packet(12, rtp(2, VIDEO, 96), stream=BOB_DOWN, cause=DROPPED)
    recorder.packet(13, rtp(3, REPAIR, 97), stream=BOB_DOWN, cause=ALTERED | 18)
    recorder.packet(14, rtp(4, 99, 96), stream=900, cause=None)
    recorder.packet(15, rtp(5, VIDEO, 96), stream=BOB_DOWN)
    recorder.departure(40, 2, stream=BOB_DOWN, cause=COPY | 17)
    return recorder


def lossy_call(folder: Path) -> Recorder:
    """Four seconds in which bob loses 3 of 20 packets, and one comes twice."""
    recorder = call(folder)
    recorder.packet(0, b"\0" * 20, kind=PacketKind.STUN)
    recorder.packet(0, b"\0" * 20, kind=PacketKind.RTCP, cause=DROPPED)
    recorder.packet(0, rtp(1, HIGH, 96))
    for number in range(20):
        t_ns = number * NS_PER_S // 5
        cause = DROPPED if number in (2, 3, 7) else 0
        recorder.packet(t_ns, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    recorder.packet(4 * NS_PER_S, rtp(1, REPAIR, 97), stream=BOB_DOWN)
    recorder.packet(4 * NS_PER_S, rtp(1, STRANGE, 50), stream=BOB_DOWN)
    recorder.packet(4 * NS_PER_S, rtp(1, STRANGE, 50), stream=900)
    recorder.departure(4 * NS_PER_S, 0, stream=BOB_DOWN, cause=COPY | 17)
    return recorder
