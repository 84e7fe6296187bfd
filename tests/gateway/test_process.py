from __future__ import annotations

import asyncio
import contextlib
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
from harness.processes.lines import MAX_LINE

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
    assert keeper.child.socket is not None
    with keeper.gateway, keeper.child.socket:
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


BAD_LINES = (
    b"", b"[]\n", b'{"url": "ws://x"}\n', b"Traceback\n", b"half", b"x" * 2 * MAX_LINE,
)  # fmt: skip


@pytest.mark.parametrize("line", BAD_LINES, ids=len)
@pytest.mark.asyncio
async def test_one_that_does_not_start_is_one_line_with_its_last_words(
    fake: FakeKeeper, tmp_path: Path, line: bytes
) -> None:
    said = asyncio.create_task(asyncio.to_thread(say_and_go, fake.gateway, line))
    with pytest.raises(GatewayError) as raised:
        await start(fake, config(tmp_path))
    await said

    assert str(raised.value) == "the gateway did not start: one / port is busy"
    assert fake.child.exited is not None


def say_and_go(gateway: socket.socket, line: bytes) -> None:
    """More than a socket takes at once waits until it is read, or nobody reads any more."""
    with contextlib.suppress(OSError):
        gateway.sendall(line)
        gateway.shutdown(socket.SHUT_WR)


@pytest.mark.asyncio
async def test_one_that_is_asked_for_too_much_is_one_line_and_no_process(
    fake: FakeKeeper, tmp_path: Path
) -> None:
    losses = (Loss(ratio=0.5, target=Target(participant="bob")),) * 20_000
    with pytest.raises(GatewayError, match=r"\Athe gateway was asked for .* fewer phases.*\Z"):
        await start(fake, config(tmp_path, impairments=losses))

    assert not fake.forked


@pytest.mark.asyncio
async def test_its_last_words_cannot_steer_a_terminal(fake: FakeKeeper, tmp_path: Path) -> None:
    (tmp_path / "gateway.log").write_bytes(b"bob\x1b[2J\x07\n\xe2\x80\xaeb\n")
    fake.gateway.sendall(READY)
    gateway = await start(fake, config(tmp_path))
    fake.child.set_exited(Exit(code=1, signal=None))
    with pytest.raises(GatewayDied) as died:
        gateway.check_alive()
    await gateway.close()

    assert str(died.value) == "the gateway ended: exit code 1; bob\ufffd[2J\ufffd / \ufffdb"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("says", "quoted"),
    [
        (b"port 7880 is taken", "port 7880 is taken"),
        (b"no\\u001b[2J\\nway", "no\ufffd[2J\ufffdway"),  # which cannot steer a terminal
    ],
)
async def test_one_that_says_why_it_cannot_start_is_quoted(
    fake: FakeKeeper, tmp_path: Path, says: bytes, quoted: str
) -> None:
    fake.gateway.sendall(b'{"error": "' + says + b'"}\n')
    with pytest.raises(GatewayError) as raised:
        await start(fake, config(tmp_path))

    assert str(raised.value) == f"the gateway did not start: {quoted}"


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
