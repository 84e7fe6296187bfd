"""Whether a long run stays as it began: the floors of latency, and the memory of every process.

    python -m benchmarks.long_call [--json] [--minutes 30] [--write FILE]

One participant publishes a sound and a picture, three record both. Every ten seconds the memory,
open files and threads of each process are noted, and how busy the machine is. What was recorded is
analysed when the media has ended: the median latency of each ten seconds, less what the SDK counted
in its jitter buffer, which adapts to a busy machine and is told beside it. A trend is the Theil-Sen
slope with its 95 % interval; what is asked is how far it would go in half an hour.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec
import numpy as np
import psutil
from numpy.typing import NDArray

from benchmarks.accuracy import NO_PLAYOUT_DELAY
from benchmarks.arguments import minutes, new_file
from benchmarks.filled_room import (
    Cast,
    Room,
    fill,
    picture_lags_ms,
    programs_of,
    sound_lags_ms,
)
from benchmarks.machine import cell, machine
from harness.evidence.clock import NS_PER_S, now_ns
from harness.participant.protocol import PublishOptions
from harness.processes.keeper_client import Keeper
from harness.run.machine_lock import MachineLock, runtime_folder
from harness.server.binary import SERVER_NAME, on_path
from harness.server.choose import Wanted, choose
from harness.signals.picture import ColourCode
from harness.stage.load import MachineTimes, machine_figures
from harness.stage.preload import PRELOAD
from harness.stage.stage import StageSetup, open_stage
from harness.statistics.trend import theil_sen

ROOM = Room(shape="one to many", number=3)
PICTURE = ColourCode(track_code=1)
OPTIONS = PublishOptions(simulcast=False)
SAMPLE_S = 10
WARM_UP_S = 60
"""Left out of trends: buffers fill, caches are allocated. A tenth of what is shorter than that."""
HALF_HOUR_S = 1800
BOUNDS = {"picture_ms": 2.0, "sound_ms": 10.0, "memory_mib": 6.0, "files": 1.0, "threads": 1.0}
"""Most that a median may move, and a process may grow, in half an hour. The error of a picture's
time is 2 ms; one adaptation of a jitter buffer moves sound by 10 ms; 6 MiB are 3.5 KiB a second."""


class Sample(msgspec.Struct, frozen=True, kw_only=True):
    """One process at one time."""

    memory_mib: float
    """Proportional set size: pages that processes share are shared out. No file is in it."""
    files: int
    threads: int


class Buffered(msgspec.Struct, frozen=True, kw_only=True):
    """What the SDK counted of a jitter buffer until one time."""

    delay_s: float
    emitted: int

    def mean_ms(self, before: Buffered) -> float:
        """Of what left it since then."""
        return (self.delay_s - before.delay_s) / (self.emitted - before.emitted) * 1000


Medium = Literal["video", "audio"]
MEDIA: dict[Medium, tuple[str, str, Callable[..., Iterable[NDArray[np.float64]]]]] = {
    "video": ("picture", "picture_ms", picture_lags_ms),
    "audio": ("sound", "sound_ms", sound_lags_ms),
}
"""Word, bound, and ages of what arrived, for each recording."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """All processes at one time."""

    at_ns: int
    busy_ratio: float | None
    """Of the machine, since the moment before."""
    processes: dict[str, Sample]
    buffered: dict[Medium, list[Buffered]]
    """Of each subscriber, in the order of the recordings."""


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One figure over the run."""

    name: str
    points: int
    first: float
    last: float
    """Medians of the first and the last tenth of the points."""
    per_half_hour: float
    """How far the trend goes in half an hour."""
    low: float
    high: float
    bound: float | None
    """None: told beside the others."""

    @property
    def verdict(self) -> Literal["steady", "moves", "cannot tell", ""]:
        """The whole interval within the bound, the whole interval without, or neither."""
        if self.bound is None:
            return ""
        if -self.bound <= self.low and self.high <= self.bound:
            return "steady"
        outside = self.low > self.bound or self.high < -self.bound
        return "moves" if outside else "cannot tell"


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON, and kept."""

    machine: str
    minutes: float
    participants: int
    busy_ratio: float
    """Median of the machine."""
    busiest_ratio: float
    series: list[Series]


async def long_call(folder: Path, keeper: Keeper, setup: StageSetup, *, seconds: float) -> Report:
    """Let media run and look now and then; then look at what was recorded."""
    async with open_stage(setup) as stage:
        cast = await fill(stage, ROOM, PICTURE, OPTIONS)
        await asyncio.gather(*(received.until_steady() for received in cast.received.values()))
        processes = _processes(keeper, cast)
        start_ns, before = now_ns(), MachineTimes.now()
        moments: list[Moment] = []
        while (now_ns() - start_ns) / NS_PER_S < seconds:
            await stage.run(seconds=SAMPLE_S)
            after = MachineTimes.now()
            busy_ratio = machine_figures(before, after)["machine_busy_ratio"]
            moments.append(_moment(processes, busy_ratio, await _buffered(cast)))
            before = after
            _say(_line(moments[-1], start_ns))
    return _report(cast, moments, start_ns)


def _processes(keeper: Keeper, cast: Cast) -> dict[str, psutil.Process]:
    pids = {"keeper": keeper.pid, **programs_of(keeper, cast)}
    pids |= {participant.identity: participant.handle.pid for participant in cast.everybody}
    return {name: psutil.Process(pid) for name, pid in pids.items()}


async def _buffered(cast: Cast) -> dict[Medium, list[Buffered]]:
    """Asked at once, so that every subscriber answers for the same time."""
    asked = (participant.statistics() for participant in cast.subscribers)
    counted = await asyncio.gather(*asked)
    return {
        medium: [
            Buffered(
                delay_s=entry["jitter_buffer_delay"], emitted=entry["jitter_buffer_emitted_count"]
            )
            for entries in counted
            for entry in entries
            if entry["type"] == "inbound_rtp" and entry["kind"] == medium
        ]
        for medium in MEDIA
    }


def _moment(
    processes: Mapping[str, psutil.Process],
    busy_ratio: float | None,
    buffered: dict[Medium, list[Buffered]],
) -> Moment:
    return Moment(
        at_ns=now_ns(),
        busy_ratio=busy_ratio,
        processes={
            name: Sample(
                memory_mib=process.memory_full_info().pss / (1 << 20),
                files=process.num_fds(),
                threads=process.num_threads(),
            )
            for name, process in processes.items()
        },
        buffered=buffered,
    )


def _report(cast: Cast, moments: Sequence[Moment], start_ns: int) -> Report:
    seconds = (moments[-1].at_ns - start_ns) / NS_PER_S
    from_ns = start_ns + int(min(WARM_UP_S, seconds / 10) * NS_PER_S)
    settled = [moment for moment in moments if moment.at_ns > from_ns]
    busy = [moment.busy_ratio for moment in moments if moment.busy_ratio is not None]
    return Report(
        machine=machine(),
        minutes=seconds / 60,
        participants=len(cast.everybody),
        busy_ratio=float(np.median(busy)),
        busiest_ratio=max(busy),
        series=[*_floors(cast, settled), *_growth(settled)],
    )


def _floors(cast: Cast, moments: Sequence[Moment]) -> Iterable[Series]:
    """Between two moments: median latency less the mean in the jitter buffer, of all recordings."""
    spans = list(itertools.pairwise(moments))
    times_ns = [begin.at_ns for begin, _ in spans]
    for medium, (word, bound, lags_ms) in MEDIA.items():
        waits = [_waits_ms(begin, end, medium) for begin, end in spans]
        whole = [
            np.array([np.median(lags) for lags in lags_ms(cast, (begin.at_ns, end.at_ns))])
            for begin, end in spans
        ]
        rest = [float(np.mean(ms - wait)) for ms, wait in zip(whole, waits, strict=True)]
        yield _series(f"{word} latency without jitter buffer, ms", bound, times_ns, rest)
        inside = [float(np.mean(wait)) for wait in waits]
        yield _series(f"{word}: jitter buffer, ms", None, times_ns, inside)


def _waits_ms(begin: Moment, end: Moment, medium: Medium) -> NDArray[np.float64]:
    pairs = zip(begin.buffered[medium], end.buffered[medium], strict=True)
    return np.array([after.mean_ms(before) for before, after in pairs])


def _growth(moments: Sequence[Moment]) -> Iterable[Series]:
    """Memory, open files and threads of each process."""
    figures: tuple[tuple[str, str, Callable[[Sample], float]], ...] = (
        ("memory, MiB", "memory_mib", lambda one: one.memory_mib),
        ("open files", "files", lambda one: one.files),
        ("threads", "threads", lambda one: one.threads),
    )
    times_ns = [moment.at_ns for moment in moments]
    for words, bound, value in figures:
        for name in moments[0].processes:
            values = [value(moment.processes[name]) for moment in moments]
            yield _series(f"{name}: {words}", bound, times_ns, values)


def _series(
    name: str, bound: str | None, times_ns: Sequence[int], values: Sequence[float]
) -> Series:
    trend = theil_sen((np.array(times_ns) - times_ns[0]) / NS_PER_S / HALF_HOUR_S, values)
    tenth = max(1, len(values) // 10)
    return Series(
        name=name,
        points=len(values),
        first=float(np.median(values[:tenth])),
        last=float(np.median(values[-tenth:])),
        per_half_hour=trend.slope,
        low=trend.low,
        high=trend.high,
        bound=None if bound is None else BOUNDS[bound],
    )


async def run(folder: Path, *, minutes: float) -> Report:
    """Start what is needed, alone on the machine."""
    backend = choose(Wanted(backend="binary" if on_path(SERVER_NAME) else "embedded"), _say).backend
    lock = MachineLock(runtime_folder(), run=str(folder), say=_say)
    with Keeper.start(preload=PRELOAD, log=folder / "keeper.log") as keeper:
        running = await asyncio.to_thread(backend.start, NO_PLAYOUT_DELAY, keeper, folder)
        try:
            setup = StageSetup(keeper=keeper, server=running.server, folder=folder, room="long")
            async with lock.turn(alone=True):
                return await long_call(folder, keeper, setup, seconds=60 * minutes)
        finally:
            await asyncio.to_thread(running.stop)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _line(moment: Moment, start_ns: int) -> str:
    memory = ", ".join(f"{name} {one.memory_mib:.0f}" for name, one in moment.processes.items())
    return (
        f"{(moment.at_ns - start_ns) / NS_PER_S:.0f} s: busy {moment.busy_ratio:.0%}; {memory} MiB"
    )


def _table(report: Report) -> str:
    about = (
        f"{report.machine}; {report.minutes:.0f} minutes, {report.participants} participants; "
        f"machine busy {report.busy_ratio:.0%}, at most {report.busiest_ratio:.0%}"
    )
    head = "| | first | last | in half an hour | interval | bound | |"
    rows = [
        f"| {one.name} | {cell(one.first)} | {cell(one.last)} | {one.per_half_hour:+.2f} "
        f"| {one.low:+.2f} to {one.high:+.2f} | {cell(one.bound)} | {one.verdict} |"
        for one in report.series
    ]
    return "\n".join([about, "", head, "|---|---|---|---|---|---|---|", *rows, "", verdict(report)])


def verdict(report: Report) -> str:
    """One sentence about all of it."""
    told: dict[str, list[str]] = {}
    for one in report.series:
        told.setdefault(one.verdict, []).append(one.name)
    if told.get("moves"):
        return f"moves: {'; '.join(told['moves'])}"
    if told.get("cannot tell"):
        return f"too short or too noisy to tell: {'; '.join(told['cannot tell'])}"
    return "steady: no floor drifted and no process grew beyond its bound"


def main() -> None:
    """Measure, print, and exit with 1 when something moves."""
    parser = argparse.ArgumentParser(description="whether a long run stays as it began")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--minutes", type=minutes, default=30.0, help="of media, 1 to 300")
    parser.add_argument("--write", type=new_file, help="keep the result as JSON in this file")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = asyncio.run(run(Path(folder), minutes=arguments.minutes))
    if arguments.write is not None:
        arguments.write.write_bytes(msgspec.json.format(msgspec.json.encode(report)) + b"\n")
    print(msgspec.json.encode(report).decode() if arguments.json else _table(report))
    sys.exit(any(one.verdict == "moves" for one in report.series))


if __name__ == "__main__":
    main()
