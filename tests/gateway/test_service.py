from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import psutil
import pytest

from harness.gateway.client import GatewayClient
from harness.gateway.config import decode_config
from harness.gateway.errors import GatewayError
from harness.gateway.relay_process import RelayProcess
from harness.gateway.service import Service, serving

Gateway = Callable[..., Awaitable[tuple[Service, GatewayClient]]]


def config(folder: Path, **changes: object) -> bytes:
    smallest = {"upstream_url": "ws://127.0.0.1:1", "token": "t", "folder": str(folder)}
    return msgspec.json.encode({**smallest, **changes})


def port(url: str) -> tuple[str, int]:
    return "127.0.0.1", int(url.rpartition(":")[2])


@pytest.mark.asyncio
async def test_when_it_ends_its_ports_and_its_relay_are_gone(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    async with serving(decode_config(config(tmp_path)), relay_process) as service:
        for url in (service.url, service.control):
            socket.create_connection(port(url), timeout=5).close()

    assert not psutil.pid_exists(relay_process.pid)
    for url in (service.url, service.control):
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(port(url), timeout=5)


@pytest.mark.asyncio
async def test_the_death_of_the_relay_is_told(relay_process: RelayProcess, tmp_path: Path) -> None:
    async with serving(decode_config(config(tmp_path)), relay_process) as service:
        psutil.Process(relay_process.pid).kill()
        died = await asyncio.wait_for(asyncio.shield(service.relay_died), 10)

    assert "was killed by signal 9" in str(died)


@pytest.mark.asyncio
async def test_an_interceptor_that_cannot_be_loaded_ends_the_start_and_the_relay(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    with pytest.raises(GatewayError, match="no_such_module"):
        async with serving(
            decode_config(config(tmp_path, interceptors=["no_such_module:X"])), relay_process
        ):
            pass

    assert not psutil.pid_exists(relay_process.pid)
