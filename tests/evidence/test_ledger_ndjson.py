from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence import ledger_fates
from harness.evidence.bindings import FILE_NAME
from harness.evidence.ledger_ndjson import PacketLine, write_ndjson
from tests.evidence.ledger_recorder import (
    CLOCK,
    HIGH,
    MICROPHONE,
    Recorder,
    call,
    every_fate,
    rtp,
)


def export(recorder: Recorder) -> list[PacketLine]:
    path = recorder.folder / "out.ndjson"
    count = write_ndjson(recorder.ledger(), path)
    decoder = msgspec.json.Decoder(PacketLine)
    lines = [decoder.decode(line) for line in path.read_bytes().splitlines()]
    assert len(lines) == count
    return lines


def test_a_line_tells_everything_that_is_known(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(2_000, rtp(65_535, MICROPHONE, 111, level=30))
    assert export(recorder) == [
        PacketLine(
            t_ns=2_000,
            wall_ns=CLOCK.wall_ns + 1_000,
            departure_ns=2_005,
            participant="alice",
            direction="up",
            flow=0,
            n=0,
            kind="rtp",
            size=len(rtp(0, 7, 111, level=30)),
            fate="forwarded",
            track="TR_a",
            medium="audio",
            codec="opus",
            ssrc=MICROPHONE,
            seq=65_535,
            pt=111,
            rtp_timestamp=0,
            audio_level=30,
        )
    ]


@pytest.mark.parametrize("chunk", [1, 2, 3, 100])
def test_lines_keep_to_their_packets_however_they_are_cut_into_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(ledger_fates, "CHUNK", chunk)
    lines = export(every_fate(tmp_path))
    assert [(one.participant, one.direction, one.kind, one.fate) for one in lines] == [
        ("alice", "up", "rtp", "forwarded"),
        ("alice", "up", "stun", "other"),
        ("bob", "down", "rtp", "dropped"),
        ("bob", "down", "rtp", "altered"),
        (None, "up", "rtp", "under_way"),
        ("bob", "down", "rtp", "forwarded"),
    ]
    assert [(one.track, one.layer, one.codec, one.repair, one.seq) for one in lines] == [
        ("TR_v", "f", "vp8", False, 1),
        (None, None, None, False, None),
        ("TR_v", None, "vp8", False, 2),
        ("TR_v", None, "rtx", True, 3),
        (None, None, None, False, 4),
        ("TR_v", None, "vp8", False, 5),
    ]
    assert [(one.departure_ns, one.cause, one.copies) for one in lines] == [
        (15, None, 0),
        (None, "the server's port was closed", 0),
        (None, "dropped by loss (ratio 0.1)", 0),
        (18, "altered by corrupt (ratio 1)", 0),
        (None, "on its way when the record ended", 0),
        (20, None, 1),
    ]


def test_without_a_clock_and_without_bindings(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(10, rtp(1, HIGH, 96))
    (tmp_path / FILE_NAME).unlink()
    (line,) = export(recorder)
    assert (line.participant, line.wall_ns, line.ssrc) == (None, None, HIGH)


def test_an_empty_ledger_is_an_empty_file(tmp_path: Path) -> None:
    assert export(call(tmp_path)) == []
