"""A keeper and a livekit-server for the tests with the real thing."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from harness.gateway.program import main as gateway_main
from harness.participant.handle import WORKER
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError


@pytest.fixture(scope="session")
def keeper(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keeper]:
    log = tmp_path_factory.mktemp("keeper") / "keeper.log"
    with Keeper.start(preload=[WORKER, gateway_main.__module__], log=log) as running:
        yield running


@pytest.fixture(scope="session")
def server(keeper: Keeper, tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A livekit-server of this machine; ends with the keeper."""
    try:
        backend = choose(Wanted(backend="embedded"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    return backend.start(ServerConfig(), keeper, tmp_path_factory.mktemp("server")).server
