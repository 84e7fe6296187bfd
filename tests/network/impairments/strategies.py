"""Any impairment, with values that matter to some tens of packets within a second."""

from __future__ import annotations

from hypothesis import strategies as st

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

PEOPLE = ("alice", "bob", "carol")
targets = st.builds(
    Target,
    participant=st.none() | st.sampled_from(PEOPLE),
    direction=st.none() | st.sampled_from(["up", "down"]),
    medium=st.none() | st.sampled_from(["audio", "video"]),
)
_ratios = st.sampled_from([0.0, 0.1, 0.5])
_ms = st.sampled_from([1, 20, 150])
_queues = st.fixed_dictionaries(
    {"aqm": st.sampled_from(["tail_drop", "codel"])},
    optional={"queue_ms": st.sampled_from([0, 30, 1000])},
)
_times = st.lists(st.integers(0, 60), min_size=1, max_size=9).map(lambda some: tuple(sorted(some)))
FILTERS: dict[str, st.SearchStrategy[Impairment]] = {
    "path_mtu": st.builds(PathMtu, mtu_bytes=st.sampled_from([500, 1228]), target=targets),
    "blackhole": st.builds(Blackhole, from_ms=_ms, for_ms=_ms, target=targets),
    "link_flap": st.builds(LinkFlap, up_ms=_ms, down_ms=_ms, target=targets),
    "drop_list": st.builds(DropList, indices=st.tuples(st.integers(0, 30)), target=targets),
    "loss": st.builds(Loss, ratio=_ratios, target=targets),
    "burst_loss": st.builds(
        BurstLoss, ratio=_ratios, burst_packets=st.sampled_from([1, 3]), target=targets
    ),
    "four_state_loss": st.builds(
        FourStateLoss, p13_ratio=_ratios, p31_ratio=_ratios, p14_ratio=_ratios, target=targets
    ),
}
QUEUES: dict[str, st.SearchStrategy[Impairment]] = {
    "rate_limit": _queues.flatmap(
        lambda queue: st.builds(
            RateLimit,
            rate_kbps=st.sampled_from([64, 750]),
            target=targets,
            **{name: st.just(value) for name, value in queue.items()},
        )
    ),
    "rate_trace": _queues.flatmap(
        lambda queue: st.builds(
            RateTrace,
            opportunities_ms=_times,
            period_ms=st.just(70),
            target=targets,
            **{name: st.just(value) for name, value in queue.items()},
        )
    ),
}
REORDERING: dict[str, st.SearchStrategy[Impairment]] = {
    "reorder": st.builds(
        Reorder, ratio=_ratios, distance_packets=st.integers(1, 4), most_ms=_ms, target=targets
    ),
}
EXITS: dict[str, st.SearchStrategy[Impairment]] = {
    "duplicate": st.builds(Duplicate, ratio=_ratios, target=targets),
    "corrupt": st.builds(Corrupt, ratio=_ratios, target=targets),
    "delay": st.builds(Delay, delay_ms=_ms, target=targets),
    "jitter": st.builds(
        Jitter,
        jitter_ms=_ms,
        distribution=st.sampled_from(["uniform", "normal", "pareto"]),
        target=targets,
    ),
    "delay_trace": st.builds(
        DelayTrace, delays_ms=st.tuples(_ms, _ms, _ms), step_ms=_ms, target=targets
    ),
}
EVENTS: dict[str, st.SearchStrategy[Impairment]] = {
    "rebind": st.builds(
        Rebind,
        first_ms=_ms,
        every_ms=st.none() | st.just(100),
        target=st.builds(Target, participant=st.none() | st.sampled_from(PEOPLE)),
    ),
}
EVERY = {**FILTERS, **QUEUES, **REORDERING, **EXITS, **EVENTS}
filters = st.one_of(list(FILTERS.values()))
keeping_order = st.one_of([*FILTERS.values(), *QUEUES.values(), *EXITS.values()])
impairments = st.one_of(list(EVERY.values()))
