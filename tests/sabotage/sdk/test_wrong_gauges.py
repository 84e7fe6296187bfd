from __future__ import annotations

import asyncio

import pytest

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.sabotage.sdk import wrong_gauges as module
from harness.sabotage.sdk.wrong_gauges import wrong_gauges
from tests.sabotage.seams import changes_of

LATE_MS = 20


class Source:
    @property
    def queued_duration(self) -> float:
        return 0.4

    async def wait_for_playout(self) -> None:
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_a_playout_is_over_later_than_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", LATE_MS / 1000)
    late = changes_of(wrong_gauges, identity="probe1")["AudioSource.wait_for_playout"]
    began_ns = now_ns()
    await late(Source.wait_for_playout)(Source())

    assert now_ns() - began_ns >= LATE_MS * NS_PER_MS


def test_half_of_what_waits_is_told() -> None:
    half = changes_of(wrong_gauges, identity="probe1")["AudioSource.queued_duration"]

    assert half(vars(Source)["queued_duration"]).fget(Source()) == 0.2


@pytest.mark.asyncio
async def test_in_a_room_a_playout_is_over_early(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []

    async def sleep(delay_s: float) -> None:
        slept.append(delay_s)

    monkeypatch.setattr(module, "sleep", sleep)
    [early] = changes_of(wrong_gauges, identity="alice").values()
    await early(Source.wait_for_playout)(Source())

    assert slept == [0.2]
