from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.ledger_export import export_file
from harness.evidence.ledger_records import LedgerError


def test_an_export_replaces_a_former_one(tmp_path: Path) -> None:
    path = tmp_path / "out"
    path.write_bytes(b"what was there before")
    with export_file(path, tmp_path) as file:
        file.write(b"new")
    assert path.read_bytes() == b"new"


@pytest.mark.parametrize("name", ["arrivals.bin", "departures.bin", "bindings.ndjson"])
def test_the_ledger_itself_is_never_written_over(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"precious")
    with (
        pytest.raises(LedgerError, match="a part of the ledger itself"),
        export_file(tmp_path / "x" / ".." / name, tmp_path),
    ):
        pytest.fail("the file was opened")
    assert (tmp_path / name).read_bytes() == b"precious"


def test_a_dash_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with (
        pytest.raises(LedgerError, match="name one instead of -"),
        export_file(Path("-"), tmp_path),
    ):
        pytest.fail("the file was opened")
    assert not (tmp_path / "-").exists()


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerError, match=r"cannot write .*nowhere/out: No such file"),
        export_file(tmp_path / "nowhere" / "out", tmp_path),
    ):
        pytest.fail("the file was opened")


def test_a_full_disk_is_said(tmp_path: Path) -> None:
    with (
        pytest.raises(LedgerError, match="cannot write /dev/full: No space left"),
        export_file(Path("/dev/full"), tmp_path) as file,
    ):
        file.write(bytes(1 << 20))
