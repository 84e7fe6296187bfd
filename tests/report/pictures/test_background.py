from __future__ import annotations

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.background import background, why_not
from tests.report.pictures.evidence import MUTED_S, opened


def test_it_is_what_was_done_to_packets_and_what_people_did(folder: AttemptFolder) -> None:
    behind = background(folder)
    assert "bob: loss 5 % down" in [band.label for band in behind.bands]
    assert MUTED_S in [mark.at for mark in behind.marks]
    assert behind.problems == ()


def test_what_cannot_be_read_is_missing_and_told(folder: AttemptFolder) -> None:
    (folder.path / "bindings.ndjson").write_bytes(b"{}\n")
    behind = background(opened(folder.path))
    assert behind.bands == ()
    assert len(behind.marks) == 3
    [problem] = behind.problems
    assert problem.startswith("what was done to packets is not known: bindings.ndjson:1: ")


def test_an_error_is_told_without_the_way_there(folder: AttemptFolder) -> None:
    assert why_not(ValueError(f"{folder.path}/x.wav: odd"), folder) == "x.wav: odd"
    assert why_not(FileNotFoundError(2, "No such file", "x"), folder) == "No such file"
