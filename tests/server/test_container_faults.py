"""Faults of a livekit-server in a container, asked of an engine that refuses them."""

from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
import requests
from docker.errors import APIError
from testcontainers.core.container import DockerContainer

from harness.server.container import ContainerServer, RunningContainer
from harness.server.model import Server, ServerConfig, ServerError
from harness.server.programs import PortBusyError


class Refusing:
    """A container of an engine that has one answer."""

    def __init__(self, problem: Exception) -> None:
        self._problem = problem

    def get_wrapped_container(self) -> Refusing:
        return self

    def pause(self) -> None:
        raise self._problem

    def unpause(self) -> None:
        raise self._problem

    def restart(self, *, timeout: int) -> None:
        assert timeout == 0
        raise self._problem


@pytest.mark.parametrize("what", ["pause", "resume", "restart"])
@pytest.mark.parametrize(
    ("problem", "says"),
    [
        (APIError("500", explanation="container is not running"), "Docker: container is not run"),
        (requests.exceptions.ConnectionError("it hung up"), "Docker: it hung up"),
        (PortBusyError("port is already allocated"), "Docker: port is already allocated"),
    ],
)
def test_what_the_engine_refuses_is_a_server_error(
    tmp_path: Path, what: str, problem: Exception, says: str
) -> None:
    container = cast("DockerContainer", Refusing(problem))
    server = ContainerServer(
        server=Server(
            url="ws://127.0.0.1:1", api_key="k", api_secret="s", version="1", backend="container",
            owned=True,
        ),
        config=ServerConfig(),
        upstream="127.0.0.1:1",
        running=RunningContainer(container=container, log=tmp_path / "log"),
        wait_until_up=lambda: None,
    )  # fmt: skip
    with pytest.raises(ServerError, match=says):
        getattr(server, what)()
