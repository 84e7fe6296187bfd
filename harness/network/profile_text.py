"""A profile in words: what holds from when on, with units."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from harness.evidence.clock import NS_PER_S
from harness.network.impairment import Target
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
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.network.queues.bottleneck import DEFAULT_QUEUE_MS
from harness.network.queues.delivery_trace import OPPORTUNITY_BYTES
from harness.network.tcp_faults import TcpFaults, Toxic

ALL = "all"
_KINDS = list(REGISTRY.values())
_LEAST_TEXT = 40
"""Characters beside the name of a way, on however narrow a terminal."""
_MOST_LISTED = 10
"""Numbers of an exact drop that are written out."""
_TOXICS = {
    "latency": "{latency} ms later",
    "bandwidth": "{rate} kB/s",
    "slow_close": "closed {delay} ms later",
    "timeout": "data thrown away, closed after {timeout} ms",
    "reset_peer": "reset after {timeout} ms",
    "slicer": "in pieces of {average_size} B",
    "limit_data": "closed after {bytes} B",
}


def timeline(profile: Profile, columns: int) -> Iterator[str]:
    """Lines for a terminal: each phase with its time, and what is done on each way.

    Args:
        profile: It.
        columns: Width of the terminal.
    """
    for index, phase in enumerate(profile.phases):
        later = profile.phases[index + 1 :]
        until = f"until {later[0].at_ns / NS_PER_S:g} s" if later else "for good"
        yield f"from {phase.at_ns / NS_PER_S:g} s {until}"
        rows = list(_rows(phase)) or [(ALL, "nothing is done to any packet")]
        wide = max(len(name) for name, _ in rows)
        for name, text in rows:
            yield from textwrap.wrap(
                f"  {name:<{wide}}  {text}",
                max(columns, wide + _LEAST_TEXT),
                subsequent_indent=" " * (wide + 4),
            )


def needs(profile: Profile) -> str:
    """What a gateway needs for it beyond itself; empty when nothing."""
    wanted = {"toxiproxy": profile.needs_toxiproxy, "ICE-TCP": profile.ice_tcp}
    return ", ".join(name for name, needed in wanted.items() if needed)


def length(profile: Profile) -> str:
    """When the last phase begins; of a single one whether it changes or not."""
    last = profile.phases[-1]
    if last.at_ns:
        return f"{last.at_ns / NS_PER_S:g} s"
    return "repeats" if any(map(_repeats, last.impairments)) else "constant"


def words(impairment: Impairment) -> str:
    """One impairment, without its target."""
    match impairment:
        case Loss() | BurstLoss() | FourStateLoss() | DropList() | PathMtu():
            return _dropping(impairment)
        case Blackhole() | LinkFlap() | Rebind():
            return _scheduled(impairment)
        case RateLimit() | RateTrace() | Reorder():
            return _queueing(impairment)
        case Duplicate() | Corrupt() | Delay() | Jitter() | DelayTrace():
            return _leaving(impairment)


def aim(target: Target) -> str:
    """What an impairment is aimed at: `down video`; `all` where at every packet."""
    parts = (target.direction, target.medium, target.track, target.layer, target.codec)
    return " ".join(part for part in parts if part is not None) or ALL


def span(ms: float) -> str:
    """A time with its unit: `500 ms`, `2 s`."""
    return f"{ms:g} ms" if ms < 1000 else f"{ms / 1000:g} s"


def _repeats(impairment: Impairment) -> bool:
    match impairment:
        case Blackhole() | Rebind():
            return impairment.every_ms is not None
        case LinkFlap() | RateTrace() | DelayTrace():
            return True
    return False


def _rows(phase: Phase) -> Iterator[tuple[str, str]]:
    said: dict[str, list[str]] = {aim(one.target): [] for one in phase.impairments}
    for impairment in sorted(phase.impairments, key=lambda one: _KINDS.index(type(one))):
        said[aim(impairment.target)].append(words(impairment))
    for name, texts in said.items():
        yield name, "; ".join(texts)
    yield from _tcp(phase.signal, "signalling")
    yield from _tcp(phase.media, "TCP media")


def _tcp(faults: TcpFaults, name: str) -> Iterator[tuple[str, str]]:
    if faults.cut:
        yield name, "cut, and refused"
    for direction in sorted(faults.stalled):
        yield f"{name} {direction}", "stalled: passes later, in order"
    for stream, direction in (("upstream", "up"), ("downstream", "down")):
        toxics = [toxic for toxic in faults.toxics if toxic.stream == stream]
        if toxics:
            yield f"{name} {direction}", "; ".join(map(_toxic, toxics))


def _toxic(toxic: Toxic) -> str:
    text = _TOXICS[toxic.type].format_map(toxic.attributes)
    pause_us = toxic.attributes.get("delay") if toxic.type == "slicer" else None
    return f"{text}, {pause_us} µs apart" if pause_us else text


def _dropping(one: Loss | BurstLoss | FourStateLoss | DropList | PathMtu) -> str:
    match one:
        case Loss():
            return f"loss {_percent(one.ratio)}"
        case BurstLoss():
            return f"loss {_percent(one.ratio)} in bursts of {one.burst_packets:g} packets"
        case FourStateLoss():
            names = ("p13", "p31", "p32", "p23", "p14")
            ratios = (f"{name} {getattr(one, f'{name}_ratio'):g}" for name in names)
            return f"loss in four states ({', '.join(ratios)})"
        case PathMtu():
            return f"IP packets above {one.mtu_bytes} B dropped"
    listed = [("packets (from 0)", one.indices), ("sequence numbers", one.sequences)]
    return ", ".join(f"{name} {_listed(some)} dropped" for name, some in listed if some)


def _scheduled(one: Blackhole | LinkFlap | Rebind) -> str:
    match one:
        case LinkFlap():
            return f"link up for {span(one.up_ms)}, down for {span(one.down_ms)}, in turn"
        case Rebind():
            return f"new port after {span(one.first_ms)}" + _every(one.every_ms)
    lasting = f" for {span(one.for_ms)}" if one.for_ms is not None else ""
    after = f" after {span(one.from_ms)}" if one.from_ms else ""
    return f"nothing passes{after}{lasting}" + _every(one.every_ms)


def _every(period_ms: float | None) -> str:
    return "" if period_ms is None else f", again every {span(period_ms)}"


def _queueing(one: RateLimit | RateTrace | Reorder) -> str:
    if isinstance(one, Reorder):
        return (
            f"{_percent(one.ratio)} overtaken by {one.distance_packets} packets, "
            f"at most {span(one.most_ms)} late"
        )
    if isinstance(one, RateLimit):
        rate = f"{one.rate_kbps:g} kbit/s"
    else:
        period_ms = one.period_ms or one.opportunities_ms[-1]
        mean_kbps = len(one.opportunities_ms) * OPPORTUNITY_BYTES * 8 / period_ms
        rate = f"{mean_kbps:.0f} kbit/s on average, by a trace of {span(period_ms)}"
    room = f"{one.queue_bytes} B" if one.queue_bytes is not None else span(_queue_ms(one))
    return f"{rate}, queue of {room}" + ("" if one.aqm == "tail_drop" else f" ({one.aqm})")


def _queue_ms(one: RateLimit | RateTrace) -> float:
    return DEFAULT_QUEUE_MS if one.queue_ms is None else one.queue_ms


def _leaving(one: Duplicate | Corrupt | Delay | Jitter | DelayTrace) -> str:
    match one:
        case Duplicate():
            later = f", the copy {span(one.later_ms)} later" if one.later_ms else ""
            return f"{_percent(one.ratio)} twice{later}"
        case Corrupt():
            return f"{_percent(one.ratio)} with an inverted bit"
        case Delay():
            return f"delay {span(one.delay_ms)}"
        case Jitter():
            order = ", may overtake" if one.reorder else ""
            return f"jitter {span(one.jitter_ms)} ({one.distribution}{order})"
    delays = f"{span(min(one.delays_ms))} to {span(max(one.delays_ms))}"
    values = len(one.delays_ms)
    return f"{delays} more by a trace of {values} values, each for {span(one.step_ms)}"


def _listed(numbers: Sequence[int]) -> str:
    text = ", ".join(map(str, numbers[:_MOST_LISTED]))
    more = len(numbers) - _MOST_LISTED
    return f"{text} and {more} more" if more > 0 else text


def _percent(ratio: float) -> str:
    return f"{100 * ratio:g} %"
