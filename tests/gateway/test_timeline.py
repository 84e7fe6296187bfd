from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from harness.gateway.timeline import Timeline
from harness.network.phase import Phase

S = 1_000_000_000


class Time:
    """A clock that only the test moves, and who sleeps by it."""

    def __init__(self) -> None:
        self.ns = 100 * S
        self.sleepers: list[tuple[int, asyncio.Future[None]]] = []

    async def sleep(self, seconds: float) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.sleepers.append((self.ns + round(seconds * S), future))
        await future

    async def move(self, seconds: float) -> None:
        """Move on, and let who is woken do all that can be done without more time."""
        self.ns += round(seconds * S)
        woken = [one for due, one in self.sleepers if due <= self.ns and not one.done()]
        self.sleepers = [one for one in self.sleepers if one[0] > self.ns]
        for future in woken:
            future.set_result(None)
        for _ in range(20):
            await asyncio.sleep(0)


class Play:
    def __init__(self) -> None:
        self.time = Time()
        self.seen: list[tuple[float, int]] = []
        self.timeline = Timeline(
            apply=self.apply, now_ns=lambda: self.time.ns, sleep=self.time.sleep
        )

    async def apply(self, phase: Phase) -> None:
        self.seen.append(((self.time.ns - 100 * S) / S, phase.at_ns // S))


@pytest_asyncio.fixture
async def play() -> AsyncIterator[Play]:
    play = Play()
    yield play
    await play.timeline.close()


def phases(*at_s: int) -> tuple[Phase, ...]:
    return tuple(Phase(at_ns=second * S) for second in at_s)


@pytest.mark.asyncio
async def test_each_phase_is_applied_at_its_time(play: Play) -> None:
    seen = [play.timeline.phase]
    await play.timeline.start(phases(0, 2, 5), play.time.ns)
    for move_s in (0, 1.5, 0.5, 3):
        await play.time.move(move_s)
        seen.append(play.timeline.phase)

    assert seen == [None, 0, 0, 1, 2]
    assert play.seen == [(0, 0), (2, 2), (5, 5)]


@pytest.mark.asyncio
async def test_times_are_those_of_the_profile_and_not_of_the_call(play: Play) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns - S)
    await play.time.move(1)

    assert play.seen == [(0, 0), (1, 2)]


@pytest.mark.asyncio
async def test_a_sleep_that_ends_early_is_slept_on(play: Play) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns)
    await play.time.move(0)
    [(_, sleeper)] = play.time.sleepers
    play.time.sleepers.clear()
    sleeper.set_result(None)
    await play.time.move(0)

    assert len(play.seen) == 1
    await play.time.move(2)
    assert len(play.seen) == 2


@pytest.mark.asyncio
async def test_another_profile_takes_the_place_of_the_former(play: Play) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns)
    await play.time.move(1)
    await play.timeline.start(phases(0, 7), play.time.ns)
    await play.time.move(1)
    assert play.seen == [(0, 0), (1, 0)]
    await play.time.move(6)

    assert play.seen == [(0, 0), (1, 0), (8, 7)]


@pytest.mark.asyncio
async def test_after_closing_nothing_is_applied(play: Play) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns)
    await play.timeline.close()
    await play.time.move(5)

    assert play.seen == [(0, 0)]


@pytest.mark.asyncio
async def test_what_is_forgotten_begins_anew(play: Play) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns)
    await play.timeline.forget()
    await play.time.move(5)
    assert (play.timeline.phase, play.seen) == (None, [(0, 0)])
    await play.timeline.start(phases(0, 2), play.time.ns)
    await play.time.move(2)

    assert (play.timeline.at_ns, play.seen) == (105 * S, [(0, 0), (5, 0), (7, 2)])


@pytest.mark.asyncio
async def test_a_mistake_of_ours_is_told(play: Play, caplog: pytest.LogCaptureFixture) -> None:
    await play.timeline.start(phases(0, 2), play.time.ns)

    async def broken(phase: Phase) -> None:
        raise RuntimeError("boom")

    play.timeline.apply = broken
    await play.time.move(0)
    await play.time.move(2)

    assert "a profile cannot be played further: RuntimeError: boom" in caplog.text
