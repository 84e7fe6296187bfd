from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from harness.evidence.run_event import VersionSeen
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolder
from harness.processes.keeper_client import Keeper
from harness.run.servers import Servers
from harness.server.model import NotConfigurableError, ServerConfig, ServerError

if TYPE_CHECKING:
    from tests.run.conftest import FakeBackend

PLAIN, TCP = ServerConfig(), ServerConfig(ice_tcp=True)


@pytest.fixture
def servers(backend: FakeBackend, tmp_path: Path) -> Servers:
    keeper = cast("Keeper", None)  # the backend starts nothing
    return Servers(backend, keeper=keeper, folder=RunFolder(tmp_path))


def test_one_server_serves_all_that_ask_for_the_same(
    servers: Servers, backend: FakeBackend
) -> None:
    first = servers.get(PLAIN)

    assert servers.get(ServerConfig()) is first
    assert len(backend.started) == 1


def test_another_configuration_is_another_server_and_the_former_ends(
    servers: Servers, backend: FakeBackend
) -> None:
    plain, tcp = servers.get(PLAIN), servers.get(TCP)

    assert tcp is not plain
    assert [(server.config, server.running) for server in backend.started] == [
        (PLAIN, False),
        (TCP, True),
    ]


def test_a_dead_server_is_replaced_and_each_has_a_folder(
    servers: Servers, backend: FakeBackend, tmp_path: Path
) -> None:
    servers.get(PLAIN)
    backend.started[0].running = False

    assert servers.get(PLAIN) is backend.started[1]
    assert backend.folders == [tmp_path / "server-1", tmp_path / "server-2"]


def test_processes_that_share_a_run_folder_do_not_share_that_of_a_server(
    backend: FakeBackend, tmp_path: Path
) -> None:
    keeper = cast("Keeper", None)
    for worker in ("gw0", "gw1"):
        folder = RunFolder(tmp_path, worker=worker)
        Servers(backend, keeper=keeper, folder=folder, worker=worker).get(PLAIN)

    assert [path.name for path in backend.folders] == ["server-gw0-1", "server-gw1-1"]


@pytest.mark.parametrize("problem", [ServerError("port busy"), NotConfigurableError("not ours")])
def test_a_server_that_cannot_be_had_leaves_none_and_the_next_is_tried(
    servers: Servers, backend: FakeBackend, problem: Exception
) -> None:
    servers.get(PLAIN)
    backend.problems.append(problem)

    with pytest.raises(type(problem), match=str(problem)):
        servers.get(TCP)
    assert not backend.started[0].running
    assert servers.get(TCP) is backend.started[1]


def test_each_version_is_written_down_once(
    servers: Servers, backend: FakeBackend, tmp_path: Path
) -> None:
    backend.versions = ["1.13.5", "1.13.5", "1.14.0"]
    for config in (PLAIN, TCP, PLAIN):
        servers.get(config)
    seen = read_events(tmp_path).of(VersionSeen)

    assert [(one.name, one.version) for one in seen] == [
        ("livekit-server", "1.13.5"),
        ("livekit-server", "1.14.0"),
    ]


def test_stopping_ends_the_server_once(servers: Servers, backend: FakeBackend) -> None:
    servers.stop()
    servers.get(PLAIN)
    servers.stop()
    servers.stop()

    assert backend.started[0].stops == 1


def test_a_toxiproxy_is_started_once_and_ends_with_the_servers(
    servers: Servers, backend: FakeBackend
) -> None:
    servers.get(PLAIN)
    first = servers.toxiproxy()

    assert servers.toxiproxy() is first
    servers.stop()
    assert not first.alive()


def test_a_dead_toxiproxy_is_replaced_and_each_has_a_folder(
    servers: Servers, backend: FakeBackend, tmp_path: Path
) -> None:
    servers.toxiproxy()
    backend.toxiproxies[0].running = False

    assert servers.toxiproxy() is backend.toxiproxies[1]
    assert (tmp_path / "toxiproxy-2").is_dir()


def test_a_toxiproxy_of_fixed_ports_cannot_serve_a_gateway(
    servers: Servers, backend: FakeBackend
) -> None:
    backend.listen_ports = (20_000,)

    with pytest.raises(NotConfigurableError, match="can listen on any port"):
        servers.toxiproxy()
