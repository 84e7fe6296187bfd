from __future__ import annotations

import asyncio

import pytest

from harness.participant.supervise import Supervisor


@pytest.mark.asyncio
async def test_an_error_is_reported_with_its_place() -> None:
    reports: list[tuple[str, str]] = []
    supervise = Supervisor(lambda where, error: reports.append((where, str(error))))

    async def fail() -> None:
        raise ValueError("no more samples")

    task = supervise(fail(), "source of tone")
    await asyncio.wait([task], timeout=20)

    assert reports == [("source of tone", "no more samples")]


@pytest.mark.asyncio
async def test_an_end_and_a_cancellation_are_no_errors() -> None:
    reports: list[str] = []
    supervise = Supervisor(lambda where, error: reports.append(where))
    ended = supervise(asyncio.sleep(0), "ends")
    cancelled = supervise(asyncio.sleep(60), "is cancelled")
    cancelled.cancel()

    await asyncio.wait([ended, cancelled], timeout=20)

    assert reports == []
