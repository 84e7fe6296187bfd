from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.processes.keeper_client import Keeper
from harness.server.local import LocalBackend, version_of
from harness.server.model import ServerConfig, ServerError

Script = Callable[[str, str], Path]


def test_version_is_what_the_program_says(script: Script) -> None:
    assert version_of(script("livekit-server", "echo livekit-server version 7.7.7")) == "7.7.7"


@pytest.mark.parametrize("body", ["echo git version 2.39", "exit 3", "echo livekit-server version"])
def test_other_program_is_one_line(script: Script, body: str) -> None:
    with pytest.raises(ServerError, match="is not livekit-server: `--version` gave") as raised:
        version_of(script("livekit-server", body))
    assert "\n" not in str(raised.value)


def test_program_that_cannot_run_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ServerError, match="cannot be run as livekit-server"):
        version_of(tmp_path / "missing")


def test_preparing_finds_a_broken_program_before_any_scenario(script: Script) -> None:
    broken = script("livekit-server", "exit 1")
    backend = LocalBackend(name="binary", server=lambda _: broken, toxiproxy=lambda _: broken)
    with pytest.raises(ServerError, match="is not livekit-server"):
        backend.prepare(lambda _: None)


@pytest.mark.real
def test_real_programs_start(
    livekit_server: Path, toxiproxy_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    backend = LocalBackend(
        name="binary", server=lambda _: livekit_server, toxiproxy=lambda _: toxiproxy_server
    )
    backend.prepare(lambda _: None)
    server = backend.start(ServerConfig(), keeper, tmp_path)
    assert server.server.version == version_of(livekit_server)
    assert backend.start_toxiproxy(keeper, tmp_path).alive()
