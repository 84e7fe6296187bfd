"""A process that keeps one core busy and does nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

LOAD = "one core kept busy"
"""What runs beside it say of their machine."""
_STEPS = 200_000
"""Between two looks at the parent, some milliseconds."""
_END_S = 10.0


class IdleError(RuntimeError):
    """What was to keep a core busy ended before its time."""


@contextmanager
def busy_core() -> Iterator[int]:
    """Keep one core busy while the block runs; gives the pid of the process that does.

    It has a session of its own, so that Ctrl-C ends the block and not the load. Raises IdleError at
    the end of the block when that process has not lived as long.
    """
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", __name__, str(os.getpid())],
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        yield process.pid
        if process.poll() is not None:
            raise IdleError(
                f"the process that was to keep a core busy ended by itself, with {process.poll()}"
            )
    finally:
        process.kill()
        process.wait(_END_S)


def burn(parent_pid: int) -> None:
    """Compute nothing until the parent is gone."""
    while os.getppid() == parent_pid:
        for _ in range(_STEPS):
            pass


if __name__ == "__main__":
    burn(int(sys.argv[1]))
