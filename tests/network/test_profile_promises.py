"""Every profile that comes along, run through the engine with packets of our own making."""

from __future__ import annotations

from itertools import pairwise

import pytest

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_records import DIRECTIONS, Direction
from harness.network.engine import Engine, Happened
from harness.network.impairment import Packet
from harness.network.impairments import (
    Blackhole,
    BurstLoss,
    Delay,
    DelayTrace,
    DropList,
    Impairment,
    Jitter,
    Loss,
    RateLimit,
    RateTrace,
)
from harness.network.lane import NOW, QUEUED, Fate, Released
from harness.network.phase import Phase
from harness.network.profile import Profile, load_profile, profile_names
from harness.network.profile_chart import drawn_ns
from harness.network.profile_lte_walk import rates_kbps

MOST_PACKETS = 20_000
LIGHT_BYTES, HEAVY_BYTES = 20, 1200
AFTER_NS = 60 * NS_PER_S
OPPORTUNITY_KBIT = 12
ROUNDING_MS = 1e-3
places = pytest.mark.parametrize("direction", DIRECTIONS)
profiles = pytest.mark.parametrize("name", profile_names())


class Traffic:
    """What became of packets: sent and delivered times, None where it was dropped."""

    def __init__(self, profile: Profile, direction: Direction, size: int, sent: list[int]) -> None:
        self.sent = sent
        self.delivered: list[int | None] = [None] * len(sent)
        self._engine = Engine(seed=81)
        self._engine.set_profile(profile.phases, 0)
        self._engine.begin("alice", 0)
        lane = self._engine.lane("alice", direction)
        for index, at_ns in enumerate(sent):
            self._wait(at_ns)
            self._note(index, lane.arrive(Packet(size), index, at_ns), at_ns)
        while (next_ns := self._engine.next_ns) is not None and next_ns < sent[-1] + AFTER_NS:
            self._wait(next_ns)

    def _wait(self, now_ns: int) -> None:
        for outcome in self._engine.due(now_ns):
            if isinstance(outcome, Released):
                self._note(outcome.token, outcome.fate, outcome.at_ns)

    def _note(self, index: int, fate: Fate, now_ns: int) -> None:
        if fate is NOW:
            self.delivered[index] = now_ns
        elif fate is not QUEUED and fate.deliveries:
            self.delivered[index] = fate.deliveries[0].at_ns


def aimed(phase: Phase, direction: Direction) -> list[Impairment]:
    """All of the profiles that come along aim at whole directions."""
    assert all(one.target.hits_all for one in phase.impairments)
    return [one for one in phase.impairments if one.target.direction in (None, direction)]


def ends(profile: Profile) -> list[int]:
    return [phase.at_ns for phase in profile.phases] + [drawn_ns(profile)]


def light(profile: Profile, direction: Direction) -> Traffic:
    """Little enough for every link, and packets at both edges of all outages."""
    end_ns = drawn_ns(profile)
    times = set(range(0, end_ns, max(NS_PER_MS, end_ns // MOST_PACKETS)))
    for phase in profile.phases:
        for one in aimed(phase, direction):
            if isinstance(one, Blackhole) and one.for_ms is not None:
                begin_ns = phase.at_ns + round(one.from_ms * NS_PER_MS)
                end_ns = begin_ns + round(one.for_ms * NS_PER_MS)
                times |= {begin_ns - 1, begin_ns, end_ns - 1, end_ns}
    return Traffic(profile, direction, LIGHT_BYTES, sorted(times))


def is_out(phase: Phase, direction: Direction, at_ns: int) -> bool:
    for one in aimed(phase, direction):
        if isinstance(one, Blackhole):
            since_ms = (at_ns - phase.at_ns) / NS_PER_MS - one.from_ms
            every_ms = one.every_ms or float("inf")
            if since_ms >= 0 and since_ms % every_ms < (one.for_ms or float("inf")):
                return True
    return False


def delays_ms(phase: Phase, direction: Direction, at_ns: int) -> tuple[float, float]:
    """Least and most that a packet without others before it can take."""
    least = most = 0.0
    for one in aimed(phase, direction):
        match one:
            case Delay():
                least, most = least + one.delay_ms, most + one.delay_ms
            case Jitter():
                most += one.jitter_ms
            case DelayTrace():
                step_ns = one.step_ms * NS_PER_MS
                steps = {int((at_ns - phase.at_ns + ns) // step_ns) for ns in (0, 2 * NS_PER_S)}
                values = [one.delays_ms[step % len(one.delays_ms)] for step in steps]
                least, most = least + min(values), most + max(one.delays_ms)
            case RateLimit():
                most += LIGHT_BYTES * 8 / one.rate_kbps
            case RateTrace():
                most += OPPORTUNITY_KBIT / min(rates_kbps()) * 1000 + 1
    return least, most


def expected_loss(phase: Phase, direction: Direction) -> tuple[float, float]:
    """Ratio, and how many times that of independent losses their variance is."""
    for one in aimed(phase, direction):
        if isinstance(one, Loss):
            return one.ratio, 1.0
        if isinstance(one, BurstLoss):
            return one.ratio, 2 * one.burst_packets
    return 0.0, 1.0


@places
@profiles
def test_losses_and_delays_are_those_of_the_profile(name: str, direction: Direction) -> None:
    profile = load_profile(name)
    traffic = light(profile, direction)
    for phase, (begin_ns, end_ns) in zip(profile.phases, pairwise(ends(profile)), strict=True):
        inside = [n for n, at_ns in enumerate(traffic.sent) if begin_ns <= at_ns < end_ns]
        check_losses(traffic, phase, direction, inside)
        check_delays(traffic, phase, direction, inside)


def check_losses(traffic: Traffic, phase: Phase, direction: Direction, inside: list[int]) -> None:
    """All that is in an outage or listed is lost, and of the rest a binomial share."""
    lists = [one for one in aimed(phase, direction) if isinstance(one, DropList)]
    certain = {n for one in lists for n in one.indices}
    certain |= {n for n in inside if is_out(phase, direction, traffic.sent[n])}
    lost = {n for n in inside if traffic.delivered[n] is None}
    assert certain <= lost
    ratio, spread = expected_loss(phase, direction)
    count = len(inside) - len(certain)
    deviation = (count * ratio * (1 - ratio) * spread) ** 0.5
    assert abs(len(lost - certain) - count * ratio) <= 5 * deviation


def check_delays(traffic: Traffic, phase: Phase, direction: Direction, inside: list[int]) -> None:
    for n in inside:
        sent_ns, delivered_ns = traffic.sent[n], traffic.delivered[n]
        if delivered_ns is not None:
            least, most = delays_ms(phase, direction, sent_ns)
            assert least <= (delivered_ns - sent_ns) / NS_PER_MS <= most + ROUNDING_MS


LIMITED = [
    (name, direction, index)
    for name in profile_names()
    for direction in DIRECTIONS
    for index, phase in enumerate(load_profile(name).phases)
    if any(isinstance(one, RateLimit) for one in aimed(phase, direction))
]


@pytest.mark.parametrize(("name", "direction", "index"), LIMITED)
def test_rates_under_load_are_those_of_the_profile(
    name: str, direction: Direction, index: int
) -> None:
    profile = load_profile(name)
    phase = profile.phases[index]
    (limit,) = (one for one in aimed(phase, direction) if isinstance(one, RateLimit))
    (delay_ms,) = [o.delay_ms for o in aimed(phase, direction) if isinstance(o, Delay)] or [0]
    every_ns = round(HEAVY_BYTES * 8 / (1.5 * limit.rate_kbps) * NS_PER_MS)
    seconds = 4
    sent = list(range(phase.at_ns, phase.at_ns + seconds * NS_PER_S, every_ns))
    traffic = Traffic(profile, direction, HEAVY_BYTES, sent)
    first_ns = phase.at_ns + NS_PER_S + round(delay_ms * NS_PER_MS)
    last_ns = first_ns + (seconds - 1) * NS_PER_S
    passed = sum(at_ns is not None and first_ns < at_ns <= last_ns for at_ns in traffic.delivered)
    kbps = passed * HEAVY_BYTES * 8 / (seconds - 1) / 1000
    assert abs(kbps - limit.rate_kbps) <= max(0.01 * limit.rate_kbps, HEAVY_BYTES * 8 / 1000)


@places
def test_each_second_of_the_walk_has_the_rate_of_its_trace(direction: Direction) -> None:
    every_ns = round(HEAVY_BYTES * 8 / (1.1 * max(rates_kbps())) * NS_PER_MS)
    sent = list(range(0, 60 * NS_PER_S, every_ns))
    traffic = Traffic(load_profile("lte-walk"), direction, HEAVY_BYTES, sent)
    delay_ns = 35 * NS_PER_MS
    bits = [0] * 62
    for at_ns in traffic.delivered:
        if at_ns is not None:
            bits[(at_ns - delay_ns) // NS_PER_S] += 8 * HEAVY_BYTES
    for second, rate_kbps in enumerate(rates_kbps()):
        assert abs(bits[second] / 1000 - rate_kbps) <= 0.01 * rate_kbps + 24


def test_rebinds_happen_at_their_times() -> None:
    engine = Engine(seed=81)
    engine.set_profile(load_profile("rebind").phases, 0)
    engine.begin("alice", 0)
    happened = [one for one in engine.due(12 * NS_PER_S) if isinstance(one, Happened)]
    assert [one.at_ns // NS_PER_S for one in happened] == [1, 6, 11]
