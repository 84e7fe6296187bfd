from __future__ import annotations

import signal
import sys
from collections.abc import Callable
from pathlib import Path

from harness.processes.child import Child, Exit
from harness.processes.keeper_client import Keeper

LIMIT_S = 10.0
Fork = Callable[[str], Child]


def finished(child: Child) -> Exit:
    exited = child.wait(LIMIT_S)
    assert exited is not None
    return exited


def test_child_inherits_only_its_own_socket(fork: Fork, line_of: Callable[[Child], str]) -> None:
    bystander = fork("echo")
    assert line_of(fork("describe")) == "(1, 0, True, True, True)"
    assert bystander.socket is not None
    bystander.socket.close()
    assert bystander.wait(LIMIT_S) is not None, "somebody else holds its socket open"


def test_children_draw_different_random_numbers(
    fork: Fork, line_of: Callable[[Child], str]
) -> None:
    first, second = (line_of(fork("draw")).split() for _ in range(2))
    assert len({*first, *second}) == 4


def test_exit_handlers_of_the_keeper_do_not_run_in_children(fork: Fork) -> None:
    child = fork("exiting")
    assert str(child.wait(LIMIT_S)) == "exit code 3"
    assert child.last_lines() == []
    assert child.socket is not None
    child.socket.close()


def test_exception_ends_in_the_log(fork: Fork) -> None:
    child = fork("failing")
    assert finished(child) == Exit(code=1, signal=None)
    lines = child.last_lines()
    assert lines[0] == "about to fail"
    assert lines[-1] == "ValueError: as it was told"
    assert child.last_lines(1) == lines[-1:]


def test_exit_with_a_message_is_a_failure_with_that_message(fork: Fork) -> None:
    child = fork("refusing")
    assert finished(child).code == 1
    assert child.last_lines() == ["this cannot work"]


def test_abort_is_reported_as_its_signal(fork: Fork) -> None:
    child = fork("aborting")
    assert finished(child) == Exit(code=None, signal=signal.SIGABRT)
    assert str(child.exited) == "killed by SIGABRT"
    assert child.last_lines()[0] == "native panic"


def test_unknown_function_is_told_in_the_log(fork: Fork) -> None:
    child = fork("nowhere")
    assert finished(child).code == 1
    assert "has no attribute 'nowhere'" in child.last_lines()[-1]


def test_program_gets_its_environment_and_folder_and_no_other(
    keeper: Keeper, tmp_path: Path
) -> None:
    script = "import os; print(os.getcwd(), os.environ.get('SECRET'), os.environ.get('HOME'))"
    child = keeper.spawn(
        [sys.executable, "-c", script],
        name="printer",
        log=tmp_path / "printer.log",
        env={"SECRET": "s"},
        cwd=tmp_path,
    )
    assert child.socket is None
    assert finished(child) == Exit(code=0, signal=None)
    assert child.last_lines() == [f"{tmp_path} s None"]
