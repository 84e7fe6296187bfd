from __future__ import annotations

import pytest

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
from harness.network.profile import Profile, load_profile, parse_profile
from harness.network.profile_text import length, needs, span, timeline, words

SAID: list[tuple[Impairment, str]] = [
    (PathMtu(mtu_bytes=1200), "IP packets above 1200 B dropped"),
    (Blackhole(), "nothing passes"),
    (
        Blackhole(from_ms=5000, for_ms=400, every_ms=7000),
        "nothing passes after 5 s for 400 ms, again every 7 s",
    ),
    (LinkFlap(up_ms=5000, down_ms=20), "link up for 5 s, down for 20 ms, in turn"),
    (
        DropList(indices=(1, 2), sequences=(9,)),
        "packets (from 0) 1, 2 dropped, sequence numbers 9 dropped",
    ),
    (
        DropList(indices=tuple(range(12))),
        "packets (from 0) 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 and 2 more dropped",
    ),
    (Loss(ratio=0.015), "loss 1.5 %"),
    (BurstLoss(ratio=0.05, burst_packets=3), "loss 5 % in bursts of 3 packets"),
    (
        FourStateLoss(p13_ratio=0.1, p31_ratio=0.5),
        "loss in four states (p13 0.1, p31 0.5, p32 0, p23 1, p14 0)",
    ),
    (RateLimit(rate_kbps=750), "750 kbit/s, queue of 300 ms"),
    (
        RateLimit(rate_kbps=750, queue_bytes=3000, aqm="codel"),
        "750 kbit/s, queue of 3000 B (codel)",
    ),
    (
        RateTrace(opportunities_ms=(1, 2, 1000), queue_ms=9),
        "36 kbit/s on average, by a trace of 1 s, queue of 9 ms",
    ),
    (
        Reorder(ratio=0.1, distance_packets=3, most_ms=50),
        "10 % overtaken by 3 packets, at most 50 ms late",
    ),
    (Duplicate(ratio=0.1), "10 % twice"),
    (Duplicate(ratio=0.1, later_ms=200), "10 % twice, the copy 200 ms later"),
    (Corrupt(ratio=0.001), "0.1 % with an inverted bit"),
    (Delay(delay_ms=12.5), "delay 12.5 ms"),
    (Jitter(jitter_ms=4), "jitter 4 ms (uniform)"),
    (
        Jitter(jitter_ms=4, distribution="pareto", reorder=True),
        "jitter 4 ms (pareto, may overtake)",
    ),
    (
        DelayTrace(delays_ms=(0, 8), step_ms=1000),
        "0 ms to 8 ms more by a trace of 2 values, each for 1 s",
    ),
    (Rebind(first_ms=1000), "new port after 1 s"),
    (Rebind(first_ms=1000, every_ms=5000), "new port after 1 s, again every 5 s"),
]


@pytest.mark.parametrize(("impairment", "said"), SAID)
def test_impairments_are_told_with_units(impairment: Impairment, said: str) -> None:
    assert words(impairment) == said


def test_nothing_of_the_registry_is_left_out() -> None:
    assert {type(one) for one, _ in SAID} == set(REGISTRY.values())


def profile(lines: str) -> Profile:
    head = 'title = "T"\ncite = "RFC 8867"\nice_tcp = true\n[[phase]]\nat_s = 0\n'
    return parse_profile(head + lines, name="mine", file="mine.toml")


def test_phases_have_their_times_and_a_line_for_each_way() -> None:
    steps = profile(
        "udp.up = { delay_ms = 1, loss_ratio = 0.5 }\n"
        'aimed = [{ direction = "down", medium = "video", delay_ms = 2 }]\n'
        "tcp.signal.up = { stall = true, latency_ms = 3 }\n"
        "tcp.signal.down = { slicer_bytes = 9, slicer_delay_us = 7, rate_kbps = 80 }\n"
        "tcp.media.cut = true\n"
        "[[phase]]\nat_s = 2.5\n"
    )
    assert list(timeline(steps, 100)) == [
        "from 0 s until 2.5 s",
        "  up               loss 50 %; delay 1 ms",
        "  down video       delay 2 ms",
        "  signalling up    stalled: passes later, in order",
        "  signalling up    3 ms later",
        "  signalling down  10 kB/s; in pieces of 9 B, 7 µs apart",
        "  TCP media        cut, and refused",
        "from 2.5 s for good",
        "  all  nothing is done to any packet",
    ]


def test_lines_are_no_wider_than_the_terminal() -> None:
    lines = list(timeline(load_profile("g1050-h"), 60))
    assert max(map(len, lines)) <= 60
    assert len(lines) > 5


@pytest.mark.parametrize(
    ("name", "needed", "long"),
    [
        ("clean", "", "constant"),
        ("3g", "toxiproxy", "constant"),
        ("udp-blocked", "ICE-TCP", "constant"),
        ("rebind", "", "repeats"),
        ("lte-walk", "", "repeats"),
        ("congested-downlink", "", "120 s"),
    ],
)
def test_needs_and_lengths(name: str, needed: str, long: str) -> None:
    assert needs(load_profile(name)) == needed
    assert length(load_profile(name)) == long


def test_times_have_units() -> None:
    assert [span(0), span(0.5), span(999), span(1500)] == ["0 ms", "0.5 ms", "999 ms", "1.5 s"]


def test_lines_are_readable_in_the_narrowest_terminal() -> None:
    lengths = [len(line) for line in timeline(load_profile("g1050-h"), 0)]
    assert 35 < max(lengths) <= 60
