from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import cast

import pytest

from harness.gateway import process as module
from harness.gateway.config import GatewayConfig, decode_config
from harness.gateway.errors import GatewayDied, GatewayError
from harness.gateway.process import GatewayProcess
from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.processes.child import Child, Exit
from harness.processes.keeper_client import Keeper

LIMIT_S = 10.0
READY = b'{"url": "ws://127.0.0.1:1", "control": "http://127.0.0.1:2"}\n'


class FakeKeeper:
    """Forks nothing: the test is the other end of the gateway's socket."""

    def __init__(self) -> None:
        self.forked: list[tuple[str, str]] = []
        self.signals: list[str] = []
        ours, self.gateway = socket.socketpair()
        self.gateway.settimeout(LIMIT_S)
        self.child = Child(name="gateway", log=Path("none"), channel=ours, signal_with=self._signal)
        self.obeys = True
        """Whether a signal ends it."""

    def fork(self, target: str, *, name: str, log: Path) -> Child:
        self.forked.append((target, name))
        self.child.log = log
        return self.child

    def _signal(self, child: Child, number: int) -> None:
        self.signals.append(str(number))
        if self.obeys:
            child.set_exited(Exit(code=None, signal=number))


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[FakeKeeper]:
    (tmp_path / "gateway.log").write_text("one\nport is busy\n")
    keeper = FakeKeeper()
    with keeper.gateway:
        yield keeper


def config(folder: Path, **more: object) -> GatewayConfig:
    return GatewayConfig(
        upstream_url="ws://127.0.0.1:7", token="hush", folder=str(folder),
        **more,  # type: ignore[arg-type]
    )  # fmt: skip


async def start(fake: FakeKeeper, wanted: GatewayConfig) -> GatewayProcess:
    async with asyncio.timeout(LIMIT_S):
        return await GatewayProcess.start(cast("Keeper", fake), wanted)


@pytest.mark.asyncio
async def test_it_is_told_everything_and_says_where_it_listens(
    fake: FakeKeeper, tmp_path: Path
) -> None:
    loss = Loss(ratio=0.5, target=Target(participant="bob", direction="down"))
    wanted = config(tmp_path, seed=81, impairments=(loss,), interceptors=("a:b",))
    fake.gateway.sendall(READY)
    gateway = await start(fake, wanted)
    with fake.gateway.makefile("rb") as lines:
        told = decode_config(lines.readline())

    assert (gateway.url, gateway.control) == ("ws://127.0.0.1:1", "http://127.0.0.1:2")
    assert fake.forked == [("harness.gateway.program:main", "gateway")]
    assert told == wanted
    gateway.check_alive()
    fake.child.set_exited(Exit(code=0, signal=None))
    await gateway.close()


@pytest.mark.parametrize("line", [b"", b"[]\n", b'{"url": "ws://x"}\n', b"Traceback\n", b"half"])
@pytest.mark.asyncio
async def test_one_that_does_not_start_is_one_line_with_its_last_words(
    fake: FakeKeeper, tmp_path: Path, line: bytes
) -> None:
    fake.gateway.sendall(line)
    fake.gateway.shutdown(socket.SHUT_WR)
    with pytest.raises(GatewayError) as raised:
        await start(fake, config(tmp_path))

    assert str(raised.value) == "the gateway did not start: one / port is busy"
    assert fake.child.exited is not None


@pytest.mark.asyncio
async def test_one_that_says_why_it_cannot_start_is_quoted(
    fake: FakeKeeper, tmp_path: Path
) -> None:
    fake.gateway.sendall(b'{"error": "port 7880 is taken"}\n')
    with pytest.raises(GatewayError, match=r"^the gateway did not start: port 7880 is taken$"):
        await start(fake, config(tmp_path))


@pytest.mark.asyncio
async def test_one_that_says_nothing_is_not_waited_for(
    fake: FakeKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "START_LIMIT_S", 0.02)
    with pytest.raises(GatewayError, match="did not start"):
        await start(fake, config(tmp_path))

    assert fake.child.exited is not None


@pytest.mark.asyncio
async def test_one_that_ended_is_noticed(fake: FakeKeeper, tmp_path: Path) -> None:
    fake.gateway.sendall(READY)
    gateway = await start(fake, config(tmp_path))
    await gateway.until_ended(0.0)
    gateway.check_alive()
    fake.child.set_exited(Exit(code=1, signal=None))

    await gateway.until_ended(LIMIT_S)
    with pytest.raises(GatewayDied, match=r"the gateway ended: exit code 1; one / port is busy"):
        gateway.check_alive()
    await gateway.close()


@pytest.mark.asyncio
async def test_one_that_does_not_end_by_itself_is_killed(
    fake: FakeKeeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "END_LIMIT_S", 0.02)
    fake.gateway.sendall(READY)
    gateway = await start(fake, config(tmp_path))
    async with asyncio.timeout(LIMIT_S):
        await gateway.close()

    assert fake.child.exited == Exit(code=None, signal=9)


@pytest.mark.real
@pytest.mark.asyncio
async def test_a_real_one_answers_ends_and_can_die(keeper: Keeper, tmp_path: Path) -> None:
    async with asyncio.timeout(LIMIT_S):
        first = await GatewayProcess.start(keeper, config(tmp_path))
        assert (await first.client.state()).participants == {}
        await first.close()
        second = await GatewayProcess.start(keeper, config(tmp_path))
        second._child.kill()
        await asyncio.to_thread(second._child.wait, LIMIT_S)
        with pytest.raises(GatewayDied, match="the gateway ended: killed by SIGKILL"):
            second.check_alive()
        await second.close()

    assert first._child.exited == Exit(code=0, signal=None)
