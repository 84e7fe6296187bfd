"""How fast and how exact the simulator is, beside a bare way, a bare process and toxiproxy.

    python -m benchmarks.network [--json] [--seconds 5] [--million-packets 1]

All in one run, with a relay process that has its engine and its ledger, as in use. The sender is
this process; see `wires` for how latency is measured without it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec
import numpy as np
import psutil

from benchmarks.arguments import above_0, millions
from benchmarks.machine import cell, machine
from benchmarks.middlemen import forwarder, nobody, relay, tcp, toxiproxy
from benchmarks.wires import (
    MESSAGE_BYTES,
    Latency,
    Wire,
    carry,
    measure_latency,
    measure_rate,
)
from harness.evidence.clock import NS_PER_S, now_ns
from harness.gateway.relay_client import RelayClient
from harness.network.impairments import Delay, Impairment, Loss, RateLimit
from harness.server.model import ServerError

RATE = 5000
DELAY_MS = 50
DELAYED_RATE = 1000
CPU_RATES = (500, 2000, 5000)
LIMITS_KBPS = (750, 5000)
ROUNDS = 5
WINDOW = 64
DELAYED_WINDOW = 2048
LOSS_AND_DELAY: tuple[Impairment, ...] = (Loss(ratio=0.01), Delay(delay_ms=10))


class Throughput(msgspec.Struct, frozen=True, kw_only=True):
    """As fast as it goes, in several rounds."""

    packets_per_second: float
    """Median."""
    least: float
    most: float
    cpu_us: float | None
    """Of the process between, a packet."""


class Memory(msgspec.Struct, frozen=True, kw_only=True):
    """Resident memory of the relay while packets pass at full rate."""

    packets: int
    first_mib: float
    """After a tenth of them."""
    last_mib: float


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """What a rate limit lets through, over windows of 1 s of which each is compared."""

    rate_kbps: int
    windows: int
    least_ratio: float
    most_ratio: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    load: float
    """How many processes wanted to run in the minute before."""
    goes_first: bool
    """Whether the relay may run before others (SCHED_FIFO)."""
    packet_bytes: int
    nobody: Latency
    forwarder_added: Latency
    relay_added: Latency
    relay_delay_error: Latency
    tcp: Latency
    toxiproxy_added: Latency | None
    toxiproxy_delay_error: Latency | None
    without_toxiproxy: str | None
    """Why toxiproxy was not measured."""
    cpu_ratio: dict[int, float]
    """Packets a second → part of a core that the relay takes, clean."""
    cpu_ratio_delayed: dict[int, float]
    nobody_throughput: Throughput
    relay_throughput: Throughput
    relay_throughput_impaired: Throughput
    kernel_dropped: int
    """Datagrams that the relay was too slow to fetch, in all of it."""
    memory: Memory
    limits: tuple[Limit, ...]


def throughput(wire: Wire, *, packets: int, window: int) -> Throughput:
    """Rate, and CPU time of the process between."""
    before_s = _cpu_s(wire)
    rates = [measure_rate(wire, packets=packets // ROUNDS, window=window) for _ in range(ROUNDS)]
    used_s = _cpu_s(wire) - before_s
    return Throughput(
        packets_per_second=statistics.median(rates),
        least=min(rates),
        most=max(rates),
        cpu_us=None if wire.pid is None else used_s * 1e6 / packets,
    )


def measure_cpu(wire: Wire, *, seconds: float) -> dict[int, float]:
    """Part of a core that the process between takes at several rates."""
    ratios = {}
    for rate in CPU_RATES:
        before_s, start_ns = _cpu_s(wire), now_ns()
        carry(wire, packets_per_second=rate, seconds=seconds)
        ratios[rate] = (_cpu_s(wire) - before_s) * NS_PER_S / (now_ns() - start_ns)
    return ratios


def measure_memory(wire: Wire, *, packets: int) -> Memory:
    """Let packets pass at full rate, a tenth at a time."""
    sizes_mib = []
    for _ in range(10):
        measure_rate(wire, packets=packets // 10, window=DELAYED_WINDOW)
        sizes_mib.append(psutil.Process(wire.pid).memory_info().rss / (1 << 20))
    return Memory(packets=packets, first_mib=sizes_mib[0], last_mib=sizes_mib[-1])


def measure_limit(wire: Wire, *, rate_kbps: int, windows: int) -> Limit:
    """Offer half as much again as may pass, and count what arrives in each second."""
    packets_per_second = 1.5 * rate_kbps * 1000 / (8 * MESSAGE_BYTES)
    _, came = carry(
        wire, packets_per_second=packets_per_second, seconds=windows + 1.5, catches_up=True
    )
    came = np.sort(came[came >= 0])
    edges = came[0] + NS_PER_S // 2 + NS_PER_S * np.arange(windows + 1)
    packets = np.histogram(came, edges)[0]
    ratios = packets * MESSAGE_BYTES * 8 / (rate_kbps * 1000)
    return Limit(
        rate_kbps=rate_kbps,
        windows=windows,
        least_ratio=float(ratios.min()),
        most_ratio=float(ratios.max()),
    )


async def measure(folder: Path, *, seconds: float, packets: int) -> Report:
    """All of it, one after the other."""
    many = int(40_000 * seconds)
    load = psutil.getloadavg()[0]
    with nobody() as wire:
        floor = measure_latency(wire, packets_per_second=RATE, seconds=seconds)
        bare = throughput(wire, packets=4 * many, window=WINDOW)
    with forwarder() as wire:
        forwarded = measure_latency(wire, packets_per_second=RATE, seconds=seconds)
    async with relay(folder) as (wire, client):
        goes_first = os.sched_getscheduler(client.pid) == os.SCHED_FIFO
        clean = measure_latency(wire, packets_per_second=RATE, seconds=seconds)
        cpu = measure_cpu(wire, seconds=seconds)
        plain = throughput(wire, packets=many, window=WINDOW)
        await client.set_impairments([Delay(delay_ms=DELAY_MS)])
        delayed = measure_latency(
            wire, packets_per_second=DELAYED_RATE, seconds=2 * seconds, delay_ms=DELAY_MS
        )
        cpu_delayed = measure_cpu(wire, seconds=seconds)
        await client.set_impairments(LOSS_AND_DELAY)
        impaired = throughput(wire, packets=many, window=DELAYED_WINDOW)
        memory = measure_memory(wire, packets=packets)
        kernel_dropped = (await client.snapshot()).kernel_dropped
        limits = [await _limited(client, wire, rate, windows=10) for rate in LIMITS_KBPS]
    tcp_floor, proxied, proxied_delayed, why = measure_tcp(folder, seconds=seconds)
    return Report(
        machine=machine(),
        load=load,
        goes_first=goes_first,
        packet_bytes=MESSAGE_BYTES,
        nobody=floor,
        forwarder_added=forwarded.above(floor),
        relay_added=clean.above(floor),
        relay_delay_error=delayed,
        tcp=tcp_floor,
        toxiproxy_added=None if proxied is None else proxied.above(tcp_floor),
        toxiproxy_delay_error=proxied_delayed,
        without_toxiproxy=why,
        cpu_ratio=cpu,
        cpu_ratio_delayed=cpu_delayed,
        nobody_throughput=bare,
        relay_throughput=plain,
        relay_throughput_impaired=impaired,
        kernel_dropped=kernel_dropped,
        memory=memory,
        limits=tuple(limits),
    )


async def _limited(client: RelayClient, wire: Wire, rate_kbps: int, *, windows: int) -> Limit:
    await client.set_impairments([RateLimit(rate_kbps=rate_kbps, queue_ms=1000)])
    return measure_limit(wire, rate_kbps=rate_kbps, windows=windows)


def measure_tcp(
    folder: Path, *, seconds: float
) -> tuple[Latency, Latency | None, Latency | None, str | None]:
    """The bare way, toxiproxy, its delay error; why there is no toxiproxy, if there is none."""

    def latency(
        way: AbstractContextManager[Wire], rate: int, seconds: float, delay_ms: int = 0
    ) -> Latency:
        with way as wire:
            return measure_latency(
                wire, packets_per_second=rate, seconds=seconds, delay_ms=delay_ms
            )

    floor = latency(tcp(), RATE, seconds)
    try:
        proxied = latency(toxiproxy(folder, delay_ms=0), RATE, seconds)
        delayed = latency(toxiproxy(folder, delay_ms=DELAY_MS), DELAYED_RATE, 2 * seconds, DELAY_MS)
    except ServerError as error:
        return floor, None, None, str(error)
    return floor, proxied, delayed, None


def _cpu_s(wire: Wire) -> float:
    if wire.pid is None:
        return 0.0
    times = psutil.Process(wire.pid).cpu_times()
    return float(times.user + times.system)


def _table(report: Report) -> str:
    added: Callable[[Latency | None], str] = lambda one: (  # noqa: E731 - one line twice
        "not measured" if one is None else f"{cell(one.p50_us)} / {cell(one.p99_us)} µs"
    )
    rows = [
        (f"UDP loopback at {RATE}/s, one-way latency p50 / p99", added(report.nobody)),
        ("– added by a bare process that receives and sends", added(report.forwarder_added)),
        ("– added by the relay", added(report.relay_added)),
        (f"TCP loopback at {RATE}/s", added(report.tcp)),
        ("– added by toxiproxy", added(report.toxiproxy_added)),
        (
            f"error of a {DELAY_MS} ms delay at {DELAYED_RATE}/s, relay",
            added(report.relay_delay_error),
        ),
        ("– toxiproxy, over TCP", added(report.toxiproxy_delay_error)),
        *(_rate(name, one) for name, one in _rates(report)),
        ("datagrams that the relay was too slow to fetch", cell(report.kernel_dropped)),
        *(
            (
                f"CPU of the relay at {rate} packets/s, clean / delayed",
                f"{ratio:.0%} / {report.cpu_ratio_delayed[rate]:.0%} of a core",
            )
            for rate, ratio in report.cpu_ratio.items()
        ),
        (
            f"memory of the relay, a tenth of and all {report.memory.packets:,} packets",
            f"{report.memory.first_mib:.1f} / {report.memory.last_mib:.1f} MiB",
        ),
        *(
            (
                f"rate limit of {one.rate_kbps} kbit/s, {one.windows} windows of 1 s",
                f"{one.least_ratio:.2%} to {one.most_ratio:.2%} delivered",
            )
            for one in report.limits
        ),
    ]
    first = "runs first" if report.goes_first else "may not run first"
    about = f"{report.machine}, load before {report.load:.1f}; the relay {first}"
    lines = [about, "", f"| {report.packet_bytes}-byte packets | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in rows]
    if report.without_toxiproxy is not None:
        lines += ["", f"toxiproxy not measured: {report.without_toxiproxy}"]
    return "\n".join(lines)


def _rates(report: Report) -> list[tuple[str, Throughput]]:
    return [
        ("packets/s, UDP loopback", report.nobody_throughput),
        ("packets/s through the relay, clean, ledger on", report.relay_throughput),
        ("the same with 1 % loss and 10 ms delay", report.relay_throughput_impaired),
    ]


def _rate(name: str, one: Throughput) -> tuple[str, str]:
    cpu = "" if one.cpu_us is None else f", {one.cpu_us:.1f} µs CPU a packet"
    numbers = [cell(number) for number in (one.packets_per_second, one.least, one.most)]
    return name, f"{numbers[0]} ({numbers[1]} to {numbers[2]}){cpu}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="speed and exactness of the simulator")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--seconds", type=above_0, default=5.0, help="of each measurement")
    parser.add_argument(
        "--million-packets",
        type=millions,
        default="1",
        dest="packets",
        help="for memory; 1 takes 1 GB for 10",
    )
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(
            measure(
                Path(folder),
                seconds=arguments.seconds,
                packets=arguments.packets,
            )
        )
    sys.stdout.write(
        (msgspec.json.encode(report).decode() if arguments.json else _table(report)) + "\n"
    )


if __name__ == "__main__":
    main()
