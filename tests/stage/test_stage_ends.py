"""A stage that is interrupted, or that does not come to stand: nothing of it is left."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.processes.keeper_client import Keeper, KeeperError
from harness.processes.watcher import Watch
from harness.processes.watcher_client import WatcherError, WatcherProcess
from harness.server.model import Server
from harness.stage.stage import StageSetup, open_stage

if TYPE_CHECKING:
    from tests.stage.conftest import FakeTroupe

LIMIT_S = 10.0


@pytest.fixture
def setup(tmp_path: Path) -> StageSetup:
    server = Server(
        url="ws://127.0.0.1:7", api_key="APIkey", api_secret="a-secret-of-at-least-32-characters",
        version="1.13.5", backend="binary", owned=True,
    )  # fmt: skip
    keeper = cast("Keeper", None)  # nobody asks it for anything
    return StageSetup(keeper=keeper, server=server, folder=tmp_path, room="r1")


@pytest.mark.asyncio
async def test_an_interrupt_ends_everything(troupe: FakeTroupe, setup: StageSetup) -> None:
    joined = asyncio.Event()

    async def scenario() -> None:
        async with open_stage(setup) as stage:
            await stage.join("alice")
            joined.set()
            await asyncio.Event().wait()

    async with asyncio.timeout(LIMIT_S):
        task = asyncio.create_task(scenario())
        await joined.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    assert troupe.handles["alice"].called("close") == [()]
    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
@pytest.mark.parametrize("silent", [False, True])
async def test_what_broke_leaves_behind_how_busy_the_machine_was(
    troupe: FakeTroupe, setup: StageSetup, monkeypatch: pytest.MonkeyPatch, *, silent: bool
) -> None:
    async def no_answer() -> Watch:
        raise WatcherError("it does not answer")

    if silent:
        monkeypatch.setattr(troupe.watcher, "report", no_answer)
    with pytest.raises(RuntimeError, match="of the scenario"):
        async with open_stage(setup) as stage:
            raise RuntimeError("of the scenario")

    assert ("machine" in stage.health) is not silent
    assert (troupe.gateway.closes, troupe.watcher.closes) == (1, 1)


@pytest.mark.asyncio
async def test_an_interrupt_while_the_stage_closes_waits_for_its_end_and_is_heard(
    troupe: FakeTroupe, setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    closing, goes_on = asyncio.Event(), asyncio.Event()

    async def close() -> None:
        closing.set()
        await goes_on.wait()
        troupe.gateway.closes += 1

    async def scenario() -> None:
        async with open_stage(setup):
            pass

    monkeypatch.setattr(troupe.gateway, "close", close)
    async with asyncio.timeout(LIMIT_S):
        task = asyncio.create_task(scenario())
        await closing.wait()
        task.cancel()
        asyncio.get_running_loop().call_soon(goes_on.set)
        with pytest.raises(asyncio.CancelledError):
            await task

    assert troupe.gateway.closes == 1


@pytest.mark.asyncio
async def test_no_gateway_is_left_where_there_is_no_watcher(
    troupe: FakeTroupe, setup: StageSetup, monkeypatch: pytest.MonkeyPatch
) -> None:
    def start(keeper: Keeper, log: Path) -> WatcherProcess:
        asked_in.append(threading.current_thread())
        raise KeeperError("no process can be started")

    asked_in: list[threading.Thread] = []
    monkeypatch.setattr(WatcherProcess, "start", start)
    with pytest.raises(KeeperError):
        async with open_stage(setup):
            pytest.fail("it is open")

    assert troupe.gateway.closes == 1
    assert asked_in != [threading.main_thread()], "the loop stands still until it is answered"
