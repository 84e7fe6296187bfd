from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from harness.evidence import ledger_fates
from harness.evidence.bindings import FILE_NAME, FlowRow
from harness.evidence.ledger_pcapng import write_pcapng
from harness.evidence.ledger_records import ALTERED, COPY, HEAD_BYTES, LedgerError, PacketKind
from tests.evidence.ledger_recorder import (
    BOB_DOWN,
    CLOCK,
    DROPPED,
    MICROPHONE,
    VIDEO,
    Recorder,
    call,
    rtp,
)
from tests.evidence.pcapng_reader import ReadFile, read_pcapng


def export(recorder: Recorder) -> ReadFile:
    path = recorder.folder / "out.pcapng"
    blocks = write_pcapng(recorder.ledger(), path)
    read = read_pcapng(path)
    assert len(read.packets) == blocks
    return read


def test_a_packet_is_seen_on_both_sides_of_the_relay(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    data = rtp(1, MICROPHONE, 111)
    recorder.packet(2_000, data)
    recorder.packet(3_000, data, stream=BOB_DOWN)
    read = export(recorder)
    assert read.interfaces[:4] == ["alice client", "alice server", "bob client", "bob server"]
    offset_ns = CLOCK.wall_ns - CLOCK.at_ns
    assert [(one.interface, one.at_ns - offset_ns) for one in read.packets] == [
        ("alice client", 2_000),
        ("alice server", 2_005),
        ("bob server", 3_000),
        ("bob client", 3_005),
    ]
    assert "Times are of the day" in read.comment
    up, up_again, down, _ = read.packets
    assert up.data == up_again.data
    assert up.data[28:] == data[:HEAD_BYTES]
    assert up.size == len(data) + 28
    assert (up.options[5], up.options[2][0], up_again.options[2][0]) == (up_again.options[5], 1, 2)
    client, server = bytes([10, 0, 0, 1]), bytes([127, 0, 0, 1])
    assert (up.data[12:16], up.data[16:20]) == (client, server)
    assert (down.data[12:16], down.data[16:20]) == (server, bytes([10, 0, 0, 2]))
    assert int.from_bytes(up.data[20:22], "big") == 5000
    assert down.options[5] != up.options[5]


@pytest.mark.parametrize("chunk", [1, 2, 100])
def test_what_happened_to_a_packet_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(ledger_fates, "CHUNK", chunk)
    recorder = call(tmp_path)
    for number, cause in enumerate([DROPPED, 2, None, ALTERED | 18, 0]):
        recorder.packet(2_000 + 10 * number, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    recorder.departure(2_900, 4, stream=BOB_DOWN, cause=COPY | 17)
    seen = [(one.interface, one.comment) for one in export(recorder).packets]
    assert seen == [
        ("bob server", "dropped by loss (ratio 0.1)"),
        ("bob server", "the socket was full"),
        ("bob server", "on its way when the record ended"),
        ("bob server", ""),
        ("bob client", "altered by corrupt (ratio 1)"),
        ("bob server", ""),
        ("bob client", ""),
        ("bob client", "copied by duplicate (ratio 1)"),
    ]


def test_blocks_are_in_order_of_time_and_short_packets_are_whole(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(2_000, b"\0\1abc", kind=PacketKind.STUN, cause=None)
    for number in range(5):
        recorder.packet(2_001 + number, rtp(number, MICROPHONE, 111))
    recorder.departure(9_000, 0, stream=0, cause=0)
    packets = export(recorder).packets
    assert [one.at_ns for one in packets] == sorted(one.at_ns for one in packets)
    assert packets[0].data[28:] == packets[-1].data[28:] == b"\0\1abc"


def test_flows_without_a_binding_are_nobody_s_and_times_without_a_clock_monotonic(
    tmp_path: Path,
) -> None:
    recorder = call(tmp_path)
    recorder.packet(2_000, rtp(1, MICROPHONE, 111), stream=900)
    (tmp_path / FILE_NAME).unlink()
    read = export(recorder)
    assert [(one.interface, one.at_ns) for one in read.packets] == [
        ("unknown client", 2_000),
        ("unknown server", 2_005),
    ]
    assert "Times are since the machine was started" in read.comment


def test_an_address_that_cannot_be_shown_is_an_error(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path)
    recorder.bind(
        FlowRow(at_ns=1, flow=0, participant="alice", client="[::1]:5", upstream="127.0.0.1:6")
    )
    recorder.packet(2_000, rtp(1, MICROPHONE, 111))
    with pytest.raises(LedgerError, match="flow 0 cannot be shown in a pcapng file"):
        export(recorder)


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_wireshark_reads_it(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    for number in range(3):
        cause = DROPPED if number == 1 else 0
        recorder.packet(2_000 + number, rtp(number, VIDEO, 96), stream=BOB_DOWN, cause=cause)
    export(recorder)
    fields = ("frame.interface_name", "frame.comment", "rtp.ssrc", "rtp.seq", "ip.checksum.status")
    printed = subprocess.run(
        [
            *("tshark", "-r", str(tmp_path / "out.pcapng"), "-o", "ip.check_checksum:TRUE"),
            *("-d", "udp.port==7882,rtp", "-T", "fields", "-E", "separator=;"),
            *(word for field in fields for word in ("-e", field)),
        ],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    ).stdout.splitlines()
    assert printed == [
        "bob server;;0x00000008;0;1",
        "bob server;dropped by loss (ratio 0.1);0x00000008;1;1",
        "bob server;;0x00000008;2;1",
        "bob client;;0x00000008;0;1",
        "bob client;;0x00000008;2;1",
    ]
