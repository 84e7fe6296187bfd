from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import msgspec
import pytest

from harness.evidence.ledger_records import DIRECTIONS
from harness.gateway.client import State
from harness.gateway.config import ToxiproxyAddress, decode_config
from harness.gateway.errors import GatewayDied, GatewayError
from harness.gateway.process import GatewayProcess
from harness.gateway.relay_messages import Counts, SideCounts, Snapshot
from harness.network.phase import Phase
from harness.network.profile import Profile, load_profile
from harness.network.tcp_faults import TcpFaults, Toxic
from harness.server.model import ServerError
from harness.standalone import run as run_module
from harness.standalone.display import display_on
from harness.standalone.plan import parse_address
from harness.standalone.run import Plan, Watch, public_url, silent
from harness.standalone.toxiproxy import OwnToxiproxy

CLEAN = load_profile("clean")
SLOW = Toxic(type="latency", attributes={"latency": 100})
STATE = State(participants={}, interceptors=(), interceptor_errors=0, errors=())


def plan(folder: Path, **other: object) -> Plan:
    asked: dict[str, object] = {
        "upstream": "ws://127.0.0.1:7880",
        "address": parse_address("0.0.0.0:7000", "localhost"),
        "profile": CLEAN,
        "profiles": {},
        "seed": 7,
        "folder": folder,
        "tls": None,
        "own_key": None,
        "any_profile": False,
    }
    return Plan(**{**asked, **other})  # type: ignore[arg-type]


def slow() -> Profile:
    phases = (Phase(at_ns=0, signal=TcpFaults(toxics=(SLOW,))),)
    return Profile(name="slow", title="t", cite="c", phases=phases)


def test_a_gateways_process_is_told_what_was_asked_for(tmp_path: Path) -> None:
    told = decode_config(msgspec.json.encode(plan(tmp_path).config(None)))

    assert (told.listen_host, told.listen_port, told.advertise_host) == (
        "0.0.0.0", 7000, "127.0.0.1",
    )  # fmt: skip
    assert (told.seed, told.profile, told.folder) == (7, CLEAN, str(tmp_path))
    assert told.token


def test_the_key_of_an_own_certificate_does_not_stay_in_the_record(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.touch()
    plan(tmp_path).forget_key()
    assert key.exists(), "a key that the user named is the user's"

    for _ in range(2):
        plan(tmp_path, own_key=key).forget_key()
    assert not key.exists()


def test_toxiproxy_is_wanted_only_where_a_profile_has_or_may_get_toxics(tmp_path: Path) -> None:
    assert not plan(tmp_path).toxiproxy
    assert plan(tmp_path, profile=slow()).toxiproxy
    assert plan(tmp_path, profiles={"alice": slow()}).toxiproxy
    assert plan(tmp_path, any_profile=True).toxiproxy
    address = ToxiproxyAddress(host="127.0.0.1", port=1)
    assert plan(tmp_path).config(address).toxiproxy == address


def test_clients_are_told_the_name_that_they_know() -> None:
    address = parse_address("0.0.0.0:7000", "localhost")

    assert public_url("wss://127.0.0.1:7000", address) == "wss://localhost:7000"


class FakeGateway:
    """A gateway's process and its control API."""

    def __init__(self) -> None:
        self.client = self
        self.answers: list[State] = []
        self.died = False
        self.missed = 0

    async def snapshot(self) -> Snapshot:
        if not self.answers:
            raise GatewayError("the gateway does not answer")
        return Snapshot(at_ns=1, sides=(), ports=(), kernel_dropped=self.missed)

    async def state(self) -> State:
        return self.answers.pop(0)

    async def until_ended(self, limit_s: float) -> None:
        assert limit_s > 0

    def check_alive(self) -> None:
        if self.died:
            raise GatewayDied("the gateway ended: killed")


class FakeToxiproxy:
    def __init__(self) -> None:
        self.restarts = 0

    def restart(self) -> None:
        self.restarts += 1
        if self.restarts > 1:
            raise ServerError("toxiproxy ended while starting")


def watch(folder: Path, gateway: FakeGateway, out: io.StringIO) -> tuple[Watch, FakeToxiproxy]:
    toxiproxy = FakeToxiproxy()
    made = Watch(
        gateway=cast("GatewayProcess", gateway),
        folder=folder,
        toxiproxy=cast("OwnToxiproxy", toxiproxy),
        display=display_on(out),
    )
    return made, toxiproxy


@pytest.mark.parametrize(
    ("up", "down", "names"), [(9, 0, set()), (10, 0, {"alice"}), (10, 1, set()), (0, 0, set())]
)
def test_a_server_that_never_answers_is_noticed(up: int, down: int, names: set[str]) -> None:
    sides = tuple(
        SideCounts(
            participant="alice",
            direction=direction,
            total=Counts(packets=packets, bytes=packets, forwarded=packets, dropped=0),
            ssrcs={},
        )
        for direction, packets in zip(DIRECTIONS, (up, down), strict=True)
    )

    assert silent(Snapshot(at_ns=1, sides=sides, ports=(), kernel_dropped=0)) == names


@pytest.mark.asyncio
async def test_who_gets_no_answer_is_said_once_and_cannot_steer_the_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gateway, out = FakeGateway(), io.StringIO()
    gateway.answers = [STATE] * 2
    monkeypatch.setattr(run_module, "silent", lambda _: {"a\x1b[2J\nb"})
    watching, _ = watch(tmp_path, gateway, out)
    for _ in range(2):
        await watching.look()

    assert out.getvalue() == (
        "the server sends a\ufffd[2J\ufffdb nothing back: is its UDP port in reach?\n"
    )


@pytest.mark.asyncio
async def test_what_the_log_warns_of_is_said(tmp_path: Path) -> None:
    gateway, out = FakeGateway(), io.StringIO()
    gateway.answers = [STATE]
    (tmp_path / "gateway.log").write_text("2026-11-21 03:29:17,561 WARNING a.b: server is gone\n")
    await watch(tmp_path, gateway, out)[0].look()

    assert out.getvalue() == "server is gone\n"


@pytest.mark.asyncio
async def test_packets_that_the_relay_missed_are_said_once(tmp_path: Path) -> None:
    gateway, out = FakeGateway(), io.StringIO()
    gateway.answers = [STATE] * 3
    watching, _ = watch(tmp_path, gateway, out)
    for gateway.missed in (0, 4, 4):
        await watching.look()

    assert out.getvalue() == "this machine is too slow: 4 packets are lost, in no ledger\n"


@pytest.mark.asyncio
async def test_toxiproxy_is_started_again_once_for_each_trouble(tmp_path: Path) -> None:
    gateway, out = FakeGateway(), io.StringIO()
    hangs = in_trouble("it hangs")
    gateway.answers = [STATE, hangs, hangs, STATE, hangs, STATE]
    watching, toxiproxy = watch(tmp_path, gateway, out)
    restarts = []
    while gateway.answers:
        await watching.look()
        restarts.append(toxiproxy.restarts)

    assert restarts == [0, 1, 1, 1, 2, 2]
    assert out.getvalue().splitlines() == [
        "toxiproxy is started again",
        "toxiproxy is started again",
        "toxiproxy ended while starting",
    ]


def in_trouble(trouble: str) -> State:
    return State(
        participants={}, interceptors=(), interceptor_errors=0, errors=(), toxiproxy_trouble=trouble
    )


@pytest.mark.asyncio
async def test_a_gateway_that_ended_is_told_from_one_that_is_silent(tmp_path: Path) -> None:
    gateway = FakeGateway()
    watching, _ = watch(tmp_path, gateway, io.StringIO())
    with pytest.raises(GatewayError, match="does not answer"):
        await watching.look()
    gateway.died = True
    with pytest.raises(GatewayDied, match="killed"):
        await watching.look()
