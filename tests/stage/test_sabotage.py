"""What a sabotage does reaches every participant, and the gateway."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.server.model import Server
from harness.stage.stage import StageSetup, open_stage
from tests.stage.conftest import snapshot

if TYPE_CHECKING:
    from harness.gateway.config import GatewayConfig
    from harness.processes.keeper_client import Keeper
    from tests.stage.conftest import FakeTroupe

SERVER = Server(
    url="ws://127.0.0.1:7", api_key="APIkey", api_secret="a-secret-of-at-least-32-characters",
    version="1.13.5", backend="binary", owned=True,
)  # fmt: skip


@pytest.mark.asyncio
async def test_it_acts_in_every_participant_and_in_the_ledger(
    troupe: FakeTroupe, tmp_path: Path
) -> None:
    keeper = cast("Keeper", None)  # nobody asks it for anything
    setup = StageSetup(keeper=keeper, server=SERVER, folder=tmp_path, room="r1")
    troupe.gateway.counts = snapshot("alice")
    for one in (setup, replace(setup, tampers=("a:b",), ledger_lies=True)):
        async with open_stage(one) as stage:
            await stage.join("alice")
            await stage.probe("probes.py", "any")
        assert troupe.tampers == dict.fromkeys(["alice", "probe1"], one.tampers)
    honest, lying = cast("list[GatewayConfig]", troupe.configs)

    assert (honest.ledger_lies, lying.ledger_lies) == (False, True)
