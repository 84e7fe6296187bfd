"""Loss, rate and delay of a profile over time, drawn with characters."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_records import DIRECTIONS, Cause, Direction
from harness.network.impairment import Course, Delivery, Exit, Packet
from harness.network.impairments import (
    Blackhole,
    BurstLoss,
    DelayTrace,
    DropList,
    FourStateLoss,
    Impairment,
    LinkFlap,
    Loss,
    RateLimit,
    RateTrace,
)
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.queues.delivery_trace import OPPORTUNITY_BYTES
from harness.network.randomness import uniform_numbers

_BLOCKS = "▁▂▃▄▅▆▇█"
_NOTHING = " "
_SAMPLES = 64
"""Times within a column at which it is asked what holds."""
_QUIET_NS = 10 * NS_PER_S
"""Drawn of a last phase in which nothing changes."""
_LABEL = 38
_LEAST_COLUMNS = 20
_PACKET = Packet(1)
_CHAIN_PACKETS = 20_000
"""From which the loss of a Markov chain is counted."""


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What a network does to any packet at a time, or on average from one time to another."""

    loss_ratio: float
    """Without exact drops."""
    rate_kbps: float | None
    """None without a limit."""
    delay_ms: float
    """Without waiting in queues; of what is random the median."""


def chart(profile: Profile, columns: int) -> Iterator[str]:
    """Lines for a terminal.

    Args:
        profile: It.
        columns: Width of the terminal.
    """
    width = max(_LEAST_COLUMNS, columns - _LABEL)
    end_ns = drawn_ns(profile)
    edges = [end_ns * column // width for column in range(width + 1)]
    up, down = (_columns(profile, direction, edges) for direction in DIRECTIONS)
    if up == down:
        yield from _rows("both", up)
    else:
        yield from _rows("up", up)
        yield from _rows("down", down)
    end = f"{end_ns / NS_PER_S:g} s"
    yield f"{'':<{_LABEL}}{'0 s':<{width - len(end)}}{end}"
    left_out = _left_out(profile, end_ns // (width * _SAMPLES))
    if left_out:
        yield f"  not drawn: {', '.join(left_out)}"


def _left_out(profile: Profile, step_ns: int) -> list[str]:
    """What the lines do not show, in words.

    Args:
        profile: It.
        step_ns: Between two times at which it is asked what holds.
    """
    every = [one for phase in profile.phases for one in phase.impairments]
    short_ms = {
        one.for_ms
        for one in every
        if isinstance(one, Blackhole) and one.for_ms and one.for_ms * NS_PER_MS < step_ns
    }
    left_out = [f"outages of {for_ms:g} ms" for for_ms in sorted(short_ms)]
    if any(isinstance(one, DropList) for one in every):
        left_out.append("exact drops")
    if any(not one.target.hits_all for one in every):
        left_out.append("what is aimed at some packets only")
    return left_out


def drawn_ns(profile: Profile) -> int:
    """Until when it is worth drawing: the last phase, and twice what repeats in it."""
    last = profile.phases[-1]
    periods_ns = [round(2 * _period_ms(one) * NS_PER_MS) for one in last.impairments]
    return last.at_ns + max(_QUIET_NS, *periods_ns, 0)


def moment(phase: Phase, direction: Direction, at_ns: int, until_ns: int) -> Moment:
    """What a phase does in one direction.

    Args:
        phase: It.
        direction: It.
        at_ns: After the start of the profile.
        until_ns: Until when the rate of a trace is averaged.
    """
    passed, delay_ns, rates = 1.0, 0, []
    for one in phase.impairments:
        if not (one.target.aims_at("", direction) and one.target.hits_all):
            continue
        match one:
            case RateLimit():
                rates.append(one.rate_kbps)
            case RateTrace():
                rates.append(_trace_kbps(one, at_ns - phase.at_ns, until_ns - phase.at_ns))
            case Exit():
                leave = one.plan(_course(phase.at_ns, lambda n: 0.5))
                (delivery, *_) = leave(0, _PACKET, (Delivery(at_ns + delay_ns),))
                delay_ns = delivery.at_ns - at_ns
            case _:
                passed *= 1 - _loss_ratio(one, phase.at_ns, at_ns)
    return Moment(
        loss_ratio=1 - passed, rate_kbps=min(rates, default=None), delay_ms=delay_ns / NS_PER_MS
    )


def _columns(profile: Profile, direction: Direction, edges: Sequence[int]) -> list[Moment]:
    return [_mean(profile, direction, *column) for column in pairwise(edges)]


def _mean(profile: Profile, direction: Direction, begin_ns: int, end_ns: int) -> Moment:
    times = [begin_ns + (end_ns - begin_ns) * n // _SAMPLES for n in range(_SAMPLES + 1)]
    starts = [phase.at_ns for phase in profile.phases]
    moments = [
        moment(profile.phases[bisect_left(starts, at_ns + 1) - 1], direction, at_ns, until_ns)
        for at_ns, until_ns in pairwise(times)
    ]
    rates = [one.rate_kbps for one in moments if one.rate_kbps is not None]
    return Moment(
        loss_ratio=fmean(one.loss_ratio for one in moments),
        rate_kbps=fmean(rates) if rates else None,
        delay_ms=fmean(one.delay_ms for one in moments),
    )


def _course(since_ns: int, uniform: Callable[[int], float]) -> Course:
    return Course(uniform=uniform, since_ns=since_ns, cause=Cause.FIRST_IMPAIRMENT)


def _loss_ratio(one: Impairment, since_ns: int, at_ns: int) -> float:
    match one:
        case Loss() | BurstLoss():
            return one.ratio
        case Blackhole() | LinkFlap():
            return float(one.plan(_course(since_ns, lambda n: 0.5))(0, _PACKET, at_ns))
        case FourStateLoss():
            uniform = uniform_numbers(seed=0, participant="", direction="", key="")
            dropped = one.plan(_course(since_ns, uniform))
            return fmean(dropped(n, _PACKET, at_ns) for n in range(_CHAIN_PACKETS))
    return 0.0


def _trace_kbps(trace: RateTrace, begin_ns: int, end_ns: int) -> float:
    """Mean rate between two times after the trace has begun."""
    period_ns = (trace.period_ms or trace.opportunities_ms[-1]) * NS_PER_MS

    def before(at_ns: int) -> int:
        rounds, rest_ns = divmod(at_ns, period_ns)
        within = bisect_left(trace.opportunities_ms, rest_ns / NS_PER_MS)
        return rounds * len(trace.opportunities_ms) + within

    bits = (before(end_ns) - before(begin_ns)) * OPPORTUNITY_BYTES * 8
    return bits / max(1, end_ns - begin_ns) * (NS_PER_S / 1000)


def _period_ms(one: Impairment) -> float:
    match one:
        case Blackhole():
            return max(one.every_ms or 0, one.from_ms, one.for_ms or 0)
        case LinkFlap():
            return one.up_ms + one.down_ms
        case DelayTrace():
            return one.step_ms * len(one.delays_ms)
        case RateTrace():
            return (one.period_ms or one.opportunities_ms[-1]) / 2
    return 0


def _rows(name: str, moments: Sequence[Moment]) -> Iterator[str]:
    curves: tuple[tuple[str, str, list[float | None]], ...] = (
        ("loss", "%", [100 * one.loss_ratio for one in moments]),
        ("rate", "kbit/s", [one.rate_kbps for one in moments]),
        ("delay", "ms", [one.delay_ms for one in moments]),
    )
    for what, unit, values in curves:
        label = f"  {name:<5} {what:<6}{_range(values, unit)}"
        yield f"{label:<{_LABEL}}{_curve(values)}".rstrip()


def _range(values: Sequence[float | None], unit: str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return "no limit"
    least, most = (
        f"{value:.0f}" if value >= 100 else f"{value:.3g}" for value in (min(known), max(known))
    )
    return f"{most} {unit}" if least == most else f"{least} to {most} {unit}"


def _curve(values: Sequence[float | None]) -> str:
    """From nothing to the largest value; blank where it is 0, or without a limit."""
    most = max((value for value in values if value is not None), default=0)
    return "".join(
        _BLOCKS[math.ceil(value / most * len(_BLOCKS)) - 1] if value else _NOTHING
        for value in values
    )
