from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.processes.child import Child, Exit
from harness.processes.keeper_client import Keeper, KeeperError

LIMIT_S = 10.0
Fork = Callable[[str], Child]


def test_forked_program_talks_over_its_socket(fork: Fork) -> None:
    child = fork("echo")
    assert child.socket is not None
    child.socket.sendall(b"hello")
    assert child.socket.recv(100) == b"hello"
    child.socket.close()
    assert child.wait(LIMIT_S) == Exit(code=0, signal=None)


@pytest.mark.parametrize("fault", ["no file", "no permission", "no program"])
def test_program_that_cannot_start_is_one_line(keeper: Keeper, tmp_path: Path, fault: str) -> None:
    program = tmp_path / "program"
    if fault != "no file":
        program.write_bytes(b"\x7fELF but not really")
        program.chmod(0o755 if fault == "no program" else 0o644)
    with pytest.raises(KeeperError, match=r"^cannot start .*program: \[Errno") as raised:
        keeper.spawn([str(program)], name="program", log=tmp_path / "program.log")
    assert "\n" not in str(raised.value)


def test_log_that_cannot_be_written_is_one_line(keeper: Keeper, tmp_path: Path) -> None:
    with pytest.raises(KeeperError, match="No such file or directory"):
        keeper.spawn(["sleep", "300"], name="sleep", log=tmp_path / "nowhere" / "sleep.log")


def test_death_of_the_keeper_is_told_to_everyone(fork: Fork, keeper: Keeper) -> None:
    child = fork("echo")
    os.kill(keeper.pid, signal.SIGKILL)
    assert str(child.wait(LIMIT_S)) == "ended together with the keeper"
    with pytest.raises(KeeperError, match="the keeper process is gone"):
        fork("echo")


def test_preload_that_cannot_be_imported_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(KeeperError, match="cannot import no_such_module: ModuleNotFoundError"):
        Keeper.start(preload=["no_such_module"], log=tmp_path / "keeper.log")


def test_folder_called_harness_in_the_working_directory_is_not_taken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "harness").mkdir()
    (tmp_path / "harness" / "__init__.py").write_text("raise RuntimeError('the wrong one')")
    monkeypatch.chdir(tmp_path)
    with Keeper.start(preload=["harness.processes.lines"], log=tmp_path / "keeper.log"):
        pass


def test_many_threads_may_start_processes_at_once(fork: Fork) -> None:
    answers: list[bytes] = []

    def start(number: int) -> None:
        child = fork("echo")
        assert child.socket is not None
        child.socket.sendall(b"%d" % number)
        answers.append(child.socket.recv(100))
        child.socket.close()

    threads = [threading.Thread(target=start, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(LIMIT_S)
    assert sorted(answers) == [b"%d" % number for number in range(8)]
