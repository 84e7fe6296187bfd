from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from harness.evidence.clock import NS_PER_S, now_ns
from harness.gateway import relay_loop, relay_wakeups
from harness.gateway.relay_loop import Loop

SOON_NS = 5 * NS_PER_S


@pytest.fixture
def loop() -> Iterator[Loop]:
    loop = Loop()
    yield loop
    loop.close()


def test_what_has_come_is_fetched(loop: Loop) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        came: list[bytes] = []
        loop.watch(ours, lambda: came.append(ours.recv(10)))
        theirs.send(b"x")
        loop.fetch(loop.wait(now_ns() + SOON_NS))
        assert came == [b"x"]


@pytest.mark.parametrize("wait_ns", [30_000, 300_000, 3_300_000])
def test_it_waits_until_the_time_and_not_for_less(loop: Loop, wait_ns: int) -> None:
    until_ns = now_ns() + wait_ns
    assert loop.wait(until_ns) == []
    assert now_ns() >= until_ns


def test_while_processors_are_kept_awake_it_looks_whether_nothing_comes_any_more(
    loop: Loop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relay_loop, "CALM_NS", 1)
    monkeypatch.setattr(relay_wakeups.Wakefulness, "held", True)
    assert loop.wait(None) == []
    assert loop.wait(now_ns() + SOON_NS) == []


def test_a_time_that_has_passed_is_no_wait(loop: Loop) -> None:
    assert loop.wait(0) == []


def test_a_time_that_is_farther_than_epoll_can_wait_is_waited_for_in_parts(loop: Loop) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.watch(ours, lambda: None)
        theirs.send(b"x")
        assert loop.wait(now_ns() + 30 * 86_400 * NS_PER_S) == [ours.fileno()]


def test_such_a_time_wakes_it_once_in_a_while(loop: Loop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relay_loop, "_LONGEST_NS", 1000)
    assert loop.wait(now_ns() + SOON_NS) == []


def test_what_is_forgotten_is_not_fetched_even_if_it_has_come(loop: Loop) -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        loop.watch(ours, lambda: pytest.fail("it was forgotten"))
        theirs.send(b"x")
        ready = loop.wait(now_ns() + SOON_NS)
        assert len(ready) == 1
        loop.forget(ours)
        loop.fetch(ready)
        assert loop.wait(0) == []
