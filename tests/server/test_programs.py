from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from harness.processes.child import Child
from harness.processes.keeper_client import Keeper
from harness.server import programs
from harness.server.http_get import UnreachableError, request
from harness.server.model import Server, ServerConfig, ServerError
from harness.server.programs import (
    PortBusyError,
    ServerProcess,
    failure,
    start_server,
    start_toxiproxy,
    version_of_log,
    wait_until_up,
)

Script = Callable[[str, str], Path]
Serve = Callable[[Callable[[str], tuple[int, bytes]]], str]

START_LINE = 'service/server.go:292\\tstarting LiveKit server\\t{"portHttp": 1, "version": "9.8.7"}'


def test_version_is_read_from_the_start_line() -> None:
    assert version_of_log('x\tstarting LiveKit server\t{"a": 1, "version": "1.2.3"}') == "1.2.3"
    assert version_of_log('x\tusing single-node routing {"version": "1.2.3"}') is None


def test_failure_is_the_last_line_or_the_busy_port() -> None:
    error = failure("server", "exit code 0", ["first", "could not parse config: field nope "])
    assert str(error) == (
        "server ended while starting (exit code 0): could not parse config: field nope"
    )
    busy = failure("server", "exit code 0", ["listen udp: bind: address already in use", "bye"])
    assert isinstance(busy, PortBusyError)
    assert "printed nothing" in str(failure("server", "exit code 0", []))


def test_server_that_exits_with_0_at_start_is_one_line(
    script: Script, keeper: Keeper, tmp_path: Path
) -> None:
    program = script("livekit-server", "echo one of key-file or keys must be provided; exit 0")
    with pytest.raises(ServerError) as raised:
        start_server(program, ServerConfig(), keeper, tmp_path, backend="binary")
    assert str(raised.value) == (
        "livekit-server ended while starting (exit code 0): "
        "one of key-file or keys must be provided"
    )


def test_busy_port_is_tried_again_on_other_ports(
    script: Script, keeper: Keeper, tmp_path: Path
) -> None:
    tries = tmp_path / "tries"
    body = f"cat $2 >> {tries}; echo 'listen tcp 127.0.0.1:1: bind: address already in use'"
    with pytest.raises(ServerError, match="found its ports taken 3 times, last: listen tcp"):
        start_server(
            script("livekit-server", body), ServerConfig(), keeper, tmp_path, backend="binary"
        )
    ports = [line for line in tries.read_text().splitlines() if '"port"' in line]
    assert len(ports) == 3


def test_broken_program_is_one_line(keeper: Keeper, tmp_path: Path) -> None:
    program = tmp_path / "livekit-server"
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    with pytest.raises(ServerError, match=r"cannot start .*Exec format error"):
        start_server(program, ServerConfig(), keeper, tmp_path, backend="binary")


def test_foreign_server_on_the_port_is_not_taken_for_ours(
    script: Script, keeper: Keeper, tmp_path: Path, serve: Serve
) -> None:
    url = serve(lambda _: (200, b"OK"))
    program = script("impostor", "exec sleep 0.3")
    child = keeper.spawn([str(program)], name="ours", log=tmp_path / "log")
    with pytest.raises(ServerError, match="ended while starting"):
        wait_until_up(child, url, version_of_log)


def test_server_that_never_answers_is_ended(
    script: Script, keeper: Keeper, tmp_path: Path, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "START_LIMIT_S", 0.3)
    program = script("mute", f"printf '%b' '{START_LINE}'; exec sleep 300")
    child = keeper.spawn([str(program)], name="ours", log=tmp_path / "log")
    with pytest.raises(ServerError, match=r"ours did not answer at .* within 0 s, see .*log"):
        wait_until_up(child, serve(lambda _: (406, b"")), version_of_log)
    assert child.exited is not None


def test_start_line_and_answer_together_are_up(
    script: Script, keeper: Keeper, tmp_path: Path, serve: Serve
) -> None:
    program = script("good", f"printf '%b' '{START_LINE}'; exec sleep 300")
    child = keeper.spawn([str(program)], name="ours", log=tmp_path / "log")
    assert wait_until_up(child, serve(lambda _: (200, b"OK")), version_of_log) == "9.8.7"


def test_a_port_that_was_taken_during_a_restart_is_a_server_error(
    keeper: Keeper, tmp_path: Path
) -> None:
    def spawn() -> Child:
        raise PortBusyError("listen tcp 127.0.0.1:1: bind: address already in use")

    server = Server(
        url="ws://127.0.0.1:1", api_key="k", api_secret="s", version="1", backend="b", owned=True
    )
    child = keeper.spawn(["sleep", "300"], name="livekit-server", log=tmp_path / "log")
    running = ServerProcess(
        server=server, config=ServerConfig(), upstream="127.0.0.1:1", child=child, spawn=spawn
    )
    with pytest.raises(ServerError, match=r"did not start again: listen tcp .* already in use"):
        running.restart()
    assert child.exited is not None


@pytest.mark.real
def test_real_server_tells_its_version_and_hides_its_key(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    running = start_server(livekit_server, ServerConfig(), keeper, tmp_path, backend="binary")
    server = running.server
    assert request(server.url, timeout_s=5).status == 200
    assert server.version.count(".") == 2
    secrets = (server.api_key, server.api_secret)
    arguments = " ".join(psutil.Process(running.child.pid).cmdline())
    texts = [arguments, *(path.read_text() for path in tmp_path.iterdir())]
    assert not [text for text in texts for secret in secrets if secret in text]
    addresses = {
        connection.laddr.ip for connection in psutil.Process(running.child.pid).net_connections()
    }
    assert addresses == {"127.0.0.1"}
    running.stop()
    assert not running.alive()


@pytest.mark.real
def test_real_server_that_is_killed_is_noticed(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    running = start_server(livekit_server, ServerConfig(), keeper, tmp_path, backend="binary")
    assert running.alive()
    os.kill(running.child.pid, 9)
    assert running.child.wait(5) is not None
    assert not running.alive()
    assert "starting LiveKit server" in "".join(running.log_lines())


def answers(url: str) -> bool:
    try:
        request(url, timeout_s=0.3)
    except UnreachableError:
        return False
    return True


@pytest.mark.real
def test_real_server_stands_still_and_starts_anew_at_the_same_address(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    running = start_server(livekit_server, ServerConfig(), keeper, tmp_path, backend="binary")
    url, first = running.server.url.replace("ws:", "http:"), running.child
    running.pause()  # the keeper sends the signal: some requests may still be answered
    assert not all(answers(url) for _ in range(50))
    assert running.alive()
    running.resume()
    assert request(url, timeout_s=5).status == 200
    running.restart()
    assert first.exited is not None
    assert running.alive()
    assert request(url, timeout_s=5).status == 200
    running.pause()
    running.stop()
    assert not running.alive()


@pytest.mark.real
def test_real_server_says_what_is_wrong_with_its_configuration(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    config = ServerConfig(options={"rtc": {"nope": 1}})
    with pytest.raises(ServerError, match=r"exit code 0.*field nope not found") as raised:
        start_server(livekit_server, config, keeper, tmp_path, backend="binary")
    assert "\n" not in str(raised.value)


@pytest.mark.real
def test_real_server_offers_ice_tcp_only_when_asked(
    livekit_server: Path, keeper: Keeper, tmp_path: Path
) -> None:
    running = start_server(
        livekit_server, ServerConfig(ice_tcp=True), keeper, tmp_path, backend="binary"
    )
    config = json.loads((tmp_path / "livekit-server.json").read_text())
    listening = {
        connection.laddr.port
        for connection in psutil.Process(running.child.pid).net_connections("tcp")
        if connection.status == psutil.CONN_LISTEN
    }
    assert listening == {config["port"], config["rtc"]["tcp_port"]}


@pytest.mark.real
def test_real_toxiproxy_answers(toxiproxy_server: Path, keeper: Keeper, tmp_path: Path) -> None:
    running = start_toxiproxy(toxiproxy_server, keeper, tmp_path)
    answer = request(f"http://{running.api_host}:{running.api_port}/proxies", timeout_s=5)
    assert answer.body == b"{}"
    running.stop()
    assert not running.alive()
