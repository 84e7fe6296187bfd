"""What a run costs: from nothing to two participants in a room, and whole runs of scenarios.

    python -m benchmarks.run [--json] [--times 5] [--suite]

A stage is ready when its server, its gateway and two participants that join through it are. That
is measured for programs of this machine and, where a Docker engine answers, for containers; what
is done once, building and pulling, does not count. Then `pytest scenarios/ -m smoke` on the
backend that it takes by itself, and with `--suite` all scenarios.
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.arguments import count
from benchmarks.machine import cell, machine
from harness.evidence.clock import NS_PER_S, now_ns
from harness.evidence.run_event import AttemptFinished, FindingMade, RunStarted
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import latest
from harness.processes.keeper_client import Keeper
from harness.server.binary import SERVER_NAME, on_path
from harness.server.choose import Wanted, choose
from harness.server.model import ServerBackend, ServerConfig, ServerError
from harness.stage.preload import PRELOAD
from harness.stage.stage import StageSetup, open_stage

ROOT = Path(__file__).parent.parent
RUN_LIMIT_S = 1800


class Spread(msgspec.Struct, frozen=True, kw_only=True):
    """One time, measured several times."""

    median_s: float
    least_s: float
    most_s: float


class StageTimes(msgspec.Struct, frozen=True, kw_only=True):
    """From the start of a server to two participants in a room."""

    server: Spread
    gateway: Spread
    join: Spread
    """Of two participants at once: their processes, their connections."""
    ready: Spread
    """All of it."""


class RunTimes(msgspec.Struct, frozen=True, kw_only=True):
    """A whole run of pytest."""

    backend: str
    exit_code: int
    clauses: int
    attempts: int
    wall_s: float
    media_s: float
    """Time that the scenarios asked media to run for."""
    wall_to_media_ratio: float


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    times: int
    keeper_start: Spread
    stages: dict[str, StageTimes]
    """By backend."""
    not_measured: dict[str, str]
    """Backends that cannot be had here, and why."""
    smoke: RunTimes
    suite: RunTimes | None


def spread(times_s: Sequence[float]) -> Spread:
    """Median and extremes."""
    return Spread(median_s=statistics.median(times_s), least_s=min(times_s), most_s=max(times_s))


def seconds_since(start_ns: int) -> float:
    """From a reading of the clock to now."""
    return (now_ns() - start_ns) / NS_PER_S


def measure_keeper(folder: Path, *, times: int) -> Spread:
    """Start the process that all others are forked from, its imports done."""
    took_s = []
    for _ in range(times):
        start_ns = now_ns()
        with Keeper.start(preload=PRELOAD, log=folder / "keeper.log"):
            took_s.append(seconds_since(start_ns))
    return spread(took_s)


async def measure_stage(backend: ServerBackend, keeper: Keeper, folder: Path) -> list[float]:
    """Build one stage; seconds of server, gateway, join, and all of it."""
    start_ns = now_ns()
    running = await asyncio.to_thread(backend.start, ServerConfig(), keeper, folder)
    server_ns = now_ns()
    try:
        setup = StageSetup(keeper=keeper, server=running.server, folder=folder, room="benchmark")
        async with open_stage(setup) as stage:
            gateway_ns = now_ns()
            await stage.join("alice", "bob")
            ready_ns = now_ns()
    finally:
        running.stop()
    ends_ns = [server_ns, gateway_ns, ready_ns, ready_ns]
    begins_ns = [start_ns, server_ns, gateway_ns, start_ns]
    return [(end - begin) / NS_PER_S for begin, end in zip(begins_ns, ends_ns, strict=True)]


def measure_stages(backend: ServerBackend, folder: Path, *, times: int) -> StageTimes:
    """Build a stage several times, each with a server of its own."""
    rounds = []
    with Keeper.start(preload=PRELOAD, log=folder / "keeper.log") as keeper:
        for number in range(times):
            own = folder / str(number)
            own.mkdir()
            rounds.append(asyncio.run(measure_stage(backend, keeper, own)))
    server, gateway, join, ready = (spread(column) for column in zip(*rounds, strict=True))
    return StageTimes(server=server, gateway=gateway, join=join, ready=ready)


def measure_run(folder: Path, *arguments: str) -> RunTimes:
    """Run pytest on the scenarios, from the start of its process to the end."""
    command = [sys.executable, "-m", "pytest", "scenarios", f"--lk-reports={folder}", *arguments]
    start_ns = now_ns()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=RUN_LIMIT_S, check=False)
    wall_s = seconds_since(start_ns)
    made = latest(folder)
    if made is None:
        raise SystemExit(f"no run was made:\n{done.stdout.decode(errors='replace')}")
    events = read_events(made)
    attempts = [event.attempt for event in events.of(AttemptFinished)]
    media_s = sum(attempt.media_s for attempt in attempts)
    return RunTimes(
        backend=events.of(RunStarted)[0].backend,
        exit_code=done.returncode,
        clauses=len({event.finding.clause for event in events.of(FindingMade)}),
        attempts=len(attempts),
        wall_s=wall_s,
        media_s=media_s,
        wall_to_media_ratio=wall_s / media_s if media_s else 0.0,
    )


def measure(folder: Path, *, times: int, suite: bool) -> Report:
    """All of it, one after the other."""
    stages, not_measured = {}, {}
    for name in ("binary" if on_path(SERVER_NAME) else "embedded", "container"):
        own = folder / name
        own.mkdir()
        try:
            backend = choose(Wanted(backend=name), _progress).backend
        except ServerError as error:
            not_measured[name] = str(error)
            continue
        stages[name] = measure_stages(backend, own, times=times)
    return Report(
        machine=machine(),
        times=times,
        keeper_start=measure_keeper(folder, times=times),
        stages=stages,
        not_measured=not_measured,
        smoke=measure_run(folder / "smoke", "-m", "smoke"),
        suite=measure_run(folder / "suite") if suite else None,
    )


def _progress(line: str) -> None:
    print(line, file=sys.stderr)


def _table(report: Report) -> str:
    rows = [_row("keeper start", report.keeper_start)]
    for name, stage in report.stages.items():
        rows += [
            _row(f"stage ready, {name}", stage.ready),
            _row("– its server", stage.server),
            _row("– its gateway", stage.gateway),
            _row("– two participants joined", stage.join),
        ]
    head = f"| seconds, {report.times} times | median | least | most |"
    lines = [report.machine, "", head, "|---|---|---|---|", *rows, ""]
    lines += [f"{name} not measured: {why}" for name, why in report.not_measured.items()]
    lines.append(_sentence("pytest scenarios/ -m smoke", report.smoke))
    if report.suite is not None:
        lines.append(_sentence("pytest scenarios/", report.suite))
    return "\n".join(lines)


def _row(name: str, times: Spread) -> str:
    numbers = (times.median_s, times.least_s, times.most_s)
    return f"| {name} | {' | '.join(cell(number) for number in numbers)} |"


def _sentence(command: str, run: RunTimes) -> str:
    return (
        f"`{command}` ({run.backend}): exit code {run.exit_code}, {run.clauses} clauses, "
        f"{run.attempts} attempts, {run.wall_s:.0f} s for {run.media_s:.0f} s of media: "
        f"{run.wall_to_media_ratio:.2f}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="what a run costs in time")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--times", type=count, default=5, help="how often a stage is built")
    parser.add_argument("--suite", action="store_true", help="run all scenarios, too")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = measure(Path(folder), times=arguments.times, suite=arguments.suite)
    print(msgspec.json.encode(report).decode() if arguments.json else _table(report))


if __name__ == "__main__":
    main()
