from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import msgspec
import pytest

from harness.evidence import run_folder
from harness.evidence.run_event import Note
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import (
    KEEP_RUNS,
    Owner,
    RunFolder,
    RunFolderError,
    latest,
    owner_of,
    prune,
    run_folders,
    unreported,
)

DEAD = Owner(pid=2**22 - 1, created_s=0.0)


def leftover(root: Path, number: int, owner: Owner = DEAD) -> Path:
    folder = root / f"20250101T0000{number:02}.000000Z-abcdef"
    folder.mkdir()
    (folder / run_folder.OWNER).write_bytes(msgspec.json.encode(owner))
    return folder


def test_a_folder_is_made_named_by_time_and_pointed_to(tmp_path: Path) -> None:
    root = tmp_path / "reports"
    first, second = RunFolder.create(root), RunFolder.create(root)
    assert run_folders(root) == [first.path, second.path]
    assert latest(root) == second.path
    assert (root / "latest").readlink() == Path(second.path.name)
    assert owner_of(second.path) == Owner.current()
    first.close()
    second.close()
    second.close()


def test_a_text_file_stands_in_where_there_are_no_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise OSError("not here")

    monkeypatch.setattr(Path, "symlink_to", refuse)
    folder = RunFolder.create(tmp_path)
    assert latest(tmp_path) == folder.path
    assert sorted(path.name for path in tmp_path.iterdir()) == [folder.path.name, "latest.txt"]
    folder.close()


def test_a_folder_called_latest_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "latest").mkdir()
    folder = RunFolder.create(tmp_path)
    assert (tmp_path / "latest.txt").read_text().strip() == folder.path.name
    folder.close()


def test_old_runs_go_when_a_new_one_comes(tmp_path: Path) -> None:
    old = [leftover(tmp_path, number) for number in range(KEEP_RUNS + 2)]
    folder = RunFolder.create(tmp_path)
    assert run_folders(tmp_path) == [*old[3:], folder.path]
    folder.close()


def test_prune_keeps_what_lives_and_what_is_no_run(tmp_path: Path) -> None:
    alive = leftover(tmp_path, 1, Owner.current())
    dead = leftover(tmp_path, 2)
    unmarked = tmp_path / "20250101T000003.000000Z-abcdef"
    unmarked.mkdir()
    foreign = tmp_path / "my-folder"
    foreign.mkdir()
    (tmp_path / "20250101T000004.000000Z-abcdef").symlink_to(foreign)
    assert prune(tmp_path, keep=0) == [dead]
    assert alive.exists()
    assert unmarked.exists()
    assert foreign.exists()


def test_a_killed_run_has_no_report_yet(tmp_path: Path) -> None:
    leftover(tmp_path, 1, Owner.current())
    dead, reported = leftover(tmp_path, 2), leftover(tmp_path, 3)
    (reported / run_folder.REPORT).touch()

    assert unreported(tmp_path) == [dead]


def test_a_reused_pid_is_not_the_owner() -> None:
    assert Owner.current().alive()
    assert not Owner(pid=os.getpid(), created_s=Owner.current().created_s - 60).alive()
    assert not DEAD.alive()


def test_a_damaged_owner_is_no_owner(tmp_path: Path) -> None:
    (tmp_path / run_folder.OWNER).write_text("{")
    assert owner_of(tmp_path) is None


def test_threads_write_whole_lines(tmp_path: Path) -> None:
    folder = RunFolder.create(tmp_path)

    def write(thread: int) -> None:
        for number in range(50):
            folder.append(Note(at_ns=thread * 100 + number, text="x" * 500))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    read = read_events(folder.path)
    assert len(read.events) == 200
    assert not read.problems
    folder.close()


def test_events_survive_a_kill(tmp_path: Path) -> None:
    program = """
import os, signal, sys
from pathlib import Path
from harness.evidence.run_event import Note
from harness.evidence.run_folder import RunFolder
folder = RunFolder.create(Path(sys.argv[1]))
folder.append(Note(at_ns=1, text="written"))
os.kill(os.getpid(), signal.SIGKILL)
"""
    ended = subprocess.run([sys.executable, "-c", program, str(tmp_path)], timeout=30, check=False)
    assert ended.returncode == -9
    path = latest(tmp_path)
    assert path is not None
    assert read_events(path).of(Note) == [Note(at_ns=1, text="written")]
    owner = owner_of(path)
    assert owner is not None
    assert not owner.alive()


def test_a_root_that_is_a_file_says_so(tmp_path: Path) -> None:
    root = tmp_path / "file"
    root.write_text("")
    with pytest.raises(RunFolderError, match=r"cannot write .*file.*: Not a directory; make room"):
        RunFolder.create(root)


def test_an_unwritable_root_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_args: object, **_more: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)  # the tests may run as root, who may write anywhere
    with pytest.raises(RunFolderError, match="Permission denied; make room there or choose"):
        RunFolder.create(tmp_path)


def test_a_disk_that_fills_while_a_folder_is_made_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(RunFolderError, match="No space left on device; make room there"):
        RunFolder.create(tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_half_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = RunFolder.create(tmp_path)
    folder.append(Note(at_ns=1, text="before"))
    write = os.write

    def half(fd: int, data: bytes) -> int:
        return write(fd, data[: len(data) // 2])

    with monkeypatch.context() as patch:
        patch.setattr(os, "write", half)
        with pytest.raises(RunFolderError, match="No space left on device"):
            folder.append(Note(at_ns=2, text="lost"))
    folder.append(Note(at_ns=3, text="after"))
    read = read_events(folder.path)
    assert [event.at_ns for event in read.events] == [1, 3]
    assert not read.problems
    folder.close()
