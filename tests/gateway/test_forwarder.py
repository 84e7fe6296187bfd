"""The forwarder between real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

import harness.gateway.forwarder as module
from harness.evidence.ledger_records import Direction
from harness.gateway.forwarder import Forwarder
from harness.gateway.tcp_way import TcpWay
from harness.network.tcp_faults import TcpFaults

LIMIT_S = 20
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Rig:
    """A server, a forwarder in front of it, and the connections of both."""

    def __init__(self) -> None:
        self.way = TcpWay(label="media-bob", toxiproxy=None)
        self.accepted: asyncio.Queue[Streams] = asyncio.Queue()
        self.writers: list[asyncio.StreamWriter] = []
        self.forwarder = Forwarder(way=self.way, upstream=("127.0.0.1", 1))

    async def start(self) -> None:
        self.server = await asyncio.start_server(self.accept, "127.0.0.1", 0)
        self.forwarder.upstream = self.server.sockets[0].getsockname()
        await self.forwarder.open("127.0.0.1")

    def accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.writers.append(writer)
        self.accepted.put_nowait((reader, writer))

    async def connect(self) -> Streams:
        reader, writer = await asyncio.open_connection(*self.forwarder.address)
        self.writers.append(writer)
        return reader, writer

    async def both(self) -> tuple[Streams, Streams]:
        client = await self.connect()
        return client, await asyncio.wait_for(self.accepted.get(), LIMIT_S)

    async def ended(self) -> None:
        """Wait until nothing is carried."""
        async with asyncio.timeout(LIMIT_S):
            while self.forwarder._carrying:
                await asyncio.wait(self.forwarder._carrying)
                await asyncio.sleep(0)

    async def close(self) -> None:
        await self.forwarder.close()
        self.server.close()
        for writer in self.writers:
            writer.transport.abort()


@pytest_asyncio.fixture
async def rig() -> AsyncIterator[Rig]:
    rig = Rig()
    await rig.start()
    yield rig
    await rig.close()


async def read(reader: asyncio.StreamReader, size: int) -> bytes:
    return await asyncio.wait_for(reader.readexactly(size), LIMIT_S)


async def end(reader: asyncio.StreamReader) -> bytes | None:
    """What comes until the end; None when the connection broke."""
    try:
        return await asyncio.wait_for(reader.read(), LIMIT_S)
    except ConnectionError:
        return None


@pytest.mark.asyncio
async def test_bytes_pass_both_ways_and_a_half_close_is_passed_on(rig: Rig) -> None:
    client, server = await rig.both()
    client[1].write(b"up")
    client[1].write_eof()
    assert await end(server[0]) == b"up"
    server[1].write(b"still down")
    server[1].close()

    assert await end(client[0]) == b"still down"
    await rig.ended()


@pytest.mark.asyncio
@pytest.mark.parametrize("dies", ["client", "server"])
async def test_when_one_side_dies_the_other_is_broken_off(rig: Rig, dies: str) -> None:
    client, server = await rig.both()
    client[1].write(b"x")
    await read(server[0], 1)
    dead, other = (client, server) if dies == "client" else (server, client)
    dead[1].transport.abort()
    other[1].write_eof()

    assert not await end(other[0])
    await rig.ended()


@pytest.mark.asyncio
async def test_a_stall_keeps_little_and_loses_nothing(rig: Rig) -> None:
    client, server = await rig.both()
    rig.way.put(TcpFaults(stalled=frozenset({"up"})))
    sent = bytes(range(256)) * 4096 * 16
    writing = asyncio.ensure_future(write(client[1], sent))
    server[1].write(b"down is open")
    assert await read(client[0], 12) == b"down is open"
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(server[0].readexactly(1), 0.05)
    assert not writing.done(), "TCP itself holds the sender up"
    rig.way.put(TcpFaults())

    assert await read(server[0], len(sent)) == sent
    await writing


async def write(writer: asyncio.StreamWriter, data: bytes) -> None:
    writer.write(data)
    await writer.drain()


@pytest.mark.asyncio
async def test_a_reader_that_does_not_read_holds_the_sender_up(rig: Rig) -> None:
    client, server = await rig.both()
    server[1].transport.pause_reading()  # type: ignore[attr-defined]
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(write(client[1], bytes(64 * 1024 * 1024)), 0.2)


@pytest.mark.asyncio
async def test_a_cut_closes_and_refuses_until_it_is_over(rig: Rig) -> None:
    client, server = await rig.both()
    rig.way.put(TcpFaults(cut=True))
    assert not await end(client[0])
    assert not await end(server[0])
    await rig.ended()
    refused = await rig.connect()
    assert not await end(refused[0])

    rig.way.put(TcpFaults())
    again, served = await rig.both()
    again[1].write(b"x")
    assert await read(served[0], 1) == b"x"


@pytest.mark.asyncio
async def test_no_server_is_a_line_and_a_closed_connection(
    rig: Rig, caplog: pytest.LogCaptureFixture
) -> None:
    rig.forwarder.upstream = ("127.0.0.1", 1)
    reader, _ = await rig.connect()

    assert not await end(reader)
    assert "media-bob: no connection to the server" in caplog.text


@pytest.mark.asyncio
async def test_there_is_an_end_to_connections(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CONNECTIONS", 2)
    for _ in range(2):
        await rig.both()
    reader, _ = await rig.connect()

    assert not await end(reader)


@pytest.mark.asyncio
@pytest.mark.parametrize("stalled", ["up", "down"])
async def test_a_death_is_not_seen_during_a_stall(rig: Rig, stalled: Direction) -> None:
    client, server = await rig.both()
    dead, other = (client, server) if stalled == "up" else (server, client)
    rig.way.put(TcpFaults(stalled=frozenset({stalled})))
    dead[1].write(b"last words")
    await dead[1].drain()
    dead[1].transport.abort()
    for _ in range(3):  # the forwarder notices when it cannot write to who is dead
        other[1].write(b"x")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(other[0].readexactly(1), 0.02)
    rig.way.put(TcpFaults())

    await end(other[0])
    await rig.ended()


@pytest.mark.asyncio
async def test_closing_ends_everything_during_a_stall_too(rig: Rig) -> None:
    client, server = await rig.both()
    rig.way.put(TcpFaults(stalled=frozenset({"up", "down"})))
    client[1].write(b"held")
    try:
        await asyncio.wait_for(rig.forwarder.close(), LIMIT_S)
    finally:
        rig.way.put(TcpFaults())  # else the fixture would wait, too

    assert not await end(client[0])
    assert not await end(server[0])


@pytest.mark.asyncio
async def test_closing_ends_everything(rig: Rig) -> None:
    client, server = await rig.both()
    await rig.forwarder.close()

    assert not await end(client[0])
    assert not await end(server[0])
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*rig.forwarder.address)
