"""For the projects that the plugin's tests run: no server, no keeper, no stage.

The plugin and all of `harness.run` are as they are; three seams are replaced, at which a run
starts something: `choose`, `Keeper.start` and `open_stage`. A project's `conftest.py` installs
this, so that it works in the process of the test and in others.
"""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace

import pytest

from harness.run import attempt, session
from harness.server.choose import Choice, Wanted
from harness.server.model import Progress, Server, ServerConfig, ServerError
from harness.stage.stage import StageSetup

SERVER = Server(
    url="ws://127.0.0.1:7", api_key="APIkey", api_secret="hush",
    version="1.13.5", backend="binary", owned=True,
)  # fmt: skip
NO_SERVER = "NO_SERVER"
"""Environment variable: when set, no server can be had, for the reason that it says."""


class Running(SimpleNamespace):
    """A server that is only said to run."""

    config = ServerConfig()
    server = SERVER

    def alive(self) -> bool:
        return True

    def log_lines(self) -> list[str]:
        return []

    def stop(self) -> None:
        pass


def choose(wanted: Wanted, say: Progress) -> Choice:
    if NO_SERVER in os.environ:
        raise ServerError(os.environ[NO_SERVER])
    backend = SimpleNamespace(name="binary", start=lambda *_: Running())
    return Choice(backend=backend, reason="nowhere")


class Keeper:
    """Starts nothing."""

    @staticmethod
    def start(*, preload: tuple[str, ...], log: Path) -> SimpleNamespace:
        return SimpleNamespace(close=lambda: None)


@asynccontextmanager
async def open_stage(setup: StageSetup) -> AsyncIterator[SimpleNamespace]:
    stage = SimpleNamespace(
        sdk={"alice": "python 1.2.0"}, health={}, media_s=0.0, unmet=(), tampers=setup.tampers
    )
    yield stage
    stage.health = {"machine": {"machine_busy_ratio": 0.1}}


def install(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(session, "choose", choose)
    patch.setattr(session, "Keeper", Keeper)
    patch.setattr(session, "runtime_folder", lambda: Path("machine").absolute())
    patch.setattr(attempt, "open_stage", open_stage)
