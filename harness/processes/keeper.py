"""The keeper: one process per run that is the parent of everything the run starts.

It ends all of it when the run says so, and also when the run just ends: its socket reaches EOF
then, even after `kill -9`. One thread, one select loop: a process with threads cannot be forked
safely.
Run as `python -P -m harness.processes.keeper SOCKET_FD OWNER_PID`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import selectors
import signal
import socket
import sys

import psutil

from harness.evidence.clock import NS_PER_S, now_ns
from harness.processes.birth import start_program, start_target
from harness.processes.linux import adopt_orphans
from harness.processes.messages import (
    Close,
    Exited,
    Fork,
    LineBuffer,
    Message,
    Prepare,
    Ready,
    Request,
    Signal,
    Spawn,
    Started,
    decode_request,
    encode,
)

GRACE_S = 2.0
"""Between asking children to end and killing them."""
_KILL_WAIT_S = 2.0
_SEND_LIMIT_S = 5.0
_READ_SIZE = 65536


class KeeperLoop:
    """The select loop and the children it answers for."""

    def __init__(self, control: socket.socket, owner_pid: int) -> None:
        self._control = control
        self._control.settimeout(_SEND_LIMIT_S)
        self._lines = LineBuffer()
        self._channels: list[int] = []
        self._children: set[int] = set()
        self._ending = False
        self._owner_listens = True
        self._wakeup, self._wakeup_source = socket.socketpair()
        self._selector = selectors.DefaultSelector()
        self._selector.register(control, selectors.EVENT_READ)
        self._selector.register(self._wakeup, selectors.EVENT_READ)
        self._owner = _open_process(owner_pid)
        if self._owner is not None:
            # A fork of the run may hold a copy of the socket; then EOF would not come.
            self._selector.register(self._owner, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve until the run closes, ends, or sends SIGTERM; then end all children."""
        self._catch_signals()
        while not self._ending:
            self._turn(None)
        self._end_children()

    def _catch_signals(self) -> None:
        self._wakeup.setblocking(False)
        self._wakeup_source.setblocking(False)
        signal.set_wakeup_fd(self._wakeup_source.fileno(), warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: self._end())
        signal.signal(signal.SIGINT, lambda *_: self._end())

    def _end(self) -> None:
        self._ending = True

    def _turn(self, timeout_s: float | None) -> None:
        for key, _ in self._selector.select(timeout_s):
            if key.fileobj is self._control:
                self._receive()
            elif key.fileobj is self._wakeup:
                with contextlib.suppress(BlockingIOError):
                    self._wakeup.recv(_READ_SIZE)
            else:
                self._end()
        self._reap()

    def _receive(self) -> None:
        try:
            data, channels, _, _ = socket.recv_fds(self._control, _READ_SIZE, 16)
        except ConnectionError:
            data, channels = b"", []
        if not data:
            self._selector.unregister(self._control)
            self._end()
        for channel in channels:
            os.set_inheritable(channel, False)
        self._channels += channels
        try:
            requests = [decode_request(line) for line in self._lines.feed(data)]
        except ValueError as error:
            sys.stderr.write(f"the keeper ends: the run said what is no request: {error}\n")
            self._end()
            return
        for request in requests:
            self._obey(request)

    def _obey(self, request: Request) -> None:
        match request:
            case Prepare():
                self._say(_prepare(request))
            case Fork() | Spawn():
                self._say(self._start(request))
            case Signal():
                if request.pid in self._children:
                    _signal_group(request.pid, request.number)
            case Close():
                self._end()

    def _start(self, request: Fork | Spawn) -> Started:
        # Descriptors arrive with the first byte of their request, so in the order of requests.
        channel = socket.socket(fileno=self._channels.pop(0)) if isinstance(request, Fork) else None
        log = -1
        try:
            log = os.open(request.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
            if isinstance(request, Spawn):
                pid = start_program(request, log, self._shed)
            else:
                assert channel is not None
                pid = start_target(request.target, channel, log, self._shed)
        except OSError as error:
            what = request.argv[0] if isinstance(request, Spawn) else request.target
            return Started(request=request.request, problem=f"cannot start {what}: {error}")
        finally:
            if log >= 0:
                os.close(log)
            if channel is not None:
                channel.close()
        self._children.add(pid)
        return Started(request=request.request, pid=pid)

    def _shed(self) -> None:
        self._selector.close()
        self._control.close()
        self._wakeup.close()
        self._wakeup_source.close()
        for descriptor in (self._owner, *self._channels):
            if descriptor is not None:
                os.close(descriptor)

    def _reap(self) -> None:
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            if pid in self._children:
                self._children.discard(pid)
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.killpg(pid, signal.SIGKILL)  # what the child itself had started
                self._say(_exited(pid, status))

    def _say(self, message: Message) -> None:
        if self._owner_listens:
            try:
                self._control.sendall(encode(message))
            except OSError:
                self._owner_listens = False
                self._end()

    def _end_children(self) -> None:
        for pid in self._children:
            _signal_group(pid, signal.SIGTERM)
        self._wait_for_children(GRACE_S)
        for process in psutil.Process().children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()
        self._wait_for_children(_KILL_WAIT_S)

    def _wait_for_children(self, limit_s: float) -> None:
        with contextlib.suppress(KeyError):
            self._selector.unregister(self._control)
        if self._owner is not None:
            with contextlib.suppress(KeyError):
                self._selector.unregister(self._owner)
        deadline_ns = now_ns() + int(limit_s * NS_PER_S)
        while self._children and (left_ns := deadline_ns - now_ns()) > 0:
            self._turn(left_ns / NS_PER_S)


def _prepare(request: Prepare) -> Ready:
    sys.path[:] = request.path
    for module in request.preload:
        try:
            importlib.import_module(module)
        except Exception as error:
            return Ready(problem=f"cannot import {module}: {type(error).__name__}: {error}")
    gc.collect()
    gc.freeze()  # children share these pages as long as no collection writes to them
    return Ready()


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except ProcessLookupError:  # forked a moment ago, has no group of its own yet
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def _exited(pid: int, status: int) -> Exited:
    if os.WIFSIGNALED(status):
        return Exited(pid=pid, code=None, signal=os.WTERMSIG(status))
    return Exited(pid=pid, code=os.WEXITSTATUS(status), signal=None)


def _open_process(pid: int) -> int | None:
    if sys.platform != "linux":
        return None
    try:
        return os.pidfd_open(pid)
    except OSError:
        return None


def main() -> None:
    """Serve the run at the other end of the socket given as file descriptor."""
    descriptor, owner_pid = int(sys.argv[1]), int(sys.argv[2])
    os.set_inheritable(descriptor, False)
    adopt_orphans()
    KeeperLoop(socket.socket(fileno=descriptor), owner_pid).run()


if __name__ == "__main__":
    main()
