"""What the TCP connections of one participant go through: its signalling, or its ICE-TCP media."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

from harness.evidence.ledger_records import Direction
from harness.network.tcp_faults import TcpFaults, Toxic

Address = tuple[str, int]


class Toxics(Protocol):
    """The part of toxiproxy that is needed here; every method raises ToxiproxyError."""

    async def create(
        self, label: str, upstream: Address, toxics: Sequence[Toxic], expected: Sequence[Toxic]
    ) -> Address:
        """Make a listener that leads to `upstream` with `toxics`, prepared for those `expected`."""

    async def set_toxics(self, listener: Address, toxics: Sequence[Toxic]) -> None:
        """Make these the toxics of a listener."""

    async def remove(self, listener: Address) -> None:
        """End a listener."""


@dataclass(kw_only=True)
class TcpWay:
    """Stalls and cuts are done here, where the connections pass; toxics by toxiproxy behind it.

    Whoever carries a connection asks `cut` before it begins, says so with `carried`, and awaits
    `passes` before it hands on what it has read. It reads nothing meanwhile, so that the sender
    is held up by TCP itself and no more than one read has to be kept.
    """

    label: str
    toxiproxy: Toxics | None
    expected: tuple[Toxic, ...] = ()
    """What the profile in use will ever need: listeners have these from the start, neutral."""
    faults: TcpFaults = field(default_factory=TcpFaults)
    """Of the profile; to be changed with `put`."""
    more: tuple[Toxic, ...] = ()
    """From outside of the profile; one of the same type and stream as the profile's counts."""
    _listeners: dict[Address, Address] = field(default_factory=dict)
    """Where toxiproxy listens for each address of the server."""
    _aborts: set[Callable[[], None]] = field(default_factory=set)
    _open: dict[Direction, asyncio.Event] = field(
        default_factory=lambda: {"up": asyncio.Event(), "down": asyncio.Event()}
    )
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    def __post_init__(self) -> None:
        self.put(self.faults)

    @property
    def cut(self) -> bool:
        """Whether no connection may be."""
        return self.faults.cut

    @property
    def toxics(self) -> tuple[Toxic, ...]:
        """In force once settled."""
        return tuple({toxic.name: toxic for toxic in (*self.faults.toxics, *self.more)}.values())

    async def dial(self, upstream: Address) -> Address:
        """Where to connect to reach an address of the server.

        Raises:
            ToxiproxyError: no listener of toxiproxy could be had.
        """
        if self.toxiproxy is None:
            return upstream
        async with self._lock:
            if upstream not in self._listeners:
                self._listeners[upstream] = await self.toxiproxy.create(
                    self.label, upstream, self.toxics, self.expected
                )
        return self._listeners[upstream]

    def put(self, faults: TcpFaults) -> None:
        """Put faults in force in place of the former ones; their toxics wait for `settle`."""
        self.faults = faults
        for direction, is_open in self._open.items():
            if direction in faults.stalled and not faults.cut:
                is_open.clear()
            else:
                is_open.set()
        if faults.cut:
            for abort in list(self._aborts):
                abort()

    async def settle(self) -> None:
        """Have toxiproxy do what was put.

        Raises:
            ToxiproxyError: it refused, or does not answer.
        """
        async with self._lock:
            for listener in self._listeners.values():
                assert self.toxiproxy is not None, "it made the listeners"
                await self.toxiproxy.set_toxics(listener, self.toxics)

    async def close(self) -> None:
        """Have toxiproxy end what was made for this way.

        Raises:
            ToxiproxyError: it refused, or does not answer.
        """
        async with self._lock:
            while self._listeners:
                assert self.toxiproxy is not None, "it made the listeners"
                await self.toxiproxy.remove(self._listeners.popitem()[1])

    async def passes(self, direction: Direction) -> None:
        """Wait until this direction is not stalled, or the connections are cut."""
        await self._open[direction].wait()

    @contextmanager
    def carried(self, abort: Callable[[], None]) -> Iterator[None]:
        """While the block runs there is a connection that a cut aborts."""
        self._aborts.add(abort)
        try:
            yield
        finally:
            self._aborts.discard(abort)
