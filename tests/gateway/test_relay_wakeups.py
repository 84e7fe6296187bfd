from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.evidence.clock import NS_PER_S
from harness.gateway import relay_wakeups
from harness.gateway.relay_wakeups import CALM_NS, OFTEN_PER_S, Wakefulness, go_before_others


@pytest.fixture
def latency(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands in for the kernel's file."""
    path = tmp_path / "cpu_dma_latency"
    path.touch()
    monkeypatch.setattr(relay_wakeups, "_LATENCY_FILE", str(path))
    return path


def wake(wakefulness: Wakefulness, per_s: int, from_ns: int, for_ns: int) -> int:
    """Wake up so often; returns when that ended."""
    for at_ns in range(from_ns, from_ns + for_ns, NS_PER_S // per_s):
        wakefulness.woke(at_ns)
    return from_ns + for_ns


def test_processors_are_kept_awake_while_wake_ups_are_frequent(latency: Path) -> None:
    wakefulness = Wakefulness()
    now_ns = wake(wakefulness, OFTEN_PER_S // 2, NS_PER_S, NS_PER_S)
    assert not wakefulness.held
    now_ns = wake(wakefulness, 2 * OFTEN_PER_S, now_ns, NS_PER_S)
    assert wakefulness.held
    assert latency.read_bytes() == bytes(4)
    now_ns = wake(wakefulness, OFTEN_PER_S // 2, now_ns, CALM_NS // 2)
    assert wakefulness.held, "a short calm changes nothing"
    wake(wakefulness, OFTEN_PER_S // 2, now_ns, CALM_NS)
    assert not wakefulness.held


def test_one_wake_up_after_a_long_silence_lets_them_halt(latency: Path) -> None:
    wakefulness = Wakefulness()
    now_ns = wake(wakefulness, 2 * OFTEN_PER_S, NS_PER_S, NS_PER_S)
    wakefulness.woke(now_ns + CALM_NS)
    assert not wakefulness.held


def test_who_may_not_do_it_is_not_asked_again(latency: Path) -> None:
    latency.unlink()
    wakefulness = Wakefulness()
    now_ns = wake(wakefulness, 2 * OFTEN_PER_S, NS_PER_S, NS_PER_S)
    latency.touch()
    wake(wakefulness, 2 * OFTEN_PER_S, now_ns, NS_PER_S)
    assert not wakefulness.held


def test_nothing_stays_open(latency: Path) -> None:
    open_before = len(list(Path("/proc/self/fd").iterdir()))
    wakefulness = Wakefulness()
    wake(wakefulness, 2 * OFTEN_PER_S, NS_PER_S, NS_PER_S)
    wakefulness.release()
    wakefulness.release()
    assert len(list(Path("/proc/self/fd").iterdir())) == open_before


def test_who_may_not_go_first_stays_where_he_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "sched_setscheduler", refuse)
    before = os.sched_getscheduler(0)
    go_before_others()
    assert os.sched_getscheduler(0) == before
