from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest

from harness.gateway.tcp_way import Address, TcpWay
from harness.network.tcp_faults import TcpFaults, Toxic

LIMIT_S = 20
SERVER = ("10.0.0.7", 7880)
SLOW = Toxic(type="latency", attributes={"latency": 100})
SLOWER = Toxic(type="latency", attributes={"latency": 300})
NARROW = Toxic(type="bandwidth", attributes={"rate": 10})


class Toxiproxy:
    """Makes listeners in order; remembers what it was told."""

    def __init__(self) -> None:
        self.made: list[tuple[str, Address, tuple[Toxic, ...], tuple[Toxic, ...]]] = []
        self.set: list[tuple[Address, tuple[Toxic, ...]]] = []
        self.removed: list[Address] = []

    async def create(
        self, label: str, upstream: Address, toxics: Sequence[Toxic], expected: Sequence[Toxic]
    ) -> Address:
        await asyncio.sleep(0)
        self.made.append((label, upstream, tuple(toxics), tuple(expected)))
        return "127.0.0.1", 4000 + len(self.made)

    async def set_toxics(self, listener: Address, toxics: Sequence[Toxic]) -> None:
        self.set.append((listener, tuple(toxics)))

    async def remove(self, listener: Address) -> None:
        self.removed.append(listener)


async def is_stalled(passing: asyncio.Future[None]) -> bool:
    await asyncio.sleep(0)
    return not passing.done()


@pytest.mark.asyncio
async def test_without_toxiproxy_the_way_is_straight() -> None:
    assert await TcpWay(label="x", toxiproxy=None).dial(SERVER) == SERVER


@pytest.mark.asyncio
async def test_there_is_one_listener_for_an_address_with_the_toxics_of_now() -> None:
    toxiproxy = Toxiproxy()
    way = TcpWay(label="signal-bob", toxiproxy=toxiproxy, expected=(NARROW,))
    way.put(TcpFaults(toxics=(SLOW,)))
    await way.settle()
    dialled = await asyncio.gather(way.dial(SERVER), way.dial(SERVER), way.dial(("10.0.0.8", 1)))

    assert list(dialled) == [("127.0.0.1", 4001), ("127.0.0.1", 4001), ("127.0.0.1", 4002)]
    assert toxiproxy.made[0] == ("signal-bob", SERVER, (SLOW,), (NARROW,))
    assert not toxiproxy.set


@pytest.mark.asyncio
async def test_every_listener_gets_new_toxics_and_those_from_outside_count_more() -> None:
    toxiproxy = Toxiproxy()
    way = TcpWay(label="x", toxiproxy=toxiproxy)
    for server in (SERVER, ("10.0.0.8", 1)):
        await way.dial(server)
    way.put(TcpFaults(toxics=(SLOW, NARROW)))
    way.more = (SLOWER,)
    await way.settle()

    assert toxiproxy.set == [
        (("127.0.0.1", port), (SLOWER, NARROW)) for port in (4001, 4002)
    ]  # fmt: skip
    assert way.toxics == (SLOWER, NARROW)


@pytest.mark.asyncio
async def test_a_way_that_is_closed_leaves_no_listener() -> None:
    toxiproxy = Toxiproxy()
    way = TcpWay(label="x", toxiproxy=toxiproxy)
    for server in (SERVER, ("10.0.0.8", 1)):
        await way.dial(server)
    await way.close()
    await way.close()

    assert sorted(toxiproxy.removed) == [("127.0.0.1", 4001), ("127.0.0.1", 4002)]


@pytest.mark.asyncio
async def test_a_stall_holds_one_direction_until_it_is_over() -> None:
    way = TcpWay(label="x", toxiproxy=None)
    way.put(TcpFaults(stalled=frozenset({"up"})))
    up, down = (asyncio.ensure_future(way.passes(one)) for one in ("up", "down"))
    assert await is_stalled(up)
    assert down.done()

    way.put(TcpFaults(stalled=frozenset({"up", "down"})))
    assert await is_stalled(up)
    way.put(TcpFaults())
    await asyncio.wait_for(up, LIMIT_S)


@pytest.mark.asyncio
async def test_a_cut_aborts_what_is_carried_and_holds_nobody() -> None:
    way = TcpWay(label="x", toxiproxy=None)
    way.put(TcpFaults(stalled=frozenset({"up"})))
    held = asyncio.ensure_future(way.passes("up"))
    aborted: list[str] = []
    with way.carried(lambda: aborted.append("gone")):
        pass
    with way.carried(lambda: aborted.append("there")):
        assert await is_stalled(held)
        way.put(TcpFaults(cut=True, stalled=frozenset({"up"})))
        assert way.cut

    assert aborted == ["there"]
    await asyncio.wait_for(held, LIMIT_S)
    way.put(TcpFaults())
    assert not way.cut
