"""A run's side of its keeper: starting processes and hearing of their end."""

from __future__ import annotations

import contextlib
import itertools
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, InvalidStateError
from pathlib import Path
from types import TracebackType
from typing import Self

from harness.processes.child import Child, Exit
from harness.processes.keeper import GRACE_S
from harness.processes.messages import (
    Close,
    Exited,
    Fork,
    LineBuffer,
    Message,
    Prepare,
    Ready,
    Report,
    Signal,
    Spawn,
    Started,
    decode_report,
    encode,
)

_log = logging.getLogger(__name__)

_READY_LIMIT_S = 60.0
_ANSWER_LIMIT_S = 10.0
_READ_SIZE = 65536


class KeeperError(Exception):
    """A process could not be started, or the keeper itself is gone."""


class Keeper:
    """The process that is the parent of everything a run starts. Thread-safe, synchronous.

    Whatever it started ends with the run, even if the run or the keeper itself is killed
    (the latter on Linux only).
    """

    def __init__(self, process: subprocess.Popen[bytes], control: socket.socket) -> None:
        self._process = process
        self._control = control
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._ready: Future[Ready] = Future()
        self._starting: dict[int, tuple[Future[Child], Child]] = {}
        self._children: dict[int, Child] = {}
        self._gone = False
        self._reader = threading.Thread(target=self._read, name="keeper-reader", daemon=True)
        self._reader.start()

    @classmethod
    def start(cls, *, preload: Sequence[str], log: Path) -> Self:
        """Start the keeper and wait until it has imported all of `preload`.

        Args:
            preload: modules that forked programs will need; imported once, here.
            log: file for what the keeper itself prints (normally nothing).

        Raises:
            KeeperError: it did not start, or a module cannot be imported.
        """
        ours, theirs = socket.socketpair()
        # Threads of a BLAS pool would make forking unsafe.
        env = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
        with theirs, log.open("ab") as output:
            # -P: a folder called `harness` in the user's working directory is not ours.
            program = [sys.executable, "-P", "-m", "harness.processes.keeper"]
            process = subprocess.Popen(
                [*program, str(theirs.fileno()), str(os.getpid())],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                pass_fds=[theirs.fileno()],
                env=env,
                start_new_session=True,
            )
        keeper = cls(process, ours)
        try:
            keeper._prepare(preload)
        except BaseException:
            keeper.close()
            raise
        return keeper

    @property
    def pid(self) -> int:
        """Process id of the keeper."""
        return self._process.pid

    def fork(self, target: str, *, name: str, log: Path) -> Child:
        """Start a Python program as a fork of the keeper.

        Args:
            target: `module:function`; called with the child's end of a stream socket. The process
                ends when it returns; a traceback of what it raises ends in the log.
            name: what to call the process in messages.
            log: file that its standard output and error are appended to.

        Raises:
            KeeperError: the log cannot be written, or the keeper is gone.
        """
        ours, theirs = socket.socketpair()
        number = next(self._numbers)
        child = Child(name=name, log=log, channel=ours, signal_with=self._signal)
        with theirs:
            try:
                request = Fork(request=number, target=target, log=str(log))
                return self._start_child(number, child, request, [theirs.fileno()])
            except KeeperError:
                ours.close()
                raise

    def spawn(
        self,
        argv: Sequence[str],
        *,
        name: str,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Child:
        """Start a foreign program in a process group of its own.

        Args:
            argv: program and arguments, without a shell.
            name: what to call the process in messages.
            log: file that its standard output and error are appended to.
            env: its whole environment; None: that of the run.
            cwd: its working directory; None: that of the run.

        Raises:
            KeeperError: it cannot be executed, the log cannot be written, or the keeper is gone.
        """
        number = next(self._numbers)
        child = Child(name=name, log=log, channel=None, signal_with=self._signal)
        request = Spawn(
            request=number,
            argv=list(argv),
            env=None if env is None else dict(env),
            cwd=None if cwd is None else str(cwd),
            log=str(log),
        )
        return self._start_child(number, child, request, [])

    def close(self) -> None:
        """End all children (SIGTERM, after two seconds SIGKILL), then the keeper."""
        with contextlib.suppress(KeeperError):
            self._send(Close())
        try:
            self._process.wait(timeout=GRACE_S + 5)
        except subprocess.TimeoutExpired:
            self._process.kill()  # its children die with it
            self._process.wait(timeout=5)
        self._reader.join(timeout=5)
        self._control.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _prepare(self, preload: Sequence[str]) -> None:
        self._send(Prepare(path=sys.path, preload=list(preload)))
        try:
            problem = self._ready.result(timeout=_READY_LIMIT_S).problem
        except TimeoutError:
            problem = f"no answer within {_READY_LIMIT_S:.0f} s"
        if problem is not None:
            raise KeeperError(f"the keeper process did not start: {problem}")

    def _start_child(
        self, number: int, child: Child, request: Message, channels: list[int]
    ) -> Child:
        answer: Future[Child] = Future()
        with self._lock:
            self._starting[number] = (answer, child)
        self._send(request, channels)
        try:
            return answer.result(timeout=_ANSWER_LIMIT_S)
        except TimeoutError:
            raise KeeperError(
                f"cannot start {child.name}: the keeper did not answer in {_ANSWER_LIMIT_S:.0f} s"
            ) from None

    def _send(self, message: Message, channels: Sequence[int] = ()) -> None:
        data = encode(message)
        with self._lock:
            if self._gone:
                raise KeeperError("the keeper process is gone, nothing can be started any more")
            try:
                sent = socket.send_fds(self._control, [data], channels) if channels else 0
                self._control.sendall(data[sent:])
            except OSError as error:
                raise KeeperError(f"the keeper process is gone: {error}") from error

    def _signal(self, child: Child, number: signal.Signals) -> None:
        with contextlib.suppress(KeeperError):  # then the child is gone too
            self._send(Signal(pid=child.pid, number=number))

    def _read(self) -> None:
        lines = LineBuffer()
        try:
            while data := self._receive():
                for line in lines.feed(data):
                    self._handle(decode_report(line))
        except (ValueError, LookupError, InvalidStateError) as error:
            _log.error("the keeper is ended: it said what it may not: %s", error)
            with contextlib.suppress(OSError):
                self._control.shutdown(socket.SHUT_RDWR)
        finally:
            self._lose_keeper()

    def _receive(self) -> bytes:
        try:
            return self._control.recv(_READ_SIZE)
        except OSError:
            return b""

    def _handle(self, report: Report) -> None:
        match report:
            case Ready():
                self._ready.set_result(report)
            case Started():
                self._settle(report)
            case Exited():
                child = self._children.pop(report.pid)
                child.set_exited(Exit(code=report.code, signal=report.signal))

    def _settle(self, report: Started) -> None:
        with self._lock:
            answer, child = self._starting.pop(report.request)
        if report.problem is not None:
            answer.set_exception(KeeperError(report.problem))
            return
        child.pid = report.pid
        self._children[child.pid] = child
        answer.set_result(child)

    def _lose_keeper(self) -> None:
        with self._lock:
            self._gone = True
            unanswered = list(self._starting.values())
            self._starting.clear()
        if not self._ready.done():
            self._ready.set_result(Ready(problem="it ended, see its log"))
        for answer, _ in unanswered:
            answer.set_exception(KeeperError("the keeper process is gone"))
        for child in self._children.values():
            child.set_exited(Exit(code=None, signal=None))
