"""Plans of every impairment as text, to be held against those that were written once.

`python -m tests.network.golden_plans` prints all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import msgspec

from harness.network.engine import Engine, Happened
from harness.network.impairment import Packet
from harness.network.impairments import (
    REGISTRY,
    Blackhole,
    BurstLoss,
    Corrupt,
    Delay,
    DelayTrace,
    DropList,
    Duplicate,
    FourStateLoss,
    Impairment,
    Jitter,
    LinkFlap,
    Loss,
    PathMtu,
    RateLimit,
    RateTrace,
    Rebind,
    Reorder,
)
from tests.network.impairments.lanes import MS, played

FOLDER = Path(__file__).parent / "golden"
SEEDS = (81, 82)
PACKETS = [
    (n * 7 * MS + n * n % 5 * MS, Packet(60 + n * 37 % 1140, "audio" if n % 3 else "video"))
    for n in range(150)
]
"""About 600 kbit/s for a second."""
_TRACE = (0, 3, 9, 9, 40, 41, 60)
EXAMPLES: dict[str, tuple[Impairment, ...]] = {
    "path_mtu": (PathMtu(mtu_bytes=1000),),
    "blackhole": (Blackhole(from_ms=100, for_ms=200, every_ms=400),),
    "link_flap": (LinkFlap(up_ms=100, down_ms=50),),
    "drop_list": (DropList(indices=(1, 100)),),
    "loss": (Loss(ratio=0.05), Loss(ratio=0.5)),
    "burst_loss": (BurstLoss(ratio=0.05, burst_packets=3), BurstLoss(ratio=0.4, burst_packets=8)),
    "four_state_loss": (
        FourStateLoss(p13_ratio=0.05, p31_ratio=0.3, p32_ratio=0.2, p23_ratio=0.4, p14_ratio=0.02),
    ),
    "rate_limit": (
        RateLimit(rate_kbps=400, queue_ms=100),
        RateLimit(rate_kbps=333.3, queue_bytes=20_000, aqm="codel"),
    ),
    "rate_trace": (
        RateTrace(opportunities_ms=_TRACE, period_ms=150),
        RateTrace(opportunities_ms=_TRACE, period_ms=300, queue_bytes=20_000, aqm="codel"),
    ),
    "reorder": (Reorder(ratio=0.1, distance_packets=3, most_ms=30),),
    "duplicate": (Duplicate(ratio=0.1),),
    "corrupt": (Corrupt(ratio=0.1),),
    "delay": (Delay(delay_ms=12.3456789),),
    "jitter": (
        Jitter(jitter_ms=20),
        Jitter(jitter_ms=20, distribution="normal", reorder=True),
        Jitter(jitter_ms=20, distribution="pareto", reorder=True),
    ),
    "delay_trace": (DelayTrace(delays_ms=(5, 10.5, 80), step_ms=100),),
    "rebind": (Rebind(first_ms=100, every_ms=300),),
}


def plan(impairment: Impairment, seed: int) -> list[list[Any]]:
    """What becomes of PACKETS, or when the event happens: rows of whole numbers."""
    if isinstance(impairment, Rebind):
        engine = Engine(seed=seed)
        engine.begin("alice", 0)
        engine.set_impairments([impairment], 0)
        return [[one.at_ns] for one in engine.due(1000 * MS) if isinstance(one, Happened)]
    return [
        [one.n, one.cause, *(list(delivery) for delivery in one.deliveries)]
        for one in played(PACKETS, impairment, seed=seed)
    ]


def golden_text(name: str) -> bytes:
    """All plans of an impairment, one row a line."""
    lines: list[bytes] = []
    for impairment in EXAMPLES[name]:
        for seed in SEEDS:
            head = {"of": impairment, "seed": seed}
            lines += [msgspec.json.encode(row) for row in (head, *plan(impairment, seed))]
    return b"[\n" + b",\n".join(lines) + b"\n]\n"


if __name__ == "__main__":
    for name in REGISTRY:
        sys.stdout.buffer.write(golden_text(name))
