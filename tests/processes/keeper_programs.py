"""Programs that the tests have the keeper fork."""

from __future__ import annotations

import atexit
import os
import random
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

from harness.processes.linux import die_with_parent

atexit.register(sys.stderr.write, "exit handler of the keeper\n")


def echo(sock: socket.socket) -> None:
    while data := sock.recv(65536):
        sock.sendall(data)


def stubborn(sock: socket.socket) -> None:
    """Ignores SIGTERM and the end of its socket, and has a child that does the same."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        die_with_parent(parent)
        time.sleep(300)
        os._exit(0)
    sock.sendall(f"{pid}\n".encode())
    time.sleep(300)


def escaped(sock: socket.socket) -> None:
    """Has a child in a session of its own."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    program = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(300)"], start_new_session=True
    )
    sock.sendall(f"{program.pid}\n".encode())
    time.sleep(300)


def failing(sock: socket.socket) -> None:
    sys.stderr.write("about to fail\n")
    raise ValueError("as it was told")


def exiting(sock: socket.socket) -> None:
    sys.exit(3)


def refusing(sock: socket.socket) -> None:
    sys.exit("this cannot work")


def aborting(sock: socket.socket) -> None:
    sys.stderr.write("native panic\n")
    os.abort()


def describe(sock: socket.socket) -> None:
    """One line: what a child has inherited."""
    descriptors = [path for path in Path("/proc/self/fd").iterdir() if path.exists()]
    links = {str(path.readlink()) for path in descriptors}
    facts = (
        len([link for link in links if link.startswith("socket:")]),
        len([link for link in links if "anon_inode" in link]),
        os.getsid(0) == os.getpid(),
        signal.getsignal(signal.SIGTERM) is signal.SIG_DFL,
        signal.getsignal(signal.SIGINT) is signal.default_int_handler,
    )
    sock.sendall(f"{facts}\n".encode())


def draw(sock: socket.socket) -> None:
    """One line: the first numbers of both random generators."""
    sock.sendall(f"{random.random()} {np.random.random()}\n".encode())


def ahead(sock: socket.socket) -> None:
    """A watcher whose clock is an hour ahead."""
    while sock.recv(1):
        sock.sendall(f"{time.monotonic_ns() + 3600 * 10**9}\n".encode())


def babbling(sock: socket.socket) -> None:
    """Answers whatever it is asked with no JSON."""
    while sock.recv(100):
        sock.sendall(b"nonsense\n")
