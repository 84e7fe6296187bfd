from __future__ import annotations

from pathlib import Path

import pytest

from harness.processes.keeper_client import Keeper
from harness.server.http_get import request
from harness.standalone.toxiproxy import OwnToxiproxy

LIMIT_S = 10.0


@pytest.mark.real
def test_one_that_is_started_again_is_at_the_same_address(tmp_path: Path) -> None:
    with Keeper.start(preload=[], log=tmp_path / "keeper.log") as keeper:
        toxiproxy = OwnToxiproxy.start(keeper, tmp_path, lambda _: None)
        before, first = toxiproxy.address, toxiproxy.process.child
        toxiproxy.restart()
        version = f"http://{before.host}:{before.port}/version"

        assert toxiproxy.address == before
        assert first.exited is not None
        assert request(version, timeout_s=LIMIT_S).status == 200
