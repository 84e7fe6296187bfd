from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path

import msgspec
import psutil
import pytest
from aiohttp import ClientSession

from harness.gateway.client import GatewayClient
from harness.gateway.config import decode_config
from harness.gateway.errors import GatewayError, ToxiproxyError
from harness.gateway.relay_process import RelayProcess, start_relay
from harness.gateway.service import Service, serving
from harness.standalone.certificate import make_certificate

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


@pytest.mark.asyncio
async def test_clients_elsewhere_are_served_over_tls_and_told_the_advertised_address(
    tmp_path: Path,
) -> None:
    certificate, key = make_certificate(tmp_path, ["192.0.2.7", "localhost"])
    line = config(
        tmp_path,
        listen_host="0.0.0.0",
        advertise_host="192.0.2.7",
        tls={"certificate": str(certificate), "key": str(key)},
    )
    trusted = ssl.create_default_context(cafile=str(certificate))
    process = start_relay(tmp_path, seed=1, host="0.0.0.0")
    async with serving(decode_config(line), process) as service, ClientSession() as session:
        scheme, _, where = service.url.partition("://")
        host, _, number = where.partition(":")
        async with session.get(f"https://localhost:{number}/", ssl=trusted) as answer:
            status = answer.status

    assert (scheme, host, status) == ("wss", "192.0.2.7", 502)
    assert service.control.startswith("http://127.0.0.1:")


@pytest.mark.asyncio
@pytest.mark.parametrize("content", [None, "no certificate"])
async def test_a_certificate_that_cannot_be_used_is_one_line(
    relay_process: RelayProcess, tmp_path: Path, content: str | None
) -> None:
    broken = tmp_path / "broken.pem"
    if content is not None:
        broken.write_text(content)
    line = config(tmp_path, tls={"certificate": str(broken), "key": str(broken)})
    with pytest.raises(GatewayError, match=r"broken.pem cannot be used"):
        async with serving(decode_config(line), relay_process):
            pass
    assert not psutil.pid_exists(relay_process.pid)


@pytest.mark.asyncio
async def test_a_toxiproxy_that_is_not_there_is_told(
    relay_process: RelayProcess, tmp_path: Path
) -> None:
    line = config(tmp_path, toxiproxy={"host": "127.0.0.1", "port": 1})
    with pytest.raises(ToxiproxyError, match=r"toxiproxy at 127.0.0.1:1 cannot be used"):
        async with serving(decode_config(line), relay_process):
            pass
