"""The relay: carries every datagram of every participant, asks the engine, keeps the ledger.

One thread, one epoll, sockets that never block. A stranger's datagram does not begin a flow: the
first one must be a STUN binding request with a user name, as ICE sends it.
"""

from __future__ import annotations

import heapq
import select
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path

import msgspec

from harness.evidence.bindings import FlowRow, ImpairmentsRow, NumberedImpairment, SsrcRow
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.ledger_records import DIRECTIONS, Cause, PacketKind, RecordKind
from harness.gateway.ledger_writer import RecordFile
from harness.gateway.relay_flows import Address, Flow, Participant, Port, Source, Stream
from harness.gateway.relay_messages import Snapshot
from harness.network.engine import Engine, Happened, InForce
from harness.network.impairment import Delivery, Packet
from harness.network.impairments import Impairment
from harness.network.lane import NOW, QUEUED, Fate, Released
from harness.network.rtp import classify, parse_rtp, stun_username

_HOST = "127.0.0.1"
_BATCH = 32
"""Datagrams fetched from one socket before others get their turn."""
_DATAGRAM_BYTES = 65_535
_SOCKET_BUFFER_BYTES = 4 << 20
_SO_RCVBUFFORCE = 33  # of Linux; the socket module has no name for it
_MAX_PORTS = 256
_MAX_FLOWS = 16
"""Flows of one port. One that was silent for _IDLE_NS makes room for a new one."""
_IDLE_NS = 30 * NS_PER_S
_MAX_STREAMS = 0xFFFF

_MAX_HELD = 65_536
"""Delayed packets; more would be seconds of a line at full rate."""

Row = FlowRow | SsrcRow | ImpairmentsRow
Held = tuple[Stream, int, Source, bytes]
"""A packet under way: its stream, its number there, whose it is, and the datagram."""


class Refused(Exception):
    """A request that cannot be met; the text says why."""


class Relay:
    """Ports, flows and the way of a packet.

    Args:
        folder: Where `arrivals.bin` and `departures.bin` are written.
        seed: Of the engine.
        tell: Called with each flow and each SSRC when it is first seen.

    Raises:
        OSError: the ledger cannot be created.
    """

    def __init__(self, *, folder: Path, seed: int, tell: Callable[[Row], None]) -> None:
        self._arrivals = RecordFile(folder, RecordKind.ARRIVALS)
        self._departures = RecordFile(folder, RecordKind.DEPARTURES)
        self._tell = tell
        self._engine = Engine(seed=seed)
        self._epoll = select.epoll()
        self._readable: dict[int, Callable[[], None]] = {}
        self._participants: dict[str, Participant] = {}
        self._ports: dict[tuple[str, Address], Port] = {}
        self._next_flow = 0
        self._held: list[tuple[int, int, Delivery, Held]] = []
        self._deliveries = 0

    # -- the loop ---------------------------------------------------------------------------

    def watch(self, file: socket.socket, readable: Callable[[], None]) -> None:
        """Call `readable` whenever there is something to fetch."""
        self._readable[file.fileno()] = readable
        self._epoll.register(file.fileno(), select.EPOLLIN)

    def turn(self, timeout_s: float | None = None) -> None:
        """Wait for something to come, or to become due, and carry it."""
        ready = self._epoll.poll(self._wait_s(timeout_s))
        self._do_due()
        for number, _ in ready:
            readable = self._readable.get(number)
            if readable is not None:
                readable()

    def close(self) -> None:
        """Write out the ledger and close everything."""
        self._arrivals.close()
        self._departures.close()
        for port in self._ports.values():
            for flow in port.flows.values():
                flow.upstream.close()
            port.listener.close()
        self._epoll.close()

    # -- what the gateway asks ----------------------------------------------------------------

    def open_port(self, participant: str, upstream: Address) -> Address:
        """The port of this participant for this candidate; the same one when asked again.

        Raises: Refused.
        """
        key = (participant, upstream)
        if key not in self._ports:
            if len(self._ports) >= _MAX_PORTS:
                raise Refused(f"{_MAX_PORTS} relay ports are open, which is the most; start afresh")
            try:
                socket.inet_pton(socket.AF_INET, upstream[0])  # connect would wait for a name
                listener = _udp_socket(lambda udp: udp.bind((_HOST, 0)))
            except OSError as error:
                raise Refused(f"no relay port on {_HOST} for {upstream}: {error}") from error
            port = Port(self.participant(participant), listener, upstream)
            self._ports[key] = port
            self.watch(listener, lambda: self._fetch_up(port))
        return self._ports[key].address

    def participant(self, identity: str) -> Participant:
        """What is known of a participant; an unknown one is made known."""
        if identity not in self._participants:
            self._engine.begin(identity, now_ns())
            lanes = [self._engine.lane(identity, direction) for direction in DIRECTIONS]
            self._participants[identity] = Participant(identity, lanes)
        return self._participants[identity]

    def set_impairments(self, impairments: tuple[Impairment, ...]) -> None:
        """Put these in force.

        Raises: Refused.
        """
        try:
            self._engine.set_impairments(impairments, now_ns())
        except ValueError as error:
            raise Refused(str(error)) from error
        self._do_due()

    def snapshot(self) -> Snapshot:
        """Write out the ledger and count.

        Raises: Refused when the ledger could not be written.
        """
        self._arrivals.flush()
        self._departures.flush()
        error = self._arrivals.error or self._departures.error
        if error is not None:
            raise Refused(error)
        return Snapshot(
            at_ns=now_ns(),
            sides=tuple(side.counts() for one in self._participants.values() for side in one.sides),
            ports=tuple(port.counts() for port in self._ports.values()),
            kernel_dropped=_kernel_dropped(self._readable),
        )

    # -- the way of a packet --------------------------------------------------------------------

    def _fetch_up(self, port: Port) -> None:
        fetch, flows = port.listener.recvfrom, port.flows
        with suppress(BlockingIOError):
            for _ in range(_BATCH):
                data, address = fetch(_DATAGRAM_BYTES)
                flow = flows.get(address) or self._admit(port, address, data)
                if flow is not None:
                    flow.heard_ns = self._carry(flow.up, data)

    def _fetch_down(self, flow: Flow) -> None:
        fetch, down = flow.upstream.recv, flow.down
        with suppress(BlockingIOError, ConnectionRefusedError):
            for _ in range(_BATCH):
                self._carry(down, fetch(_DATAGRAM_BYTES))

    def _carry(self, stream: Stream, data: bytes) -> int:
        """Pass one packet on, or not; returns its time of arrival in ns."""
        at_ns = now_ns()
        n = stream.count
        stream.count = n + 1
        size = len(data)
        kind = classify(data)
        self._arrivals.append(at_ns, n, stream.number, size, kind, data)
        side = stream.side
        if kind is PacketKind.RTP:
            source = side.sources.get(data[8:12]) or self._first_of(stream, data, at_ns)
        else:
            source = side.by_kind[kind]
        source.packets += 1
        source.bytes += size
        if not side.lane.idle:
            held = (stream, n, source, data)
            fate = side.lane.arrive(Packet(size, source.medium, source.track), held, at_ns)
            if fate is not NOW:
                if fate is not QUEUED:
                    self._follow(fate, held)
                return at_ns
        self._send(stream, n, source, data)
        return at_ns

    def _follow(self, fate: Fate, held: Held) -> None:
        stream, n, source, _ = held
        if not fate.deliveries:
            source.dropped += 1
            self._departures.append(now_ns(), n, stream.number, fate.cause)
        for delivery in fate.deliveries:
            if len(self._held) >= _MAX_HELD:
                self._departures.append(now_ns(), n, stream.number, Cause.HELD_TOO_MANY)
                continue
            self._deliveries += 1
            heapq.heappush(self._held, (delivery.at_ns, self._deliveries, delivery, held))

    def _send(self, stream: Stream, n: int, source: Source, data: bytes) -> None:
        try:
            stream.send(data)
        except OSError as error:
            self._departures.append(now_ns(), n, stream.number, _cause_of(error))
        else:
            source.forwarded += 1
            self._departures.append(now_ns(), n, stream.number, 0)

    def _wait_s(self, timeout_s: float | None) -> float | None:
        due = [at for at in (self._engine.next_ns, self._held[0][0] if self._held else None) if at]
        if not due:
            return timeout_s
        return min(max(min(due) - now_ns(), 0) / NS_PER_S, timeout_s or 1.0)

    def _do_due(self) -> None:
        at_ns = now_ns()
        for outcome in self._engine.due(at_ns):
            match outcome:
                case Released():
                    self._follow(outcome.fate, outcome.token)
                case InForce():
                    self._tell(_row(outcome))
                case Happened():
                    raise NotImplementedError
        while self._held and self._held[0][0] <= at_ns:
            stream, n, source, data = heapq.heappop(self._held)[3]
            self._send(stream, n, source, data)

    def _first_of(self, stream: Stream, data: bytes, at_ns: int) -> Source:
        side, header = stream.side, parse_rtp(data)
        if header is None:
            return side.by_kind[PacketKind.RTP]
        source = side.add_source(header.ssrc, header.payload_type)
        if source is None:
            return side.by_kind[PacketKind.RTP]
        participant = side.participant
        self._tell(
            SsrcRow(
                at_ns=at_ns,
                participant=participant.identity,
                direction=side.direction,
                flow=stream.number >> 1,
                ssrc=header.ssrc,
                pt=header.payload_type,
                mid=_text(header.extensions.get(participant.mid_extension)),
                rid=_text(header.extensions.get(participant.rid_extension)),
            )
        )
        return source

    def _admit(self, port: Port, client: Address, data: bytes) -> Flow | None:
        """A flow for an address that begins as ICE does, while there is room; else None."""
        if stun_username(data) is None or not self._has_room(port):
            port.refused += 1
            return None
        try:
            upstream = _udp_socket(lambda udp: udp.connect(port.upstream))
        except OSError:
            port.refused += 1
            return None
        number, self._next_flow = self._next_flow, self._next_flow + 1
        up, down = port.participant.sides
        sendto = port.listener.sendto
        flow = Flow(
            number,
            upstream,
            Stream(2 * number, up, upstream.send),
            Stream(2 * number + 1, down, lambda packet: sendto(packet, client)),
        )
        port.flows[client] = flow
        self.watch(upstream, lambda: self._fetch_down(flow))
        self._tell(
            FlowRow(
                at_ns=now_ns(),
                flow=number,
                participant=port.participant.identity,
                client=f"{client[0]}:{client[1]}",
                upstream=f"{port.upstream[0]}:{port.upstream[1]}",
            )
        )
        return flow

    def _has_room(self, port: Port) -> bool:
        if 2 * self._next_flow + 1 > _MAX_STREAMS:
            return False
        if len(port.flows) < _MAX_FLOWS:
            return True
        client, idle = min(port.flows.items(), key=lambda item: item[1].heard_ns)
        if now_ns() - idle.heard_ns < _IDLE_NS:
            return False
        del port.flows[client], self._readable[idle.upstream.fileno()]
        idle.upstream.close()
        return True


def _udp_socket(use: Callable[[socket.socket], None]) -> socket.socket:
    """A socket that never blocks, bound or connected; closed when that fails."""
    with ExitStack() as stack:
        udp = stack.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        udp.setblocking(False)
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SOCKET_BUFFER_BYTES)
        with suppress(PermissionError):  # beyond the system's limit, where the user may
            udp.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _SOCKET_BUFFER_BYTES)
        use(udp)
        stack.pop_all()
    return udp


def _cause_of(error: OSError) -> Cause:
    if isinstance(error, BlockingIOError):
        return Cause.SOCKET_FULL
    if isinstance(error, ConnectionRefusedError):
        return Cause.NO_UPSTREAM
    return Cause.SOCKET_ERROR


def _row(outcome: InForce) -> ImpairmentsRow:
    return ImpairmentsRow(
        at_ns=outcome.at_ns,
        participant=outcome.participant,
        phase=outcome.phase,
        impairments=tuple(
            NumberedImpairment(cause=cause, impairment=msgspec.to_builtins(impairment))
            for cause, impairment in outcome.impairments
        ),
    )


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("utf-8", "replace")


def _kernel_dropped(numbers: dict[int, Callable[[], None]]) -> int:
    """Datagrams that the kernel threw away because these sockets' buffers were full."""
    inodes = {str(Path(f"/proc/self/fd/{number}").stat().st_ino) for number in numbers}
    with Path("/proc/net/udp").open() as table:
        rows = [line.split() for line in table][1:]
    return sum(int(row[12]) for row in rows if row[9] in inodes)
