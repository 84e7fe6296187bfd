"""One room full of participants, measured: are the times in it still true, and what does it cost?

Everybody who publishes sends a sound and a picture in one layer; everybody who subscribes records
both of each publisher. Figures are of a window after jitter buffers have settled.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.filled_room import (
    Cast,
    Room,
    fill,
    picture_lags_ms,
    programs_of,
    recordings,
    sound_lags_ms,
)
from benchmarks.processor_time import Threads, read_all
from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.evidence.sent import read_sent
from harness.judging.disturbance import disturbance
from harness.participant.protocol import Health, PublishOptions
from harness.processes.keeper_client import Keeper
from harness.server.model import Server
from harness.signals.picture import ColourCode
from harness.stage.load import MachineTimes, machine_figures
from harness.stage.stage import StageSetup, open_stage
from harness.verifiers.answer import NoEvidenceError

CALLBACKS = Path(__file__).parent / "callback_clock.py"
MAY_STILL_COME_NS = NS_PER_S
"""A picture that was sent this long before the end and is not recorded was lost."""


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one process takes, as a part of a core."""

    python: float
    """Of a participant: on its first thread, and in callbacks on the SDK's threads."""
    callbacks: float
    """Of that, on the SDK's threads."""
    native: float
    """The rest."""


class Latency(msgspec.Struct, frozen=True, kw_only=True):
    """From the hand-over at a publisher to the arrival at all subscribers, ms."""

    median_ms: float
    p99_ms: float
    number: int


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What a room showed."""

    room: Room
    disturbed: str | None
    """Why its times cannot be trusted, in the words of a report; None when they can."""
    machine_busy_ratio: float
    foreign_busy_ratio: float
    """Of that, what was none of the room's processes."""
    loop_lag_p99_ms: float
    """Of the participant with the largest, as in the two below."""
    inter_arrival_p99_ms: float
    late_handover_ratio: float
    picture: Latency | None
    sound: Latency | None
    pictures_lost: int
    """Handed to a publisher's SDK in the window, and not recorded by a subscriber; all of them."""
    pictures_sent: int
    """Pictures that were to be recorded, all subscribers together."""
    publisher: Cost
    """Mean of the publishers; in a mesh everybody is one."""
    subscriber: Cost | None
    """Mean of those who only subscribe."""
    server: float
    gateway: float
    relay: float


@dataclass(frozen=True, kw_only=True)
class _Reading:
    """Processor time so far."""

    at_ns: int
    machine: MachineTimes
    threads: Mapping[int, Threads]
    callbacks_ns: Mapping[int, int]


async def measure_room(
    room: Room,
    *,
    keeper: Keeper,
    server: Server,
    folder: Path,
    picture: ColourCode,
    options: PublishOptions,
    seconds: float,
) -> Point:
    """Fill a room, let media run, and say what it was like."""
    setup = StageSetup(keeper=keeper, server=server, folder=folder, room=folder.name)
    async with open_stage(setup) as stage:
        cast = await fill(stage, room, picture, options)
        await asyncio.gather(*(received.until_steady() for received in cast.received.values()))
        await asyncio.gather(*(p.handle.health() for p in cast.everybody))  # counting begins
        programs = programs_of(keeper, cast)
        pids = [*programs.values(), *(p.handle.pid for p in cast.everybody)]
        before = await _read(cast, pids)
        await stage.run(seconds=seconds)
        after = await _read(cast, pids)
        health = await asyncio.gather(*(p.handle.health() for p in cast.everybody))
    return _point(room, cast, health, before, after, programs)


async def _read(cast: Cast, pids: Sequence[int]) -> _Reading:
    callbacks = [participant.probe(CALLBACKS, "callback_cpu_ns") for participant in cast.everybody]
    callbacks_ns = await asyncio.gather(*callbacks)
    return _Reading(
        at_ns=now_ns(),
        machine=MachineTimes.now(),
        threads=read_all(pids),
        callbacks_ns={
            participant.handle.pid: int(taken_ns)
            for participant, taken_ns in zip(cast.everybody, callbacks_ns, strict=True)
        },
    )


def _point(
    room: Room,
    cast: Cast,
    health: Sequence[Health],
    before: _Reading,
    after: _Reading,
    programs: Mapping[str, int],
) -> Point:
    span = (before.at_ns, after.at_ns)
    costs = _costs(before, after)
    machine = machine_figures(before.machine, after.machine)
    busy = machine["machine_busy_ratio"] or 0.0
    own = sum(cost.python + cost.native for cost in costs.values()) / (psutil.cpu_count() or 1)
    figures = _health_figures(cast, health, span)
    listeners = [p for p in cast.subscribers if p not in cast.publishers]
    lost, sent = _pictures_lost(cast, span)
    return Point(
        room=room,
        disturbed=disturbance({**figures, "machine": machine}),
        machine_busy_ratio=busy,
        foreign_busy_ratio=max(0.0, busy - own),
        loop_lag_p99_ms=_largest(figures, "loop_lag_p99_ms"),
        inter_arrival_p99_ms=_largest(figures, "inter_arrival_p99_ms"),
        late_handover_ratio=_largest(figures, "late_handover_ratio"),
        picture=_latency(picture_lags_ms(cast, span)),
        sound=_latency(sound_lags_ms(cast, span)),
        pictures_lost=lost,
        pictures_sent=sent,
        publisher=_mean([costs[p.handle.pid] for p in cast.publishers]),
        subscriber=_mean([costs[p.handle.pid] for p in listeners]) if listeners else None,
        **{name: costs[pid].python + costs[pid].native for name, pid in programs.items()},
    )


def _costs(before: _Reading, after: _Reading) -> dict[int, Cost]:
    """By process."""
    seconds = (after.at_ns - before.at_ns) / NS_PER_S
    costs = {}
    for pid, threads in after.threads.items():
        taken = threads.since(before.threads[pid])
        callbacks_ns = after.callbacks_ns.get(pid, 0) - before.callbacks_ns.get(pid, 0)
        costs[pid] = Cost(
            python=(taken.main_ns + callbacks_ns) / NS_PER_S / seconds,
            callbacks=callbacks_ns / NS_PER_S / seconds,
            native=(taken.others_ns - callbacks_ns) / NS_PER_S / seconds,
        )
    return costs


def _mean(costs: Sequence[Cost]) -> Cost:
    return Cost(
        python=float(np.mean([cost.python for cost in costs])),
        callbacks=float(np.mean([cost.callbacks for cost in costs])),
        native=float(np.mean([cost.native for cost in costs])),
    )


def _health_figures(
    cast: Cast, health: Sequence[Health], span: tuple[int, int]
) -> dict[str, dict[str, float | None]]:
    """What decides whether times can be trusted, by participant."""
    return {
        participant.identity: {
            "loop_lag_p99_ms": own.loop_lag_p99_ms,
            "late_handover_ratio": own.late / own.handovers if own.handovers else None,
            "inter_arrival_p99_ms": _inter_arrival_ms(cast, participant.identity, span),
        }
        for participant, own in zip(cast.everybody, health, strict=True)
    }


def _inter_arrival_ms(cast: Cast, identity: str, span: tuple[int, int]) -> float | None:
    """Ninety-ninth percentile of the time between two frames of a sound; None: it heard none."""
    if identity not in cast.received:
        return None
    received = cast.received[identity]
    gaps = []
    for sound in cast.sounds:
        if sound.publisher != identity:
            arrivals = received[sound].arrivals_ns
            inside = arrivals[(arrivals >= span[0]) & (arrivals < span[1])]
            gaps.append(np.diff(inside) / NS_PER_MS)
    found = np.concatenate(gaps)
    return float(np.quantile(found, 0.99)) if len(found) else None


def _largest(figures: Mapping[str, Mapping[str, float | None]], name: str) -> float:
    return max((known[name] or 0.0 for known in figures.values()), default=0.0)


def _latency(lags_ms: Iterator[NDArray[np.float64]]) -> Latency | None:
    try:
        found = np.concatenate(list(lags_ms))
    except NoEvidenceError:
        return None
    return Latency(
        median_ms=float(np.median(found)),
        p99_ms=float(np.quantile(found, 0.99)),
        number=len(found),
    )


def _pictures_lost(cast: Cast, span: tuple[int, int]) -> tuple[int, int]:
    """How many are missing, and of how many."""
    lost = sent = 0
    for picture, recording in recordings(cast, cast.pictures):
        log = read_sent(picture.sent)
        inside = (log["at_ns"] >= span[0]) & (log["at_ns"] < span[1] - MAY_STILL_COME_NS)
        wanted = log["number"][inside]
        sent += len(wanted)
        lost += int(np.count_nonzero(~np.isin(wanted, recording.frames["counter"])))
    return lost, sent
