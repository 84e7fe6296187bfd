"""Ports, flows and streams: which socket stands in for which.

A *port* stands in for one candidate of the server towards one participant. A *flow* is one source
address of the participant at a port, with a socket of its own to the server. A *stream* is one
direction of a flow.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import NamedTuple

from harness.gateway.relay_messages import PortCounts
from harness.gateway.relay_sides import Participant, Side

Address = tuple[str, int]


class Stream:
    """One direction of one flow."""

    __slots__ = ("count", "number", "send", "side")

    def __init__(self, number: int, side: Side, send: Callable[[bytes], int]) -> None:
        self.number = number
        self.side = side
        self.send = send
        self.count = 0


class Flow:
    """One source address of a participant at a port."""

    __slots__ = ("down", "heard_ns", "number", "up", "upstream")

    def __init__(self, number: int, upstream: socket.socket, up: Stream, down: Stream) -> None:
        self.number = number
        self.upstream = upstream
        self.up = up
        self.down = down
        self.heard_ns = 0


class GivenUp(NamedTuple):
    """What a flow had towards the server before a rebind: a mapping that the NAT has forgotten."""

    upstream: socket.socket
    flow: Flow
    cause: int
    """Of the rebind, under which what still comes is dropped."""
    until_ns: int


class Port:
    """A UDP port that one participant uses in place of one candidate of the server."""

    def __init__(
        self, participant: Participant, listener: socket.socket, upstream: Address, opened_ns: int
    ) -> None:
        self.participant = participant
        self.listener = listener
        self.upstream = upstream
        self.opened_ns = opened_ns
        self.address: Address = listener.getsockname()
        self.flows: dict[Address, Flow] = {}
        self.refused = 0

    @property
    def heard_ns(self) -> int:
        """When it was of use for the last time."""
        return max((flow.heard_ns for flow in self.flows.values()), default=self.opened_ns)

    def counts(self) -> PortCounts:
        """The counters as they stand."""
        return PortCounts(
            participant=self.participant.identity,
            host=self.address[0],
            port=self.address[1],
            upstream=f"{self.upstream[0]}:{self.upstream[1]}",
            flows=len(self.flows),
            refused=self.refused,
        )
