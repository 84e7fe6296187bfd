"""The relay: carries every datagram of every participant, asks the engine, keeps the ledger.

One thread, one epoll, sockets that never block.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from harness.evidence.bindings import FlowRow, ImpairmentsRow, NumberedImpairment, SsrcRow
from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.evidence.ledger_records import COPY, DIRECTIONS, Cause, PacketKind, RecordKind
from harness.gateway.ledger_writer import RecordFile
from harness.gateway.relay_flows import Address, Stream
from harness.gateway.relay_held import Held, Parcel
from harness.gateway.relay_loop import Loop
from harness.gateway.relay_messages import Snapshot
from harness.gateway.relay_ports import Ports, Refused
from harness.gateway.relay_sides import Participant, Source, TrackNames
from harness.gateway.relay_sockets import cause_of
from harness.network.engine import Engine, Happened, InForce
from harness.network.impairment import Delivery, Packet
from harness.network.impairments import Impairment, Rebind
from harness.network.lane import NOW, QUEUED, Fate, Released
from harness.network.phase import Phase
from harness.network.rtp import RtpHeader, classify, parse_rtp

Row = FlowRow | SsrcRow | ImpairmentsRow


class Relay:
    """The way of a packet.

    Args:
        folder: Where `arrivals.bin` and `departures.bin` are written.
        seed: Of the engine.
        host: IPv4 address on which ports listen.
        tell: Called with each row for `bindings.ndjson`.

    Raises:
        OSError: the ledger cannot be created.
    """

    def __init__(self, *, folder: Path, seed: int, host: str, tell: Callable[[Row], None]) -> None:
        self._arrivals = RecordFile(folder, RecordKind.ARRIVALS)
        self._departures = RecordFile(folder, RecordKind.DEPARTURES)
        self._tell = tell
        self._engine = Engine(seed=seed)
        self.loop = Loop()
        self.ports = Ports(host=host, loop=self.loop, carry=self._carry, tell=tell)
        self._participants: dict[str, Participant] = {}
        self._held = Held()
        self._names = TrackNames()

    def turn(self, timeout_s: float | None = None) -> None:
        """Wait for something to come, or to become due, and carry it."""
        latest_ns = None if timeout_s is None else now_ns() + int(timeout_s * NS_PER_S)
        times = (self._engine.next_ns, self._held.next_ns, self.ports.next_ns, latest_ns)
        ready = self.loop.wait(min((at for at in times if at is not None), default=None))
        at_ns = now_ns()
        self._do_due(at_ns)
        self.ports.close_given_up(at_ns)
        self.loop.fetch(ready)

    def close(self) -> None:
        """Write out the ledger and close everything."""
        self._arrivals.close()
        self._departures.close()
        self.ports.close()
        self.loop.close()

    # -- what the gateway asks ----------------------------------------------------------------

    def participant(self, identity: str, since_ns: int | None = None) -> Participant:
        """What is known of a participant; the timeline of an unknown one begins, then or now."""
        if identity not in self._participants:
            self._engine.begin(identity, now_ns() if since_ns is None else since_ns)
            lanes = [self._engine.lane(identity, direction) for direction in DIRECTIONS]
            self._participants[identity] = Participant(identity, lanes, self._names)
        return self._participants[identity]

    def name_track(self, track: str, name: str) -> None:
        """A track, of which packets have come already or not yet, is called so."""
        self._names.put(track, name)

    def open_port(self, participant: str, upstream: Address) -> Address:
        """The port of this participant for this candidate; the same one when asked again.

        Raises: Refused.
        """
        return self.ports.open(self.participant(participant), upstream)

    def set_profile(self, phases: Sequence[Phase], participant: str | None) -> int:
        """Begin a timeline; returns its time 0.

        Raises: Refused.
        """
        at_ns = now_ns()
        try:
            self._engine.set_profile(phases, at_ns, participant=participant)
        except ValueError as error:
            raise Refused(str(error)) from error
        self._do_due(at_ns)
        return at_ns

    def set_impairments(self, impairments: Sequence[Impairment]) -> int:
        """Put these in force; returns since when.

        Raises: Refused.
        """
        at_ns = now_ns()
        try:
            self._engine.set_impairments(impairments, at_ns)
        except ValueError as error:
            raise Refused(str(error)) from error
        self._do_due(at_ns)
        return at_ns

    def snapshot(self) -> Snapshot:
        """Write out the ledger and count.

        Raises: Refused when the ledger could not be written.
        """
        self._arrivals.flush()
        self._departures.flush()
        error = self._arrivals.error or self._departures.error
        if error is not None:
            raise Refused(error)
        late = self._held.late
        return Snapshot(
            at_ns=now_ns(),
            sides=tuple(side.counts() for one in self._participants.values() for side in one.sides),
            ports=self.ports.counts(),
            kernel_dropped=self.ports.kernel_dropped(),
            overshoot_p99_ms=late.quantile_ms(0.99) if late.total else None,
            overshoot_max_ms=late.max_ns / NS_PER_MS if late.total else None,
            met=tuple(sorted(self._engine.met)),
        )

    # -- the way of a packet --------------------------------------------------------------------

    def _carry(self, stream: Stream, data: bytes, dropped_by: int) -> int:
        """Pass one packet on, or not; returns its time of arrival in ns.

        `dropped_by` is the cause of what dropped it before it came to the engine, or FORWARDED.
        """
        at_ns = now_ns()
        n = stream.count
        stream.count = n + 1
        size = len(data)
        kind = classify(data)
        self._arrivals.append(at_ns, n, stream.number, size, kind, data)
        side = stream.side
        if kind is PacketKind.RTP:
            source = side.sources.get(data[8:12])
            if source is None or source.looks:
                source = self._look(stream, source, data, at_ns)
        else:
            source = side.by_kind[kind]
        source.packets += 1
        source.bytes += size
        if dropped_by:
            source.dropped += 1
            self._departures.append(at_ns, n, stream.number, dropped_by)
            return at_ns
        if side.lane.idle:
            self._send(stream, n, source, data, 0)
            return at_ns
        next_ns = self._engine.next_ns
        if next_ns is not None and next_ns <= at_ns:
            self._do_due(at_ns)
        parcel = Parcel(stream, n, source, data)
        fate = side.lane.arrive(_packet(side.participant, source, kind, data), parcel, at_ns)
        if fate is NOW:
            self._send(stream, n, source, data, 0)
        elif fate is not QUEUED:
            self._follow(fate, parcel, at_ns)
        return at_ns

    def _follow(self, fate: Fate, parcel: Parcel, at_ns: int) -> None:
        stream, n, source, _ = parcel
        if not fate.deliveries:
            source.dropped += 1
            self._departures.append(at_ns, n, stream.number, fate.cause)
        for delivery in fate.deliveries:
            if not self._held.put(delivery, parcel):
                self._departures.append(at_ns, n, stream.number, Cause.HELD_TOO_MANY)

    def _deliver(self, delivery: Delivery, parcel: Parcel) -> None:
        stream, n, source, data = parcel
        if delivery.flipped_bit is not None:
            data = _inverted(data, delivery.flipped_bit)
        self._send(stream, n, source, data, delivery.mark)

    def _send(self, stream: Stream, n: int, source: Source, data: bytes, mark: int) -> None:
        try:
            stream.send(data)
        except OSError as error:
            self._departures.append(now_ns(), n, stream.number, cause_of(error))
            return
        self._departures.append(now_ns(), n, stream.number, mark)
        if not mark & COPY:
            source.forwarded += 1

    def _do_due(self, at_ns: int) -> None:
        for outcome in self._engine.due(at_ns):
            match outcome:
                case Released():
                    self._follow(outcome.fate, outcome.token, outcome.at_ns)
                case InForce():
                    self._tell(_row(outcome))
                case Happened(event=Rebind()):
                    self.ports.rebind(outcome.participant, outcome.cause)
        while (due := self._held.take(at_ns)) is not None:
            self._deliver(*due)

    def _look(self, stream: Stream, source: Source | None, data: bytes, at_ns: int) -> Source:
        """The source of an RTP packet that may tell something new about it."""
        side, header = stream.side, parse_rtp(data)
        if header is None:
            return source or side.by_kind[PacketKind.RTP]
        if source is None:
            source = side.add_source(header)
            if source is None:
                return side.by_kind[PacketKind.RTP]
            self._tell(_seen(stream, source, header, at_ns))
        elif side.look(source, header):
            self._tell(_seen(stream, source, header, at_ns))
        return source


def _packet(participant: Participant, source: Source, kind: PacketKind, data: bytes) -> Packet:
    if kind is not PacketKind.RTP:
        return Packet(len(data), source.medium)
    return Packet(
        len(data),
        source.medium,
        source.track,
        source.layer,
        participant.codecs.get(data[1] & 0x7F),
        data[2] << 8 | data[3],
        participant.names.get(source.track),
    )


def _inverted(data: bytes, bit: int) -> bytes:
    changed = bytearray(data)
    changed[bit >> 3] ^= 0x80 >> (bit & 7)
    return bytes(changed)


def _seen(stream: Stream, source: Source, header: RtpHeader, at_ns: int) -> SsrcRow:
    return SsrcRow(
        at_ns=at_ns,
        participant=stream.side.participant.identity,
        direction=stream.side.direction,
        flow=stream.number >> 1,
        ssrc=source.ssrc,
        pt=header.payload_type,
        mid=source.mid,
        rid=source.layer,
    )


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
