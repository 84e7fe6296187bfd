from __future__ import annotations

from pathlib import Path

import pytest

from harness.network.impairment import Target
from harness.network.impairments import (
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
from harness.network.phase import Phase
from harness.network.profile_phases import phases_of
from harness.network.profile_problems import dotted
from harness.network.profile_reader import read_tables
from harness.network.tcp_faults import TcpFaults, Toxic

HEAD = 'title = "T"\ncite = "RFC 8867"\nice_tcp = true\n[[phase]]\nat_s = 0\n'
UP = Target(direction="up")


def read(lines: str, folder: Path) -> tuple[Phase, list[str]]:
    tables, _ = read_tables(HEAD + lines, "mine.toml")
    (phase,), problems = phases_of(tables, folder)
    return phase, [f"{dotted(path)}: {said}" for path, said in problems]


@pytest.mark.parametrize(
    ("keys", "impairment"),
    [
        ("mtu_bytes = 1200", PathMtu(mtu_bytes=1200, target=UP)),
        (
            "blackhole = { from_ms = 5, for_ms = 2, every_ms = 7 }",
            Blackhole(from_ms=5, for_ms=2, every_ms=7, target=UP),
        ),
        ("flap = { up_ms = 5, down_ms = 2 }", LinkFlap(up_ms=5, down_ms=2, target=UP)),
        ("drop_indices = [3, 4]", DropList(indices=(3, 4), target=UP)),
        (
            'drop = [{ medium = "video", layer = "q", codec = "vp8", sequences = [9] }]',
            DropList(
                sequences=(9,),
                target=Target(direction="up", medium="video", layer="q", codec="vp8"),
            ),
        ),
        ("loss_ratio = 0.5", Loss(ratio=0.5, target=UP)),
        (
            "loss_ratio = 0.05\nudp.up.burst_packets = 3",
            BurstLoss(ratio=0.05, burst_packets=3, target=UP),
        ),
        (
            "four_state = { p13_ratio = 0.1, p31_ratio = 0.5 }",
            FourStateLoss(p13_ratio=0.1, p31_ratio=0.5, target=UP),
        ),
        (
            'rate_kbps = 750\nudp.up.queue_ms = 400\nudp.up.aqm = "codel"',
            RateLimit(rate_kbps=750, queue_ms=400, aqm="codel", target=UP),
        ),
        (
            'rate_trace = "a.trace"\nudp.up.queue_bytes = 3000',
            RateTrace(opportunities_ms=(1, 1, 7), queue_bytes=3000, target=UP),
        ),
        (
            "reorder = { ratio = 0.1, distance_packets = 3 }",
            Reorder(ratio=0.1, distance_packets=3, target=UP),
        ),
        ("duplicate_ratio = 0.1", Duplicate(ratio=0.1, target=UP)),
        ("corrupt_ratio = 0.1", Corrupt(ratio=0.1, target=UP)),
        ("delay_ms = 12.5", Delay(delay_ms=12.5, target=UP)),
        ("jitter_ms = 4", Jitter(jitter_ms=4, target=UP)),
        (
            'jitter = { jitter_ms = 4, distribution = "pareto", reorder = true }',
            Jitter(jitter_ms=4, distribution="pareto", reorder=True, target=UP),
        ),
        (
            "delay_trace = { delays_ms = [0, 8], step_ms = 1000 }",
            DelayTrace(delays_ms=(0, 8), step_ms=1000, target=UP),
        ),
    ],
)
def test_keys_become_impairments(keys: str, impairment: Impairment, tmp_path: Path) -> None:
    (tmp_path / "a.trace").write_text("1\n1\n7\n")
    phase, problems = read(f"udp.up.{keys}", tmp_path)
    assert problems == []
    assert phase.impairments == (impairment,)


def test_a_table_can_be_aimed_and_a_rebind_is_everybodys(tmp_path: Path) -> None:
    phase, _ = read(
        'rebind = { first_ms = 1000 }\n[[phase.aimed]]\ndirection = "down"\nmedium = "rtcp"\n'
        "loss_ratio = 1\ndrop = [{ indices = [0] }]\n[[phase.aimed]]\ncodec = 'opus'\ndelay_ms = 1",
        tmp_path,
    )
    down_rtcp = Target(direction="down", medium="rtcp")
    assert phase.impairments == (
        Loss(ratio=1, target=down_rtcp),
        DropList(indices=(0,), target=down_rtcp),
        Delay(delay_ms=1, target=Target(codec="opus")),
        Rebind(first_ms=1000),
    )


@pytest.mark.parametrize(
    ("keys", "toxic"),
    [
        ("latency_ms = 100", Toxic(type="latency", attributes={"latency": 100})),
        ("rate_kbps = 8", Toxic(type="bandwidth", attributes={"rate": 1})),
        ("rate_kbps = 750", Toxic(type="bandwidth", attributes={"rate": 94})),
        ("slow_close_ms = 5", Toxic(type="slow_close", attributes={"delay": 5})),
        ("timeout_ms = 5", Toxic(type="timeout", attributes={"timeout": 5})),
        ("reset_peer_ms = 0", Toxic(type="reset_peer", attributes={"timeout": 0})),
        (
            "slicer_bytes = 5\ntcp.signal.down.slicer_delay_us = 7",
            Toxic(type="slicer", attributes={"average_size": 5, "delay": 7}),
        ),
        ("limit_bytes = 5", Toxic(type="limit_data", attributes={"bytes": 5})),
    ],
)
def test_keys_become_toxics_in_toxiproxys_units(keys: str, toxic: Toxic, tmp_path: Path) -> None:
    phase, _ = read(f"tcp.signal.down.{keys}", tmp_path)
    assert phase.signal == TcpFaults(toxics=(toxic,))
    assert phase.media == TcpFaults()


def test_stalls_cuts_and_directions_of_tcp(tmp_path: Path) -> None:
    phase, _ = read(
        "tcp.media.up = { latency_ms = 1, stall = true }\ntcp.signal.cut = true", tmp_path
    )
    latency = Toxic(type="latency", stream="upstream", attributes={"latency": 1})
    assert phase.media == TcpFaults(toxics=(latency,), stalled=frozenset({"up"}))
    assert phase.signal == TcpFaults(cut=True)


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("loss_ratio = 1.5", "udp.up.loss_ratio: must be a number ≤ 1"),
        ("loss_ratio = -0.1", "udp.up.loss_ratio: must be a number ≥ 0"),
        (
            "loss_ratio = 0.9\nudp.up.burst_packets = 1",
            "udp.up.burst_packets: burst_packets must be at least ratio / (1 - ratio)",
        ),
        ("rate_kbps = 0", "udp.up.rate_kbps: must be a number ≥ 1"),
        ('rate_kbps = 9\nudp.up.aqm = "x"', 'udp.up.aqm: can only be "codel" or "tail_drop"'),
        ("mtu_bytes = 20", "udp.up.mtu_bytes: must be a whole number ≥ 68"),
        ("drop_indices = [1, -1]", "udp.up.drop_indices[1]: must be a whole number ≥ 0"),
        ("drop = [{ sequences = [65536] }]", "udp.up.drop[0].sequences[0]: must be a whole"),
        ("delay_ms = nan", "udp.up.delay_ms: must be a number ≥ 0"),
        ("delay_ms = inf", "udp.up.delay_ms: must be a number ≤ 60000"),
        ('rate_trace = "b.trace"', "udp.up.rate_trace: cannot read b.trace beside the profile"),
    ],
)
def test_values_that_cannot_be_name_their_key(keys: str, said: str, tmp_path: Path) -> None:
    _, problems = read(f"udp.up.{keys}", tmp_path)
    assert len(problems) == 1
    assert problems[0].startswith(said), problems[0]
