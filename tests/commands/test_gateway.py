from __future__ import annotations

import asyncio
import json
import signal
import socket
import ssl
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from aiohttp import ClientSession
from livekit import api

import harness.commands.gateway as command_module
from harness.cli import main
from harness.commands.command import MISUSE, NOTHING_FOUND
from harness.commands.gateway import PCAPNG, changed, summary
from harness.evidence.ledger import Ledger
from harness.gateway.errors import GatewayDied
from harness.processes.keeper_client import Keeper
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig, ServerError
from harness.standalone.certificate import CERTIFICATE, KEY
from tests.standalone.command_line import gateway_command, run_command
from tests.standalone.test_run import plan

LIMIT_S = 30.0
CLIENT = Path(__file__).parents[1] / "gateway" / "real_client.py"


@pytest.fixture(autouse=True)
def no_homes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def complaint(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What a command that is misused says, on one line."""
    assert main(["gateway", *arguments]) == MISUSE
    [line] = capsys.readouterr().err.splitlines()
    return line


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ([], "--upstream is missing"),
        (["--upstream", "here"], "write it as ws://host:port"),
        (["--upstream", "ws://127.0.0.1:1"], "no server answers at ws://127.0.0.1:1"),
        (["--upstream", "ws://h", "--profile", "none"], "no profile 'none'"),
        (["--upstream", "ws://h", "--participant", "alice"], "write it as IDENTITY=PROFILE"),
        (["--upstream", "ws://h", "--listen", "0.0.0.0:1"], "say with --advertise"),
        (["set", "clean"], "no gateway of yours runs"),
        (["set", "none"], "no profile 'none'"),
        (["set", "clean", "--record", "/nowhere"], "no gateway records in /nowhere"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    capsys: pytest.CaptureFixture[str], arguments: list[str], says: str
) -> None:
    assert says in complaint(capsys, *arguments)


def test_a_profile_of_the_users_own_is_wrong_with_file_and_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    wrong = tmp_path / "mine.toml"
    wrong.write_text('title = "t"\ncite = "c"\n[[phase]]\nat_s = -1\n')

    assert f"{wrong}:4" in complaint(capsys, "--upstream", "ws://h", "--profile", str(wrong))


def test_what_never_had_media_has_no_summary(tmp_path: Path) -> None:
    assert summary(tmp_path) == f"no media passed; signalling is in {tmp_path}\n"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("server")
    try:
        backend = choose(Wanted(backend="binary"), lambda _: None).backend
    except ServerError as error:
        pytest.skip(str(error))
    with Keeper.start(preload=[], log=folder / "keeper.log") as keeper:
        yield backend.start(ServerConfig(), keeper, folder).server


@pytest.fixture
def token(server: Server, tmp_path: Path) -> Callable[[str], str]:
    def make(identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=tmp_path.name)
        made = api.AccessToken(server.api_key, server.api_secret).with_identity(identity)
        return made.with_grants(grants).to_jwt()

    return make


async def meet(url: str, token: Callable[[str], str]) -> dict[str, object]:
    """Alice is heard and seen by bob; both are the SDK as it is published."""
    client = await asyncio.create_subprocess_exec(
        sys.executable, str(CLIENT), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    tokens = {identity: token(identity) for identity in ("alice", "bob")}
    order = {"url": url, "tokens": tokens, "single": False}
    async with asyncio.timeout(LIMIT_S):
        said, _ = await client.communicate(json.dumps(order).encode())
    found: dict[str, object] = json.loads(said)
    return found


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_client_needs_nothing_but_the_url_and_all_is_recorded(
    server: Server, token: Callable[[str], str], tmp_path: Path
) -> None:
    arguments = ("--upstream", server.url, "--participant", "bob=lossy-downlink", "--seed", "5")
    async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
        met = await meet(gateway.url, token)
        await gateway.until("alice left")
        assert await gateway.end() == 0

    said = "\n".join(gateway.said)
    assert "error" not in met
    assert "seed 5" in said
    assert "bob connected in" in said
    assert "dropped by loss (ratio 0.05" in said
    assert (tmp_path / "record" / PCAPNG).stat().st_size > 0
    assert Ledger(tmp_path / "record").participants == ["alice", "bob"]


def test_names_of_clients_cannot_steer_the_terminal_of_who_changes_a_profile() -> None:
    said = changed("bob", "3g", {"a\x1b[2J\nb"})

    assert said == "bob: 3g, from when they connect; so far a\ufffd[2J\ufffdb came\n"


def test_last_words_of_a_gateway_cannot_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def serve(*_: object) -> None:
        raise GatewayDied("the gateway ended: bob\x1b[2J\nleft")

    monkeypatch.setattr(command_module, "serve", serve)

    assert command_module._serve(plan(tmp_path)) == NOTHING_FOUND
    said = capsys.readouterr().err
    assert said == "livekit-harness: the gateway ended: bob\ufffd[2J\ufffdleft\n"


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_profile_is_changed_at_run_time(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    async with gateway_command("--upstream", server.url, folder=folder) as gateway:
        everybody = await run_command("gateway", "set", "lossy-uplink", folder=folder)
        one = await run_command(
            "gateway", "set", "blackhole", "--participant", "bob", "--record", str(folder),
            folder=folder,
        )  # fmt: skip
        refused = await run_command("gateway", "set", "tcp-slow", folder=folder)
        await gateway.end(signal.SIGTERM)
    gone = await run_command("gateway", "set", "clean", folder=folder)

    assert everybody == (0, "everybody: lossy-uplink, from now on\n")
    assert one == (0, "bob: blackhole, from when they connect; so far nobody came\n")
    assert refused[0] == gone[0] == MISUSE
    assert "start the gateway with --toxiproxy" in refused[1]
    assert "no gateway of yours runs" in gone[1]


@pytest.mark.real
@pytest.mark.asyncio
async def test_toxiproxy_is_there_for_faults_of_tcp_and_is_started_again_when_it_ends(
    server: Server, token: Callable[[str], str], tmp_path: Path
) -> None:
    arguments = ("--upstream", server.url, "--profile", "tcp-slow")
    async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
        met = await meet(gateway.url, token)
        [toxiproxy] = [one for one in family(gateway.pid) if one.name() == "toxiproxy-server"]
        toxiproxy.kill()
        await gateway.until("toxiproxy is started again")
        assert await gateway.end() == 0

    assert "error" not in met
    assert float(str(met["joined_s"])) > 0.2


def family(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
@pytest.mark.real
@pytest.mark.asyncio
async def test_however_it_ends_nothing_is_left_behind(
    server: Server, tmp_path: Path, number: signal.Signals
) -> None:
    arguments = ("--upstream", server.url, "--toxiproxy")
    async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
        children = family(gateway.pid)
        await gateway.end(number)
    _, left = await asyncio.to_thread(psutil.wait_procs, children, timeout=LIMIT_S)

    assert len(children) == 4  # keeper, toxiproxy, gateway, relay
    assert left == []


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_gateway_that_dies_is_said_and_what_it_recorded_is_summed_up(
    server: Server, tmp_path: Path
) -> None:
    async with gateway_command("--upstream", server.url, folder=tmp_path / "record") as gateway:
        keeper = psutil.Process(gateway.pid).children()[0]
        keeper.children()[0].kill()
        assert await gateway.ended() == NOTHING_FOUND

    assert "livekit-harness: the gateway ended: killed by SIGKILL" in gateway.said[-1]


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_port_that_is_taken_is_one_line(server: Server, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        code, said = await run_command(
            "gateway", "--upstream", server.url, "--listen", str(port),
            "--record", str(tmp_path / "record"), folder=tmp_path / "record",
        )  # fmt: skip

    assert code == MISUSE
    assert said.splitlines() == [
        f"livekit-harness: --listen 127.0.0.1:{port}: Address already in use; name another"
    ]
    assert not (tmp_path / "record").exists()


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_page_from_a_secure_origin_finds_tls(server: Server, tmp_path: Path) -> None:
    folder = tmp_path / "record"
    arguments = (
        "--upstream",
        server.url,
        "--tls",
        "--listen",
        "0.0.0.0",
        "--advertise",
        "localhost",
    )
    async with gateway_command(*arguments, folder=folder) as gateway:
        assert not (folder / KEY).exists(), "it would stay if all of this were killed now"
        trust = ssl.create_default_context(cafile=str(folder / CERTIFICATE))
        async with (
            ClientSession() as session,
            session.get(gateway.url.replace("wss", "https"), ssl=trust) as answer,
        ):
            assert answer.status == 200
        await gateway.end()

    assert gateway.url.startswith("wss://localhost:")
    assert any(line.startswith("warning: whoever reaches localhost") for line in gateway.said)


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_server_behind_tls_is_one_like_any_other(
    server: Server, token: Callable[[str], str], tmp_path: Path
) -> None:
    """The server with TLS is a gateway, too."""
    far, near = tmp_path / "far", tmp_path / "near"
    secure = ("--upstream", server.url, "--tls", "--advertise", "localhost")
    async with gateway_command(*secure, folder=far) as first:
        trust = {"SSL_CERT_FILE": str(far / CERTIFICATE)}
        async with gateway_command("--upstream", first.url, folder=near, env=trust) as second:
            met = await meet(second.url, token)
            assert await second.end() == 0
        assert await first.end() == 0

    assert "error" not in met
    assert Ledger(near).moved("bob").up_packets == Ledger(far).moved("bob").up_packets > 0


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_server_whose_certificate_nobody_vouches_for_is_refused(
    server: Server, tmp_path: Path
) -> None:
    secure = ("--upstream", server.url, "--tls", "--advertise", "localhost")
    async with gateway_command(*secure, folder=tmp_path / "far") as first:
        code, said = await run_command("gateway", "--upstream", first.url, folder=tmp_path / "near")

    assert code == MISUSE
    assert "TLS failed" in said


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_server_that_vanishes_is_said(tmp_path: Path) -> None:
    with Keeper.start(preload=[], log=tmp_path / "keeper.log") as keeper:
        backend = choose(Wanted(backend="binary"), lambda _: None).backend
        running = backend.start(ServerConfig(), keeper, tmp_path)
        arguments = ("--upstream", running.server.url)
        async with gateway_command(*arguments, folder=tmp_path / "record") as gateway:
            running.stop()
            async with (
                ClientSession() as session,
                session.get(gateway.url.replace("ws", "http")) as answer,
            ):
                assert answer.status == 502
            await gateway.until("the gateway has no connection to the server")
            assert await gateway.end() == 0
