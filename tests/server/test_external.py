from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.processes.keeper_client import Keeper
from harness.server.external import ExternalBackend, check_access
from harness.server.model import NotConfigurableError, ServerConfig, ServerError
from harness.server.ports import free_tcp_port
from harness.server.programs import start_server

Serve = Callable[[Callable[[str], tuple[int, bytes]]], str]

KEYS = {"LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "s" * 32}


def nowhere() -> Path:
    raise AssertionError


def backend(url: str, environ: dict[str, str] = KEYS) -> ExternalBackend:
    return ExternalBackend(url, environ, nowhere)


def quiet(_: str) -> None:
    pass


def test_server_that_lists_its_rooms_is_taken(serve: Serve, keeper: Keeper, tmp_path: Path) -> None:
    asked: list[str] = []

    def respond(path: str) -> tuple[int, bytes]:
        asked.append(path)
        return 200, b'{"rooms": []}'

    url = serve(respond)
    external = backend(url + "/")
    external.prepare(quiet)
    assert asked == ["/twirp/livekit.RoomService/ListRooms"]
    running = external.start(ServerConfig(), keeper, tmp_path)
    assert running.server.url == url.replace("http", "ws")
    assert running.upstream == url.removeprefix("http://")
    assert not running.server.owned
    assert running.alive()
    running.stop()
    for fault in (running.pause, running.resume, running.restart):
        with pytest.raises(NotConfigurableError, match="is not ours to"):
            fault()
    with pytest.raises(NotConfigurableError):
        external.start(ServerConfig(ice_tcp=True), keeper, tmp_path)


def test_server_that_has_gone_is_noticed(keeper: Keeper, tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_tcp_port('127.0.0.1')}"
    assert not backend(url).start(ServerConfig(), keeper, tmp_path).alive()


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            401,
            b"invalid token: eyJhbGciOi",
            "refuses the key of LIVEKIT_API_KEY[^:]*: look them up again$",
        ),
        (404, b"<html>", "is not a LiveKit server: .* status 404"),
        (200, b"<html>", "is not a LiveKit server"),
        (200, b"[]", "is not a LiveKit server"),
    ],
)
def test_wrong_key_and_other_servers_are_one_line(
    serve: Serve, status: int, body: bytes, said: str
) -> None:
    with pytest.raises(ServerError, match=said) as raised:
        backend(serve(lambda _: (status, body))).prepare(quiet)
    assert "\n" not in str(raised.value)


def test_unreachable_url_is_one_line() -> None:
    url = f"wss://127.0.0.1:{free_tcp_port('127.0.0.1')}"
    with pytest.raises(ServerError, match=f"^{url} cannot be reached: connection refused$"):
        backend(url).prepare(quiet)


@pytest.mark.parametrize("url", ["localhost:7880", "ftp://host", "ws://", "hello"])
def test_url_that_is_none_is_one_line(url: str) -> None:
    with pytest.raises(ServerError, match="give it as ws://HOST:PORT"):
        backend(url).prepare(quiet)


def test_missing_key_names_the_variables() -> None:
    with pytest.raises(ServerError, match="LIVEKIT_API_KEY and LIVEKIT_API_SECRET"):
        backend("ws://localhost", {}).prepare(quiet)


@pytest.mark.parametrize(("url", "keys"), [("hello", KEYS), ("ws://localhost", {})])
def test_nobody_is_asked_where_the_url_or_the_key_is_none(url: str, keys: dict[str, str]) -> None:
    said: list[str] = []
    with pytest.raises(ServerError):
        backend(url, keys).prepare(said.append)
    assert said == []


def test_a_short_secret_is_told_in_a_line_and_is_no_warning(serve: Serve) -> None:
    said: list[str] = []
    url = serve(lambda _: (200, b"{}"))
    backend(url, KEYS | {"LIVEKIT_API_SECRET": "secret"}).prepare(said.append)
    assert said == [
        (
            "the secret of LIVEKIT_API_SECRET has 6 bytes, fewer than the 32 of RFC 7518: "
            "it may be guessed"
        ),
        f"asking {url} whether it takes the key",
    ]


@pytest.mark.real
def test_real_server_takes_the_right_key_only(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    server = start_server(livekit_server, ServerConfig(), keeper, tmp_path, backend="x").server
    check_access(server.url, server.api_key, server.api_secret)
    with pytest.raises(ServerError, match="refuses the key"):
        check_access(server.url, server.api_key, "wrong" * 8)


@pytest.mark.real
def test_toxiproxy_of_an_external_server_runs_here(
    toxiproxy_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    external = ExternalBackend("ws://localhost", KEYS, lambda: toxiproxy_server)
    assert external.start_toxiproxy(keeper, tmp_path).alive()
