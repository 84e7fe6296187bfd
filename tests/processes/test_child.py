from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from harness.processes.child import Child
from harness.processes.keeper_client import Keeper

LIMIT_S = 10.0
Fork = Callable[[str], Child]


def test_terminate_and_kill(keeper: Keeper, tmp_path: Path) -> None:
    log = tmp_path / "sleep.log"
    first = keeper.spawn(["sleep", "300"], name="sleep", log=log)
    first.terminate()
    assert str(first.wait(LIMIT_S)) == "killed by SIGTERM"
    second = keeper.spawn(["sleep", "300"], name="sleep", log=log)
    assert second.wait(0) is None
    second.kill()
    assert str(second.wait(LIMIT_S)) == "killed by SIGKILL"
    second.kill()  # nothing happens


def test_last_lines_of_a_long_log_and_of_none(keeper: Keeper, tmp_path: Path) -> None:
    log = tmp_path / "long.log"
    child = keeper.spawn(["sleep", "300"], name="sleep", log=log)
    log.write_text("".join(f"line {number}\n" for number in range(20000)))
    assert child.last_lines(2) == ["line 19998", "line 19999"]
    log.unlink()
    assert child.last_lines() == []


def test_a_paused_process_does_nothing_until_it_is_resumed(keeper: Keeper, tmp_path: Path) -> None:
    child = keeper.spawn(["sleep", "0.2"], name="sleep", log=tmp_path / "sleep.log")
    child.pause()
    assert child.wait(1.0) is None
    child.resume()
    assert str(child.wait(LIMIT_S)) == "exit code 0"
