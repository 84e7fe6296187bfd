from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.processes.keeper_client import Keeper
from harness.server import binary, embedded
from harness.server.docker_engine import Engine, probe


@pytest.fixture
def keeper(tmp_path: Path) -> Iterator[Keeper]:
    with Keeper.start(preload=[], log=tmp_path / "keeper.log") as running:
        yield running


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes an executable shell script."""

    def write(name: str, body: str) -> Path:
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f"#!/bin/sh\n{body}\n")
        program.chmod(0o755)
        return program

    return write


Respond = Callable[[str], tuple[int, bytes]]


@pytest.fixture
def serve() -> Iterator[Callable[[Respond], str]]:
    """Serves HTTP with a function from path to status and body; gives the URL."""
    servers: list[http.server.ThreadingHTTPServer] = []

    def start(respond: Respond) -> str:
        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                status, body = respond(self.path)
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_POST = do_GET  # noqa: N815 - a name that http.server looks up

            def log_message(self, *_: object) -> None:
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def real_program() -> Callable[[embedded.Module], Path]:
    """Finds a program, or skips the test."""

    def find(module: embedded.Module) -> Path:
        found = embedded.built(module, embedded.default_cache()) or binary.on_path(module.name)
        if found is None:
            pytest.skip(f"no {module.name} on PATH and none built before")
        return found

    return find


@pytest.fixture
def livekit_server(real_program: Callable[[embedded.Module], Path]) -> Path:
    return real_program(embedded.LIVEKIT)


@pytest.fixture
def toxiproxy_server(real_program: Callable[[embedded.Module], Path]) -> Path:
    return real_program(embedded.TOXIPROXY)


@pytest.fixture
def engine() -> Engine:
    found = probe()
    if not found.usable:
        pytest.skip(found.reason)
    return found
