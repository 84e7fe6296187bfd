"""The first moments of a child: what it sheds of the keeper before it is a program of its own."""

from __future__ import annotations

import atexit
import importlib
import os
import random
import signal
import socket
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

from harness.processes.linux import die_with_parent
from harness.processes.messages import Spawn

_EXEC_FAILED = 127


def start_target(target: str, channel: socket.socket, log: int, shed: Callable[[], None]) -> int:
    """Fork; the child calls `target` and ends with it.

    Args:
        target: `module:function`; the function takes the socket.
        channel: the child's end; the caller closes its own copy.
        log: file descriptor for standard output and error of the child.
        shed: closes, in the child, what belongs to the keeper.

    Returns:
        Process id of the child.
    """
    keeper_pid = os.getpid()
    pid = os.fork()
    if pid == 0:
        _run_target(target, channel, log, shed, keeper_pid)
    return pid


def start_program(spawn: Spawn, log: int, shed: Callable[[], None]) -> int:
    """Fork and exec.

    Returns:
        Process id of the program.

    Raises:
        OSError: the program cannot be executed, or its folder cannot be entered.
    """
    keeper_pid = os.getpid()
    told, tell = os.pipe()
    pid = os.fork()
    if pid == 0:
        _run_program(spawn, log, shed, keeper_pid, tell)
    os.close(tell)
    with os.fdopen(told, "rb") as pipe:
        error = pipe.read()  # empty as soon as the exec has closed the other end
    if error:
        os.waitpid(pid, 0)
        raise OSError(int(error), os.strerror(int(error)))
    return pid


def _run_target(
    target: str, channel: socket.socket, log: int, shed: Callable[[], None], keeper_pid: int
) -> NoReturn:
    code = 1
    try:
        _leave_keeper(log, shed, keeper_pid)
        _own_randomness()
        module, _, function = target.partition(":")
        getattr(importlib.import_module(module), function)(channel)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if isinstance(end.code, str):
            sys.stderr.write(f"{end.code}\n")
    except BaseException:
        traceback.print_exc()
    finally:
        # Nothing of the keeper may run here: no unwinding, no exit handlers.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _run_program(
    spawn: Spawn, log: int, shed: Callable[[], None], keeper_pid: int, tell: int
) -> NoReturn:
    try:
        _leave_keeper(log, shed, keeper_pid)
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
        if spawn.cwd is not None:
            os.chdir(spawn.cwd)
        env = os.environ if spawn.env is None else spawn.env
        os.execvpe(spawn.argv[0], spawn.argv, env)  # noqa: S606 - a shell is what we avoid
    except OSError as error:
        os.write(tell, str(error.errno).encode())
    finally:
        os._exit(_EXEC_FAILED)


def _leave_keeper(log: int, shed: Callable[[], None], keeper_pid: int) -> None:
    die_with_parent(keeper_pid)
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()  # Ctrl-C in the terminal reaches only the run
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    shed()
    atexit._clear()  # noqa: SLF001 - exit handlers that the keeper's imports registered


def _own_randomness() -> None:
    random.seed()
    numpy_random = sys.modules.get("numpy.random")
    if numpy_random is not None:
        numpy_random.seed()
