"""No secret of a run stands where others can read it: logs, reports, process lists."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from tests.user_project import UserProject, server_program

pytestmark = pytest.mark.real

LISTENS = """
import secrets
from pathlib import Path

from livekit import api

KNOWN = Path(__file__).with_name("known.txt")
LEAST = 16


def listening(call):
    def made(*args, **kwargs):
        value = call(*args, **kwargs)
        if len(value) >= LEAST:
            with KNOWN.open("a") as file:
                file.write(value + "\\n")
        return value

    return made


for name in ("token_hex", "token_urlsafe"):
    setattr(secrets, name, listening(getattr(secrets, name)))
api.AccessToken.to_jwt = listening(api.AccessToken.to_jwt)
"""
"""Notes every random text and every token that the run makes."""
LOOKS = """
import json


def readable(name: str) -> dict[str, str]:
    found = {}
    for process in Path("/proc").iterdir():
        try:
            found[process.name] = (process / name).read_bytes().decode(errors="replace")
        except (OSError, ValueError):
            continue
    return found


@clause("FOO-001")
async def test_heard(stage: Stage, judge: Judge) -> None:
    await sound_is_heard(stage, judge, "FOO-001")
    seen = {"cmdline": readable("cmdline"), "environ": readable("environ")}
    seen["server"] = str(own_server().pid)
    seen["listens"] = [
        one.laddr.ip
        for process in psutil.Process().children(recursive=True)
        for one in process.net_connections("inet")
        if one.status == psutil.CONN_LISTEN
    ]
    Path(__file__).with_name("seen.json").write_text(json.dumps(seen))
"""


class Seen(msgspec.Struct, frozen=True):
    cmdline: dict[str, str]
    environ: dict[str, str]
    server: str
    listens: list[str]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> UserProject:
    """A run that is over, with all its secrets in `known.txt`."""
    project = UserProject(folder=tmp_path_factory.mktemp("secrets"), server=server_program())
    project.write(LOOKS)
    (project.folder / "conftest.py").write_text(LISTENS)
    ended = project.run_on_own_server()
    (project.folder / "output.txt").write_text(ended.output)
    assert ended.code == 0, ended.output
    return project


@pytest.fixture(scope="module")
def secrets_of_run(project: UserProject) -> list[bytes]:
    made = set((project.folder / "known.txt").read_bytes().split())
    tokens = {one for one in made if one.startswith(b"eyJ")}
    assert len(tokens) >= 2, "alice's and bob's"
    assert len(made - tokens) >= 2, "the server's secret, the gateway's token"
    return [*made, *(token.rpartition(b".")[2] for token in tokens)]


@pytest.fixture(scope="module")
def seen(project: UserProject) -> Seen:
    return msgspec.json.decode((project.folder / "seen.json").read_bytes(), type=Seen)


def files(project: UserProject) -> list[Path]:
    found = [path for path in project.run_folder.rglob("*") if path.is_file()]
    assert len(found) > 10
    return found


def test_no_file_of_the_run_and_nothing_printed_holds_one(
    project: UserProject, secrets_of_run: list[bytes]
) -> None:
    for path in (*files(project), project.folder / "output.txt"):
        data = path.read_bytes()
        assert not [one for one in secrets_of_run if one in data], path


def test_no_command_line_holds_one_and_no_environment_but_the_servers(
    seen: Seen, secrets_of_run: list[bytes]
) -> None:
    def holders(texts: dict[str, str]) -> set[str]:
        known = [one.decode() for one in secrets_of_run]
        return {pid for pid, text in texts.items() if any(one in text for one in known)}

    assert str(os.getpid()) in seen.cmdline, "all processes were looked at"
    assert holders(seen.cmdline) == set()
    assert holders(seen.environ) == {seen.server}


def test_nothing_listens_where_others_can_reach_it(seen: Seen) -> None:
    assert seen.listens
    assert set(seen.listens) <= {"127.0.0.1", "::1"}


def test_only_the_servers_own_log_quotes_session_descriptions(project: UserProject) -> None:
    """Its ICE passwords are of sessions that are over, and open nothing."""
    quoting = {path.name for path in files(project) if b"ice-pwd" in path.read_bytes()}
    assert quoting <= {"livekit-server.log"}
