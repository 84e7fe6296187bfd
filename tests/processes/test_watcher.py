from __future__ import annotations

import select
import socket
import threading
from collections.abc import Iterator
from types import SimpleNamespace

import msgspec
import pytest

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.processes import watcher as watcher_module
from harness.processes.clocks import Reading
from harness.processes.watcher import REPORT, TELL_TIME, Watch, Watcher

LIMIT_S = 10.0


@pytest.fixture
def line() -> Iterator[socket.socket]:
    """The run's end of the socket to a watcher that runs in a thread."""
    ours, theirs = socket.socketpair()
    ours.settimeout(LIMIT_S)
    thread = threading.Thread(target=Watcher(theirs).run, daemon=True)
    thread.start()
    with theirs:
        yield ours
        ours.close()
        thread.join(LIMIT_S)
    assert not thread.is_alive()


def ask(line: socket.socket, question: bytes) -> bytes:
    line.sendall(question)
    with line.makefile("rb") as file:
        return file.readline()


def test_it_tells_the_time_on_the_clock_of_all(line: socket.socket) -> None:
    before = now_ns()
    told = msgspec.json.decode(ask(line, TELL_TIME), type=int)
    assert before <= told <= now_ns()


def test_it_reports_what_was_since_the_last_report(line: socket.socket) -> None:
    first = msgspec.json.decode(ask(line, REPORT), type=Watch)
    second = msgspec.json.decode(ask(line, REPORT), type=Watch)
    assert first.at_ns <= second.since_ns <= second.at_ns
    while not second.wakes:
        second = msgspec.json.decode(ask(line, REPORT), type=Watch)
    assert 0 <= second.stall_p50_ms <= second.stall_p99_ms <= second.stall_max_ms


def test_a_stall_in_which_the_report_is_asked_for_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [0]
    ours, theirs = socket.socketpair()

    def stalled(
        read: list[socket.socket], write: list[socket.socket], other: list[socket.socket], _: float
    ) -> object:
        now[0] += 200 * NS_PER_MS
        return select.select(read, write, other, 1.0)

    monkeypatch.setattr(watcher_module, "now_ns", lambda: now[0])
    monkeypatch.setattr(watcher_module, "select", SimpleNamespace(select=stalled))
    with ours, theirs:
        ours.sendall(REPORT)
        ours.shutdown(socket.SHUT_WR)
        Watcher(theirs).run()
        with ours.makefile("rb") as file:
            report = msgspec.json.decode(file.readline(), type=Watch)
    assert report.wakes == 1
    assert report.stall_max_ms == pytest.approx(195, rel=0.02)


def test_a_clock_that_steps_is_in_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    clocks = iter([Reading(monotonic=n, raw=n, boot=n, within=0) for n in (0, 1_000)])
    step = 9_000_000
    monkeypatch.setattr(
        watcher_module, "read_clocks",
        lambda: next(clocks, Reading(monotonic=2_000 + step, raw=2_000, boot=2_000, within=0)),
    )  # fmt: skip
    ours, theirs = socket.socketpair()
    with ours, theirs:
        ours.sendall(REPORT + REPORT)
        ours.shutdown(socket.SHUT_WR)
        Watcher(theirs).run()
        with ours.makefile("rb") as file:
            reports = [msgspec.json.decode(file.readline(), type=Watch) for _ in range(2)]
    assert max(report.clock_step_ms for report in reports) == pytest.approx(9.0, rel=0.01)
