"""What the UDP relay costs: added one-way latency, and packets per second on one core.

    python -m benchmarks.relay [--json] [--packets-per-second 5000] [--seconds 5]

The same load goes through a bare pair of sockets (the floor) and through a relay process with its
ledger on. Sender and receiver are one process that spins, so that its own wake-ups are not
measured; the relay sleeps between packets as it does in use. Packets are sent on schedule, whether
or not the former ones have arrived.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import struct
import tempfile
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.machine import cell, machine
from harness.evidence.clock import NS_PER_S, now_ns
from harness.gateway.relay_client import RelayClient
from harness.gateway.relay_process import start_relay
from harness.network.impairments import Impairment, Loss

_PACKET_BYTES = 800
_WINDOW = 64
_STAMP = struct.Struct("!q")
_RTP_HEAD = bytes([0x80, 96]) + bytes(6) + (1234).to_bytes(4, "big")
_STUN_REQUEST = (
    b"\0\x01\0\x08\x21\x12\xa4\x42" + bytes(12) + b"\0\x06\0\x03a:b\0"
)  # binding request with a user name: begins a flow


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """One-way latency on schedule."""

    packets_per_second: float
    """As it was really sent."""
    lost: int
    """Also by this process's own socket, when the machine held it up for long."""
    p50_us: float
    p99_us: float
    relay_cpu_us: float | None
    """Of the relay, a packet."""


class Throughput(msgspec.Struct, frozen=True, kw_only=True):
    """As fast as it goes with 64 packets under way."""

    packets_per_second: float
    relay_cpu_us: float | None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    packet_bytes: int
    bare: Latency
    relay: Latency
    added_p50_us: float
    added_p99_us: float
    bare_throughput: Throughput
    relay_throughput: Throughput
    relay_throughput_with_engine: Throughput
    """With an impairment that looks at every packet and drops none."""


@dataclass(frozen=True, kw_only=True)
class Wire:
    """Where to send and where it comes out."""

    sender: socket.socket
    receiver: socket.socket
    to: tuple[str, int]
    relay: psutil.Process | None

    def cpu_s(self) -> float:
        """CPU time of the relay so far."""
        if self.relay is None:
            return 0.0
        times = self.relay.cpu_times()
        return float(times.user + times.system)

    def cpu_us(self, before_s: float, packets: int) -> float | None:
        """CPU time of the relay a packet, since a value of `cpu_s`."""
        if self.relay is None:
            return None
        return (self.cpu_s() - before_s) * 1e6 / packets


def measure_latency(path: Wire, *, packets_per_second: int, seconds: float) -> Latency:
    """Send on schedule and note when each packet comes out."""
    count = int(packets_per_second * seconds)
    gap_ns = NS_PER_S // packets_per_second
    padding = bytes(_PACKET_BYTES - len(_RTP_HEAD) - _STAMP.size)
    latencies: NDArray[np.int64] = np.zeros(count, np.int64)
    cpu_s, started_ns = path.cpu_s(), now_ns()
    sent = came = sent_ns = 0
    end_ns = started_ns + count * gap_ns + NS_PER_S // 5
    while came < count and now_ns() < end_ns:
        if sent < count and now_ns() >= started_ns + sent * gap_ns:
            path.sender.sendto(_RTP_HEAD + _STAMP.pack(now_ns()) + padding, path.to)
            sent += 1
            sent_ns = now_ns()
        try:
            data = path.receiver.recv(2048)
        except BlockingIOError:
            continue
        latencies[came] = now_ns() - _STAMP.unpack_from(data, len(_RTP_HEAD))[0]
        came += 1
    p50, p99 = np.percentile(latencies[:came], (50, 99)) / 1000
    return Latency(
        packets_per_second=round((count - 1) * NS_PER_S / (sent_ns - started_ns), 1),
        lost=count - came,
        p50_us=float(p50),
        p99_us=float(p99),
        relay_cpu_us=path.cpu_us(cpu_s, count),
    )


def measure_throughput(path: Wire, *, seconds: float) -> Throughput:
    """Keep 64 packets under way and count what comes out."""
    packet = _RTP_HEAD + bytes(_PACKET_BYTES - len(_RTP_HEAD))
    cpu_s, started_ns = path.cpu_s(), now_ns()
    end_ns = started_ns + int(seconds * NS_PER_S)
    sent = came = 0
    while now_ns() < end_ns:
        while sent - came < _WINDOW:
            path.sender.sendto(packet, path.to)
            sent += 1
        try:
            while True:
                path.receiver.recv(2048)
                came += 1
        except BlockingIOError:
            continue
    took_s = (now_ns() - started_ns) / NS_PER_S
    return Throughput(
        packets_per_second=came / took_s,
        relay_cpu_us=path.cpu_us(cpu_s, came),
    )


def _socket() -> socket.socket:
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    udp.bind(("127.0.0.1", 0))
    udp.setblocking(False)
    return udp


async def _relayed(relay: RelayClient) -> Wire:
    sender, receiver = _socket(), _socket()
    to = await relay.open_port("alice", *receiver.getsockname())
    sender.sendto(_STUN_REQUEST, to)
    async with asyncio.timeout(5):
        await asyncio.get_running_loop().sock_recv(receiver, 2048)
    return Wire(sender=sender, receiver=receiver, to=to, relay=psutil.Process(relay.pid))


async def _measure(*, folder: Path, packets_per_second: int, seconds: float) -> Report:
    relay = await RelayClient.open(start_relay(folder, seed=1), lambda _: None)
    sender, receiver = _socket(), _socket()
    bare = Wire(sender=sender, receiver=receiver, to=receiver.getsockname(), relay=None)
    relayed = await _relayed(relay)
    floor = measure_latency(bare, packets_per_second=packets_per_second, seconds=seconds)
    through = measure_latency(relayed, packets_per_second=packets_per_second, seconds=seconds)
    bare_throughput = measure_throughput(bare, seconds=seconds)
    relay_throughput = measure_throughput(relayed, seconds=seconds)
    watching: tuple[Impairment, ...] = (Loss(ratio=0.0),)
    await relay.set_impairments(watching)
    with_engine = measure_throughput(relayed, seconds=seconds)
    await relay.snapshot()  # raises when the ledger could not be written
    await relay.close()
    for path in (bare, relayed):
        path.sender.close()
        path.receiver.close()
    return Report(
        machine=machine(),
        packet_bytes=_PACKET_BYTES,
        bare=floor,
        relay=through,
        added_p50_us=through.p50_us - floor.p50_us,
        added_p99_us=through.p99_us - floor.p99_us,
        bare_throughput=bare_throughput,
        relay_throughput=relay_throughput,
        relay_throughput_with_engine=with_engine,
    )


def _table(report: Report) -> str:
    rate = round(report.relay.packets_per_second)
    bare, relay = report.bare_throughput, report.relay_throughput
    engine = report.relay_throughput_with_engine
    rows: list[tuple[str, float | None, float | None]] = [
        (f"one-way latency p50 at {rate}/s, µs", report.bare.p50_us, report.relay.p50_us),
        (f"one-way latency p99 at {rate}/s, µs", report.bare.p99_us, report.relay.p99_us),
        ("added by the relay, p50, µs", None, report.added_p50_us),
        ("added by the relay, p99, µs", None, report.added_p99_us),
        (f"lost at {rate}/s", report.bare.lost, report.relay.lost),
        (f"relay CPU a packet at {rate}/s, µs", None, report.relay.relay_cpu_us),
        (f"packets/s, {_WINDOW} under way", bare.packets_per_second, relay.packets_per_second),
        ("the same, engine looking at each", None, engine.packets_per_second),
        ("relay CPU a packet at full rate, µs", None, relay.relay_cpu_us),
        ("the same, engine looking at each, µs", None, engine.relay_cpu_us),
    ]
    head = f"| {report.packet_bytes}-byte packets | bare sockets | relay with ledger |"
    return "\n".join(
        [report.machine, "", head, "|---|---|---|"]
        + [f"| {name} | {cell(floor)} | {cell(value)} |" for name, floor, value in rows]
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="cost of the UDP relay")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--packets-per-second", type=int, default=5000, help="for the latency")
    parser.add_argument("--seconds", type=float, default=5.0, help="of each of five measurements")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            _measure(
                folder=Path(folder),
                packets_per_second=arguments.packets_per_second,
                seconds=arguments.seconds,
            )
        )
    print(msgspec.json.encode(report).decode() if arguments.json else _table(report))


if __name__ == "__main__":
    main()
