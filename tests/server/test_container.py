from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.processes.keeper_client import Keeper
from harness.server.config import Ports
from harness.server.container import ContainerBackend, ContainerServer
from harness.server.docker_engine import Engine, connected
from harness.server.embedded import LIVEKIT, Module
from harness.server.http_get import UnreachableError, request
from harness.server.model import Progress, ServerConfig, ServerError
from harness.server.ports import free_udp_port

pytestmark = pytest.mark.real


@pytest.fixture(params=["host", "bridge"])
def backend(
    request: pytest.FixtureRequest, engine: Engine, real_program: Callable[[Module], Path]
) -> ContainerBackend:
    on_host = request.param == "host"
    if on_host and not engine.host_network:
        pytest.skip("this engine's containers cannot share our network")
    with connected(30) as client:
        if not on_host and not client.networks.list(names=["bridge"]):
            pytest.skip("this engine has no bridge network")

    def program(module: Module, _: Progress) -> Path:
        return real_program(module)

    backend = ContainerBackend(host_network=on_host, program=program)
    backend.prepare(lambda _: None)
    return backend


@pytest.fixture
def running(backend: ContainerBackend, keeper: Keeper, tmp_path: Path) -> Iterator[ContainerServer]:
    started = backend.start(ServerConfig(), keeper, tmp_path)
    yield started
    started.stop()


def test_server_answers_and_hides_its_key(running: ContainerServer, tmp_path: Path) -> None:
    server = running.server
    assert request(server.url, timeout_s=5).status == 200
    assert server.version == LIVEKIT.version.removeprefix("v")
    assert server.url.startswith("ws://127.0.0.1:")
    assert running.alive()
    running.stop()
    assert not running.alive()
    assert "starting LiveKit server" in (tmp_path / "livekit-server.log").read_text()
    assert "starting LiveKit server" in "".join(running.log_lines())
    texts = [path.read_text() for path in tmp_path.iterdir()]
    assert not [text for text in texts if server.api_secret in text or server.api_key in text]
    shown = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True)
    assert server.api_secret not in shown.stdout


def test_killed_container_is_noticed_and_leaves_its_log(running: ContainerServer) -> None:
    wrapped = running.running.container.get_wrapped_container()
    wrapped.kill()
    wrapped.wait(timeout=10)
    assert not running.alive()
    assert "starting LiveKit server" in "".join(running.log_lines())


def test_server_stands_still_and_starts_anew_at_the_same_address(running: ContainerServer) -> None:
    url = running.server.url.replace("ws:", "http:")
    running.pause()
    with pytest.raises(UnreachableError):
        request(url, timeout_s=0.5)
    running.resume()
    assert request(url, timeout_s=5).status == 200
    running.restart()
    assert running.alive()
    assert request(url, timeout_s=5).status == 200


def test_bad_configuration_is_one_line_and_leaves_no_container(
    backend: ContainerBackend, keeper: Keeper, tmp_path: Path
) -> None:
    config = ServerConfig(options={"nope": True})
    with pytest.raises(ServerError, match=r"ended while starting.*field nope not found") as raised:
        backend.start(config, keeper, tmp_path)
    assert "\n" not in str(raised.value)
    with connected(30) as client:
        label = f"livekit-harness.run={backend._labels['livekit-harness.run']}"
        assert client.containers.list(all=True, filters={"label": label}) == []


def test_ports_that_are_taken_are_one_line(
    backend: ContainerBackend, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        taken = Ports(http=listener.getsockname()[1], udp=free_udp_port("127.0.0.1"), tcp=0)
        monkeypatch.setattr(Ports, "free", lambda _: taken)
        with pytest.raises(ServerError, match="found its ports taken 3 times") as raised:
            backend.start(ServerConfig(), keeper, tmp_path)
    assert "\n" not in str(raised.value)


def test_toxiproxy_reaches_the_server(
    backend: ContainerBackend, running: ContainerServer, keeper: Keeper, tmp_path: Path
) -> None:
    toxiproxy = backend.start_toxiproxy(keeper, tmp_path)
    try:
        port = toxiproxy.listen_ports[0] if toxiproxy.listen_ports else 0
        listen = f"{toxiproxy.listen_host}:{port}"
        body = f'{{"name":"a","listen":"{listen}","upstream":"{running.upstream}"}}'.encode()
        api = f"http://{toxiproxy.api_host}:{toxiproxy.api_port}/proxies"
        made = request(api, timeout_s=5, method="POST", body=body)
        assert made.status == 201
        through = made.body.decode().partition('"listen":"')[2].partition('"')[0]
        port = int(through.rpartition(":")[2])
        assert request(f"http://127.0.0.1:{port}", timeout_s=5).body == b"OK"
    finally:
        toxiproxy.stop()
    assert not toxiproxy.alive()


def test_engine_that_is_gone_is_one_line(
    backend: ContainerBackend, keeper: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    with pytest.raises(ServerError, match=r"^Docker: .*No such file") as raised:
        backend.start(ServerConfig(), keeper, tmp_path)
    assert "\n" not in str(raised.value)
