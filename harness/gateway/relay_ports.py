"""Ports and flows of the relay: who may use them, how many there are, and their sockets.

A flow begins with a STUN binding request that names a user fragment which the server gave to the
participant of the port, as ICE sends it; whatever else comes from an unknown address is a
stranger's, is counted and goes nowhere.
"""

from __future__ import annotations

import logging
import socket
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress

from harness.evidence.bindings import FlowRow
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.ledger_records import Cause
from harness.gateway.relay_flows import Address, Flow, GivenUp, Port, Stream
from harness.gateway.relay_loop import Loop
from harness.gateway.relay_messages import PortCounts
from harness.gateway.relay_sides import Participant
from harness.gateway.relay_sockets import kernel_dropped, udp_socket
from harness.network.rtp import stun_username

log = logging.getLogger(__name__)

_BATCH = 32
"""Datagrams fetched from one socket before others get their turn."""
_DATAGRAM_BYTES = 65_535
_MAX_PORTS = 256
_PORT_IDLE_NS = 60 * NS_PER_S
"""A port that was silent for so long makes room for a new one when there are too many."""
_MAX_FLOWS = 64
"""Of one port."""
_FLOW_IDLE_NS = 10 * NS_PER_S
"""The same of a flow. ICE asks for consent at least every 6 s (RFC 7675)."""
_GIVEN_UP_NS = 10 * NS_PER_S
"""For how long it is seen what still comes to a port after a rebind: until the server has noticed,
with the next datagram that reaches it from the new one."""
_MAX_GIVEN_UP = 256
"""Of these; the oldest makes room."""
_MAX_STREAMS = 0xFFFF
"""Of a ledger: its records have 16 bits for them."""


class Refused(Exception):
    """A request that cannot be met; the text says why."""


class Ports:
    """All ports of a relay.

    Args:
        host: IPv4 address on which they listen.
        loop: Where sockets are watched.
        carry: Takes each datagram of a flow with its stream and the cause for which it is dropped,
            FORWARDED if for none as yet; returns its time of arrival in ns.
        tell: Called with each flow when it begins and when it is rebound.
    """

    def __init__(
        self,
        *,
        host: str,
        loop: Loop,
        carry: Callable[[Stream, bytes, int], int],
        tell: Callable[[FlowRow], None],
    ) -> None:
        self._host = host
        self._loop = loop
        self._carry = carry
        self._tell = tell
        self._ports: dict[tuple[str, Address], Port] = {}
        self._given_up: deque[GivenUp] = deque()
        self._next_flow = 0
        self._dropped_before = 0

    def open(self, participant: Participant, upstream: Address) -> Address:
        """The port of this participant for this candidate; the same one when asked again.

        Raises: Refused.
        """
        key = (participant.identity, upstream)
        if key not in self._ports:
            self._make_room_for_a_port()
            try:
                socket.inet_pton(socket.AF_INET, upstream[0])  # connect would wait for a name
                listener = udp_socket(lambda udp: udp.bind((self._host, 0)))
            except OSError as error:
                raise Refused(f"no relay port on {self._host} for {upstream}: {error}") from error
            port = self._ports[key] = Port(participant, listener, upstream, now_ns())
            self._loop.watch(listener, lambda: self._fetch_up(port))
        return self._ports[key].address

    def rebind(self, participant: str, cause: int) -> None:
        """Give all flows of a participant new ports towards the server; the old ones are given up.

        What comes to an old one is dropped for this cause, as behind a NAT. A flow that can get no
        new port keeps its own, which is logged.
        """
        for port in self._ports.values():
            if port.participant.identity != participant:
                continue
            for client, flow in port.flows.items():
                try:
                    upstream = _connected(port.upstream)
                except OSError as error:
                    log.error("a flow of %r cannot be rebound: %s", participant, error)  # noqa: TRY400
                    continue
                self._give_up(flow, cause)
                flow.upstream, flow.up.send = upstream, upstream.send
                self._begin(port, client, flow)

    @property
    def next_ns(self) -> int | None:
        """When `close_given_up` will have something to do, or None."""
        return self._given_up[0].until_ns if self._given_up else None

    def close_given_up(self, at_ns: int) -> None:
        """Close what was given up so long ago that the server sends nothing there any more."""
        while self._given_up and self._given_up[0].until_ns <= at_ns:
            self._close_oldest_given_up()

    def counts(self) -> tuple[PortCounts, ...]:
        """The counters as they stand."""
        return tuple(port.counts() for port in self._ports.values())

    def kernel_dropped(self) -> int:
        """Datagrams that came too fast to be fetched, of all sockets that ever were."""
        return self._dropped_before + sum(kernel_dropped(one) for one in self._sockets())

    def close(self) -> None:
        """Close all sockets."""
        for one in self._sockets():
            one.close()

    def _sockets(self) -> Iterator[socket.socket]:
        for port in self._ports.values():
            yield port.listener
            yield from (flow.upstream for flow in port.flows.values())
        yield from (one.upstream for one in self._given_up)

    # -- datagrams --------------------------------------------------------------------------

    def _fetch_up(self, port: Port) -> None:
        fetch, flows, carry = port.listener.recvfrom, port.flows, self._carry
        with suppress(BlockingIOError):
            for _ in range(_BATCH):
                data, address = fetch(_DATAGRAM_BYTES)
                flow = flows.get(address) or self._admit(port, address, data)
                if flow is not None:
                    flow.heard_ns = carry(flow.up, data, Cause.FORWARDED)

    def _fetch_down(self, flow: Flow) -> None:
        down, carry = flow.down, self._carry
        with suppress(OSError):  # nothing more, or what ICMP said
            for _ in range(_BATCH):  # with another socket after a rebind on the way
                carry(down, flow.upstream.recv(_DATAGRAM_BYTES), Cause.FORWARDED)

    def _fetch_given_up(self, one: GivenUp) -> None:
        with suppress(OSError):  # nothing more, or what ICMP said
            for _ in range(_BATCH):
                self._carry(one.flow.down, one.upstream.recv(_DATAGRAM_BYTES), one.cause)

    # -- flows ------------------------------------------------------------------------------

    def _admit(self, port: Port, client: Address, data: bytes) -> Flow | None:
        """A flow for an address of the participant itself, while there is room; else None."""
        if not port.participant.may_begin(stun_username(data)):
            _refuse(port, client, "a stranger")
            return None
        if not self._has_room(port):
            _refuse(port, client, "one address too many")
            return None
        try:
            upstream = _connected(port.upstream)
        except OSError as error:
            _refuse(port, client, f"an address that gets no socket ({error})")
            return None
        number, self._next_flow = self._next_flow, self._next_flow + 1
        up, down = port.participant.sides
        sendto = port.listener.sendto
        flow = port.flows[client] = Flow(
            number,
            upstream,
            Stream(2 * number, up, upstream.send),
            Stream(2 * number + 1, down, lambda packet: sendto(packet, client)),
        )
        self._begin(port, client, flow)
        return flow

    def _begin(self, port: Port, client: Address, flow: Flow) -> None:
        self._loop.watch(flow.upstream, lambda: self._fetch_down(flow))
        self._tell(
            FlowRow(
                at_ns=now_ns(),
                flow=flow.number,
                participant=port.participant.identity,
                client=_text(client),
                upstream=_text(port.upstream),
                mapped=_text(flow.upstream.getsockname()),
            )
        )

    def _give_up(self, flow: Flow, cause: int) -> None:
        if len(self._given_up) >= _MAX_GIVEN_UP:
            self._close_oldest_given_up()
        one = GivenUp(flow.upstream, flow, cause, now_ns() + _GIVEN_UP_NS)
        self._loop.forget(one.upstream)
        self._loop.watch(one.upstream, lambda: self._fetch_given_up(one))
        self._given_up.append(one)

    def _close_oldest_given_up(self) -> None:
        one = self._given_up.popleft()
        self._fetch_given_up(one)
        self._close(one.upstream)

    def _has_room(self, port: Port) -> bool:
        if 2 * self._next_flow + 1 > _MAX_STREAMS:
            return False
        if len(port.flows) < _MAX_FLOWS:
            return True
        client, idle = min(port.flows.items(), key=lambda item: item[1].heard_ns)
        if now_ns() - idle.heard_ns < _FLOW_IDLE_NS:
            return False
        self._close(port.flows.pop(client).upstream)
        return True

    def _make_room_for_a_port(self) -> None:
        if len(self._ports) < _MAX_PORTS:
            return
        key, idle = min(self._ports.items(), key=lambda item: item[1].heard_ns)
        if now_ns() - idle.heard_ns < _PORT_IDLE_NS:
            raise Refused(f"{_MAX_PORTS} relay ports are in use, which is the most; start afresh")
        del self._ports[key]
        self._close(idle.listener)
        for flow in idle.flows.values():
            self._close(flow.upstream)

    def _close(self, udp: socket.socket) -> None:
        self._dropped_before += kernel_dropped(udp)
        self._loop.forget(udp)
        udp.close()


def _connected(upstream: Address) -> socket.socket:
    return udp_socket(lambda udp: udp.connect(upstream))


def _refuse(port: Port, client: Address, who: str) -> None:
    """Count, and say so at the first, the tenth, the hundredth and so on."""
    port.refused += 1
    if port.refused == 10 ** (len(str(port.refused)) - 1):
        log.warning(
            "datagrams refused at port %d of %r: %d; the last came from %s, %s",
            port.address[1],
            port.participant.identity,
            port.refused,
            _text(client),
            who,
        )


def _text(address: Address) -> str:
    return f"{address[0]}:{address[1]}"
