"""Whether processes have ended that were killed by others."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

import psutil

LIMIT_S = 15.0


def assert_gone(pids: Iterable[int]) -> None:
    """Within LIMIT_S: who kills a group of processes waits for the first of them alone."""
    processes = []
    for pid in pids:
        with suppress(psutil.NoSuchProcess):
            processes.append(psutil.Process(pid))
    _, left = psutil.wait_procs(processes, timeout=LIMIT_S)
    assert not [process for process in left if process.status() != psutil.STATUS_ZOMBIE]
