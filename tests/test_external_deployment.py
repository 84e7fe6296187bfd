"""Runs against a deployment that somebody else started."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from livekit import api

from harness.processes.keeper_client import Keeper
from harness.server.model import Server, ServerConfig
from harness.server.programs import start_server
from tests.user_project import HEARD, UserProject, server_program

pytestmark = pytest.mark.real

OWN_CONFIGURATION = """
@clause("FOO-002", server=ServerConfig(options={"room": {"auto_create": False}}))
async def test_configured(stage: Stage, judge: Judge) -> None:
    await sound_is_heard(stage, judge, "FOO-002")
"""
INTERRUPTED = """
@clause("FOO-001")
async def test_interrupted(stage: Stage, judge: Judge) -> None:
    await stage.join("alice", "bob")
    os.kill(os.getpid(), signal.SIGINT)
    await stage.run(seconds=40)
"""


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A livekit-server that no run of ours has started."""
    folder = tmp_path_factory.mktemp("deployment")
    with Keeper.start(preload=[], log=folder / "keeper.log") as keeper:
        program = server_program()
        yield start_server(program, ServerConfig(), keeper, folder, backend="binary").server


@pytest.fixture
def foreign(deployment: Server, tmp_path: Path) -> UserProject:
    """A project with the deployment's key."""
    keys = {"LIVEKIT_API_KEY": deployment.api_key, "LIVEKIT_API_SECRET": deployment.api_secret}
    project = UserProject(folder=tmp_path / "foreign", server=server_program(), environment=keys)
    project.write(HEARD + OWN_CONFIGURATION)
    return project


async def rooms_of(deployment: Server) -> list[str]:
    url = deployment.url.replace("ws", "http", 1)
    async with api.LiveKitAPI(url, deployment.api_key, deployment.api_secret) as client:
        found = await client.room.list_rooms(api.ListRoomsRequest())
    return [room.name for room in found.rooms]


@pytest.mark.asyncio
async def test_it_is_judged_and_left_as_it_was(foreign: UserProject, deployment: Server) -> None:
    ended = foreign.run(f"--lk-url={deployment.url}")

    assert ended.code == 0, ended.output
    assert foreign.verdicts() == {"FOO-001": "PASS", "FOO-002": "UNSUPPORTED"}
    cells = {found["clause"]: found["cell"] for found in foreign.results()["findings"]}
    assert cells["FOO-001"]["server"] == deployment.version
    assert foreign.results()["run"]["versions"]["livekit-server"] == deployment.version
    assert not await rooms_of(deployment)


@pytest.mark.asyncio
async def test_an_interrupted_run_leaves_no_room(foreign: UserProject, deployment: Server) -> None:
    foreign.write(INTERRUPTED)

    ended = foreign.run(f"--lk-url={deployment.url}")

    assert ended.code == 2, ended.output
    assert not await rooms_of(deployment)


class Silent(http.server.SimpleHTTPRequestHandler):
    """Something else that speaks HTTP."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Silent)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"ws://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def assert_refused(project: UserProject, url: str, said: str) -> None:
    ended = project.run(f"--lk-url={url}")

    assert ended.code == 10, ended.output
    assert "Traceback" not in ended.output
    (line,) = (line for line in ended.output.splitlines() if "livekit-harness: " in line)
    assert said in line


def test_a_wrong_key_is_one_line(foreign: UserProject, deployment: Server) -> None:
    wrong = replace(foreign, environment={**foreign.environment, "LIVEKIT_API_SECRET": "x" * 32})

    assert_refused(wrong, deployment.url, "refuses the key")


def test_no_key_is_one_line(foreign: UserProject, deployment: Server) -> None:
    said = "needs LIVEKIT_API_KEY and LIVEKIT_API_SECRET to be set"

    assert_refused(replace(foreign, environment={}), deployment.url, said)


def test_something_else_there_is_one_line(foreign: UserProject, elsewhere: str) -> None:
    assert_refused(foreign, elsewhere, "is not a LiveKit server")
