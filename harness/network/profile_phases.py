"""From the tables of a profile to its phases: friendly keys become impairments and toxics."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, Literal

import msgspec
from msgspec import inspect
from msgspec.structs import replace

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_records import DIRECTIONS
from harness.network.impairment import Target
from harness.network.impairments import (
    BurstLoss,
    Corrupt,
    Delay,
    DropList,
    Duplicate,
    Impairment,
    Jitter,
    Loss,
    PathMtu,
    RateLimit,
    RateTrace,
)
from harness.network.phase import Phase
from harness.network.profile_lines import Path
from harness.network.profile_problems import Problem
from harness.network.profile_reader import type_problem
from harness.network.profile_rules import ways
from harness.network.profile_tables import Aimed, Drop, File, PhaseTable, Tcp, TcpWay, Way
from harness.network.profile_traces import TraceError, read_opportunities
from harness.network.tcp_faults import TcpFaults, Toxic, ToxicType

_BITS_A_BYTE = 8
Stream = Literal["upstream", "downstream"]
_QUEUE = {key: key for key in ("queue_ms", "queue_bytes", "aqm")}
_KEYS: tuple[tuple[type[Impairment], dict[str, str]], ...] = (
    (PathMtu, {"mtu_bytes": "mtu_bytes"}),
    (DropList, {"drop_indices": "indices"}),
    (Loss, {"loss_ratio": "ratio"}),
    (BurstLoss, {"burst_packets": "burst_packets", "loss_ratio": "ratio"}),
    (RateLimit, {"rate_kbps": "rate_kbps", **_QUEUE}),
    (Duplicate, {"duplicate_ratio": "ratio"}),
    (Corrupt, {"corrupt_ratio": "ratio"}),
    (Delay, {"delay_ms": "delay_ms"}),
    (Jitter, {"jitter_ms": "jitter_ms"}),
)
"""An impairment, and which key of the file becomes which of its fields; the first calls for it."""
_TABLES = ("blackhole", "flap", "four_state", "reorder", "jitter", "delay_trace")
"""Keys that hold an impairment as a whole."""
_TOXICS: tuple[tuple[ToxicType, dict[str, str]], ...] = (
    ("latency", {"latency_ms": "latency"}),
    ("bandwidth", {"rate_kbps": "rate"}),
    ("slow_close", {"slow_close_ms": "delay"}),
    ("timeout", {"timeout_ms": "timeout"}),
    ("reset_peer", {"reset_peer_ms": "timeout"}),
    ("slicer", {"slicer_bytes": "average_size", "slicer_delay_us": "delay"}),
    ("limit_data", {"limit_bytes": "bytes"}),
)
"""The same for toxics and their attributes."""


Made = Iterator[Impairment | Problem]


def phases_of(tables: File, folder: FilePath) -> tuple[tuple[Phase, ...], list[Problem]]:
    """The phases, and what is wrong with their values.

    Args:
        tables: Without problems of their own.
        folder: Where files of traces are.
    """
    problems: list[Problem] = []
    phases: list[Phase] = []
    for index, table in enumerate(tables.phase):
        impairments: list[Impairment] = []
        for one in _udp(table, ("phase", index), folder):
            if isinstance(one, Problem):
                problems.append(one)
            else:
                impairments.append(one)
        phases.append(_phase(table, impairments))
    return tuple(phases), problems


def _phase(table: PhaseTable, impairments: list[Impairment]) -> Phase:
    assert table.at_s is not None, "the rules ask for it"
    return Phase(
        at_ns=round(table.at_s * NS_PER_S),
        impairments=tuple(impairments),
        signal=_tcp_faults(table.tcp.signal),
        media=_tcp_faults(table.tcp.media),
    )


def _udp(table: PhaseTable, path: Path, folder: FilePath) -> Made:
    for way, place in ways(table, path):
        target = _target(way, place)
        yield from _keys(way, target, place)
        yield from _drops(way, target, place)
        yield from _trace(way, target, place, folder)
    if table.rebind is not None:
        yield table.rebind


def _target(way: Way, path: Path) -> Target:
    if isinstance(way, Aimed):
        return Target(direction=way.direction, **_aim(way))
    return Target(direction="up" if path[-1] == "up" else "down")


def _aim(table: Aimed | Drop) -> dict[str, Any]:
    aim = {key: getattr(table, key) for key in ("medium", "track", "layer", "codec")}
    return {key: value for key, value in aim.items() if value is not None}


def _keys(way: Way, target: Target, path: Path) -> Made:
    for kind, keys in _KEYS:
        values = {key: value for key in keys if (value := getattr(way, key)) not in (None, ())}
        if next(iter(keys)) in values and not (kind is Loss and way.burst_packets is not None):
            fields = {keys[key]: value for key, value in values.items()}
            yield from _make(kind, fields, target, path, keys)
    for key in _TABLES:
        if (impairment := getattr(way, key)) is not None:
            yield replace(impairment, target=target)


def _drops(way: Way, target: Target, path: Path) -> Made:
    """Exact drops with an aim of their own, inside that of the table."""
    for index, drop in enumerate(way.drop):
        fields = {"indices": drop.indices, "sequences": drop.sequences}
        inside = replace(target, **_aim(drop))
        yield from _make(DropList, fields, inside, (*path, "drop", index), {})


def _trace(way: Way, target: Target, path: Path, folder: FilePath) -> Made:
    if way.rate_trace is None:
        return
    try:
        times = read_opportunities(folder, way.rate_trace)
    except TraceError as error:
        yield Problem((*path, "rate_trace"), str(error))
        return
    fields = {key: value for key in _QUEUE if (value := getattr(way, key)) is not None}
    keys = {"rate_trace": "opportunities_ms", **_QUEUE}
    yield from _make(RateTrace, {"opportunities_ms": times, **fields}, target, path, keys)


def _make(
    kind: type[Impairment],
    fields: dict[str, Any],
    target: Target,
    path: Path,
    keys: dict[str, str],
) -> Made:
    """Checked by the type itself; a problem names fields by the keys of the file."""
    try:
        yield replace(msgspec.convert(fields, kind), target=target)
    except msgspec.ValidationError as error:
        problem = type_problem(error, inspect.type_info(kind))
        names = {field: key for key, field in keys.items()}
        place: Path = problem.path or (next(iter(fields)),)
        yield problem._replace(path=(*path, *(names.get(str(part), part) for part in place)))


def _tcp_faults(tcp: Tcp) -> TcpFaults:
    return TcpFaults(
        toxics=(*_toxics(tcp.up, "upstream"), *_toxics(tcp.down, "downstream")),
        stalled=frozenset(name for name in DIRECTIONS if getattr(tcp, name).stall),
        cut=tcp.cut,
    )


def _toxics(way: TcpWay, stream: Stream) -> Iterator[Toxic]:
    for kind, keys in _TOXICS:
        values = {key: value for key in keys if (value := getattr(way, key)) is not None}
        if values:
            attributes = {keys[key]: _in_toxiproxys_unit(key, values[key]) for key in values}
            yield Toxic(type=kind, stream=stream, attributes=attributes)


def _in_toxiproxys_unit(key: str, value: float) -> int:
    return round(value / _BITS_A_BYTE) if key == "rate_kbps" else int(value)
