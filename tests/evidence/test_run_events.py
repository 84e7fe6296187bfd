from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.run_event import Note, RunFinished, RunStarted
from harness.evidence.run_events import count_events, read_events, read_start
from harness.evidence.run_folder import RunFolder, RunFolderError


def written(tmp_path: Path, *notes: int, worker: str | None = None) -> Path:
    folder = RunFolder(tmp_path, worker=worker)
    for at_ns in notes:
        folder.append(Note(at_ns=at_ns, text=worker or "main"))
    folder.close()
    return tmp_path / (f"events-{worker}.ndjson" if worker else "events.ndjson")


def test_writers_are_merged_by_time(tmp_path: Path) -> None:
    written(tmp_path, 1, 4)
    written(tmp_path, 2, 3, worker="gw0")
    assert [event.at_ns for event in read_events(tmp_path).events] == [1, 2, 3, 4]


@pytest.mark.parametrize("kept", [1, 10, 30])
def test_a_cut_last_line_is_reported(tmp_path: Path, kept: int) -> None:
    file = written(tmp_path, 1, 2)
    first = file.read_bytes().index(b"\n") + 1
    file.write_bytes(file.read_bytes()[: first + kept])
    read = read_events(tmp_path)
    assert [event.at_ns for event in read.events] == [1]
    assert read.problems == ("events.ndjson, line 2: the last line was cut",)


def test_a_whole_last_line_without_its_end_counts(tmp_path: Path) -> None:
    file = written(tmp_path, 1, 2)
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    assert len(read_events(tmp_path).events) == 2


def test_a_damaged_line_costs_only_itself(tmp_path: Path) -> None:
    file = written(tmp_path, 1, 2, 3)
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(lines[0] + b"\x00\xff garbage\n" + lines[2])
    read = read_events(tmp_path)
    assert [event.at_ns for event in read.events] == [1, 3]
    assert read.problems[0].startswith("events.ndjson, line 2: cannot be read")


def finished(tmp_path: Path) -> Path:
    """A run of two processes that says what it wrote."""
    written(tmp_path, 1, 2)
    written(tmp_path, 3, 4, 5, worker="gw0")
    held = count_events(tmp_path)
    assert held == {"events.ndjson": 2, "events-gw0.ndjson": 3}
    folder = RunFolder(tmp_path)
    folder.append(RunFinished(at_ns=9, exit_code=0, reason="", written=held | {"events.ndjson": 3}))
    folder.close()
    assert not read_events(tmp_path).problems
    return tmp_path


def without_line(file: Path, number: int) -> None:
    lines = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))


def test_a_file_that_is_gone_is_a_problem(tmp_path: Path) -> None:
    (finished(tmp_path) / "events-gw0.ndjson").unlink()
    assert read_events(tmp_path).problems == ("events-gw0.ndjson is gone with its 3 events",)


@pytest.mark.parametrize(
    ("name", "line"), [("events-gw0.ndjson", 2), ("events-gw0.ndjson", 0), ("events.ndjson", 1)]
)
def test_a_whole_line_that_is_gone_is_a_problem(tmp_path: Path, name: str, line: int) -> None:
    without_line(finished(tmp_path) / name, line)
    assert read_events(tmp_path).problems == (f"{name} holds 2 of its 3 events",)


def test_what_a_process_wrote_after_the_end_is_no_problem(tmp_path: Path) -> None:
    written(finished(tmp_path), 10, worker="gw0")
    written(tmp_path, 11, worker="gw1")
    assert not read_events(tmp_path).problems


def test_kinds_of_a_newer_version_are_counted(tmp_path: Path) -> None:
    file = written(tmp_path, 1)
    file.write_bytes(file.read_bytes() + b'{"event": "telepathy", "at_ns": 2}\n' * 2)
    read = read_events(tmp_path)
    assert read.unknown == {"telepathy": 2}
    assert not read.problems
    assert read.of(RunFinished) == []


def test_the_start_is_the_first_line_of_a_writer(tmp_path: Path) -> None:
    written(tmp_path, 1)
    assert read_start(tmp_path) is None
    start = RunStarted(at_ns=1, started="now", seed=1, backend="binary", command=())
    folder = RunFolder(tmp_path, worker="gw0")
    folder.append(start)
    folder.close()
    (tmp_path / "events-a.ndjson").write_bytes(b"\x00\xff garbage\n")
    assert read_start(tmp_path) == start


def test_a_folder_of_something_else_says_so(tmp_path: Path) -> None:
    with pytest.raises(RunFolderError, match=r"is not the folder of a run: there is no events"):
        read_events(tmp_path)
