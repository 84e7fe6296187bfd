from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from harness.server import docker_engine
from harness.server.docker_engine import Engine, probe


def test_no_docker_is_one_line_and_a_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/docker")
    assert probe() == Engine(
        usable=False, reason="no Docker daemon answers", fix="sudo systemctl start docker"
    )
    monkeypatch.setattr("shutil.which", lambda _: None)
    assert probe().reason == "Docker is not installed"


def test_frozen_daemon_is_noticed_in_time(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(docker_engine, "PROBE_LIMIT_S", 1)
    monkeypatch.chdir(tmp_path)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("docker.sock")  # a short name: these addresses have 108 bytes
        listener.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{os.path.relpath(tmp_path, '/')}/docker.sock")
        monkeypatch.chdir("/")
        engine = probe()
    assert engine.reason == "Docker did not answer within 1 s"
    assert engine.fix is not None


def test_engine_of_another_machine_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        monkeypatch.setenv("DOCKER_HOST", f"tcp://127.0.0.1:{listener.getsockname()[1]}")
        monkeypatch.setattr(docker_engine, "PROBE_LIMIT_S", 1)
        assert not probe().usable


@pytest.mark.real
def test_real_engine_says_its_version(engine: Engine) -> None:
    assert engine.reason.startswith("Docker ")
    assert engine.reason.endswith(" answers")
