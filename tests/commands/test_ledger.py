from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from harness.cli import main
from harness.commands.command import NOTHING_FOUND
from harness.evidence.ledger_summary import LedgerSummary
from tests.evidence.ledger_recorder import BOB_DOWN, VIDEO, call, every_fate, lossy_call, rtp
from tests.evidence.pcapng_reader import read_pcapng


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    recorder = call(tmp_path)
    recorder.packet(2_000, rtp(1, VIDEO, 96), stream=BOB_DOWN)
    recorder.ledger()
    return tmp_path


def test_the_summary_is_printed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(folder)]) == 0
    assert "TR_v video vp8: 1 packet," in capsys.readouterr().out


def test_the_summary_for_machines(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ledger", str(folder), "--json"]) == 0
    summary = msgspec.json.decode(capsys.readouterr().out, type=LedgerSummary)
    assert summary.packets == 1


def test_golden(
    tmp_path: Path, golden: Callable[[str, str], None], capsys: pytest.CaptureFixture[str]
) -> None:
    lossy_call(tmp_path).ledger()
    assert main(["ledger", str(tmp_path), "--json"]) == 0
    golden("ledger.json", capsys.readouterr().out)


def test_golden_of_each_packet(tmp_path: Path, golden: Callable[[str, bytes], None]) -> None:
    every_fate(tmp_path).ledger()
    ndjson = tmp_path / "a.ndjson"
    assert main(["ledger", str(tmp_path), "--ndjson", str(ndjson)]) == 0
    golden("ledger.ndjson", ndjson.read_bytes())


def test_exports_are_written_and_nothing_is_printed(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    pcap, ndjson = folder / "a.pcapng", folder / "a.ndjson"
    assert main(["ledger", str(folder), "--pcap", str(pcap), "--ndjson", str(ndjson)]) == 0
    assert capsys.readouterr().out == ""
    assert len(read_pcapng(pcap).packets) == 2
    assert ndjson.read_bytes().count(b"\n") == 1


@pytest.mark.parametrize(
    ("argv", "says"),
    [
        (["/nowhere"], "/nowhere is not a folder"),
        (["/usr"], "/usr holds no ledger"),
        (["{folder}", "--pcap", "-"], "name one instead of -"),
        (["{folder}", "--ndjson", "-"], "name one instead of -"),
        (["{folder}", "--pcap", "/nowhere/x"], "cannot write /nowhere/x"),
        (["{folder}", "--ndjson", "{folder}/arrivals.bin"], "a part of the ledger itself"),
    ],
)
def test_a_mistake_is_one_line(
    folder: Path, argv: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ledger", *(word.format(folder=folder) for word in argv)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert says in captured.err
    assert captured.err.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--json"], ["--ndjson", "{folder}/x.ndjson"]])
def test_a_record_that_was_cut_is_told_and_found_wrong(
    folder: Path, options: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    cut = folder / "arrivals.bin"
    cut.write_bytes(cut.read_bytes()[:-10])
    argv = ["ledger", str(folder), *(word.format(folder=folder) for word in options)]

    assert main(argv) == NOTHING_FOUND
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert "arrivals.bin ends within a record" in said
    assert "departures.bin holds 1 packet from after the end of arrivals.bin" in said


def test_an_empty_file_is_called_empty(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "arrivals.bin").write_bytes(b"")
    assert main(["ledger", str(folder)]) == 2
    assert "arrivals.bin is empty" in capsys.readouterr().err


def test_damaged_files_are_one_line(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name, damage in [
        ("bindings.ndjson", b"{}\n"),
        ("departures.bin", b""),
        ("arrivals.bin", b"something else altogether"),
    ]:
        whole = (folder / name).read_bytes()
        (folder / name).write_bytes(damage)
        assert main(["ledger", str(folder)]) == 2
        assert capsys.readouterr().err.count("\n") == 1
        (folder / name).write_bytes(whole)
