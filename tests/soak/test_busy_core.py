from __future__ import annotations

import os
import signal

import psutil
import pytest

from harness.soak.busy_core import IdleError, burn, busy_core


def test_a_core_is_kept_busy_while_the_block_runs_and_no_longer() -> None:
    with busy_core() as pid:
        process = psutil.Process(pid)
        assert process.ppid() == os.getpid()
        assert process.is_running()

    assert not process.is_running()


def test_its_end_before_the_block_is_told() -> None:
    def kill_it() -> None:
        with busy_core() as pid:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)

    with pytest.raises(IdleError, match="ended by itself, with -9"):
        kill_it()


def test_ctrl_c_in_the_terminal_is_not_sent_to_it() -> None:
    with busy_core() as pid:
        assert os.getpgid(pid) != os.getpgid(0)


def test_nothing_goes_on_without_its_parent() -> None:
    burn(parent_pid=-1)
