"""How exact the instrument is: what is known comes back, within what is promised.

    python -m benchmarks.accuracy [--json] [--runs 3] [--seconds 8] [--delays 0,20,80,200]

Delays are in place before anybody subscribes, on sound, on pictures and on both; each call stands
beside those without a delay. A call on a disturbed machine is made again. The server asks for no
playout delay of pictures: what the jitter buffer of the SDK adds by itself differs by up to 16 ms
from one call to the next, measured, and is no inexactness of the instrument. Ends with 1 when a row
is not met.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from benchmarks.accuracy_calls import Aim, Calls, Delayed, Located, NoAnswer
from benchmarks.accuracy_rows import Row, rows
from benchmarks.arguments import above_0, count, delays_ms
from benchmarks.machine import machine
from harness.processes.keeper_client import Keeper
from harness.run.machine_lock import MachineLock, runtime_folder
from harness.server.binary import SERVER_NAME, on_path
from harness.server.choose import Wanted, choose
from harness.server.model import ServerConfig
from harness.stage.preload import PRELOAD

ROOT = Path(__file__).parent.parent
NO_PLAYOUT_DELAY = ServerConfig(options={"room": {"playout_delay": {"enabled": True, "max": 1}}})
"""A receiver that is told 0 to 0 (in steps of 10 ms) shows a picture as soon as it is decoded."""
TRIES = 3
"""For a call that was disturbed or did not answer, as many as a scenario has."""
AIMS: tuple[Aim, ...] = ("sound", "picture", "both")


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    rows: list[Row]
    calls: list[Delayed]
    repeated: list[str]
    """Why calls were made again."""


class Bench:
    """Makes rounds of calls, each round alone on the machine."""

    def __init__(self, calls: Calls, folder: Path, *, seconds: float) -> None:
        self._calls, self._seconds = calls, seconds
        self._lock = MachineLock(runtime_folder(), run=str(folder), say=_say)
        self.repeated: list[str] = []

    async def delayed(self, wanted: Sequence[tuple[Aim, float]]) -> list[Delayed]:
        """A call with each of these delays; without those that never succeeded."""
        async with self._lock.turn(alone=True) as turn:
            made = [await self._undisturbed(aim, delay_ms) for aim, delay_ms in wanted]
            if turn.beside:
                self._again("a round had other runs beside it")
        return [call for call in made if call is not None]

    async def located(self) -> Located | None:
        """Faults whose place is known; None where no try answered undisturbed and alone."""
        for _ in range(TRIES):
            try:
                async with self._lock.turn(alone=True) as turn:
                    found = await self._calls.located()
                    if not turn.beside:
                        return found
                    self._again("located: other runs were beside it")
            except NoAnswer as reason:
                self._again(f"located: {reason}")
        return None

    async def _undisturbed(self, aim: Aim, delay_ms: float) -> Delayed | None:
        """The first of a few calls that is not disturbed."""
        for _ in range(TRIES):
            try:
                call = await self._calls.delayed(aim, delay_ms, seconds=self._seconds)
            except NoAnswer as reason:
                self._again(f"{aim} {delay_ms:g} ms: {reason}")
                continue
            _say(_told(call))
            if call.disturbed is None:
                return call
            self._again(f"{aim} {delay_ms:g} ms: disturbed: {call.disturbed}")
        return None

    def _again(self, why: str) -> None:
        self.repeated.append(why)
        _say(why)


async def measure(
    bench: Bench, delays: Sequence[float], *, runs: int
) -> tuple[list[Delayed], Located]:
    """All calls, `delays` in ms.

    Exits where one had no undisturbed try: a median of three is not one of two.
    """
    wanted = _round(delays)
    calls = [call for _ in range(runs) for call in await bench.delayed(wanted)]
    if lacking := runs * len(wanted) - len(calls):
        sys.exit(f"{lacking} calls had no undisturbed try of {TRIES}: leave the machine to them")
    located = await bench.located()
    if located is None:
        sys.exit(f"faults whose place is known: no undisturbed try of {TRIES}")
    return calls, located


def _round(delays: Sequence[float]) -> list[tuple[Aim, float]]:
    """Each delay on each medium, and a call without before each delay.

    All others are compared with the median of those without: were they few, their own spread would
    be taken for an error of the others.
    """
    wanted: list[tuple[Aim, float]] = []
    for delay_ms in delays:
        if delay_ms:
            wanted += [("both", 0.0), *((aim, delay_ms) for aim in AIMS)]
    return wanted


def run(folder: Path, delays: list[float], *, runs: int, seconds: float) -> Report:
    """Start what is needed and measure."""
    os.environ["PYTHONPATH"] = str(ROOT)  # for the keeper, which does not look where we stand
    backend = choose(Wanted(backend="binary" if on_path(SERVER_NAME) else "embedded"), _say).backend
    with Keeper.start(preload=PRELOAD, log=folder / "keeper.log") as keeper:
        running = backend.start(NO_PLAYOUT_DELAY, keeper, folder)
        try:
            bench = Bench(Calls(keeper, running.server, folder), folder, seconds=seconds)
            calls, located = asyncio.run(measure(bench, delays, runs=runs))
        finally:
            running.stop()
    return Report(
        machine=machine(), rows=rows(calls, located), calls=calls, repeated=bench.repeated
    )


def _say(line: str) -> None:
    print(line, file=sys.stderr)


def _told(call: Delayed) -> str:
    """A call, on one line."""
    return (
        f"{call.aim} {call.delay_ms:g} ms: picture {call.picture_ms:.1f} ms, sound "
        f"{call.sound_ms:.1f} ms, sound early by {call.skew_ms:.1f} ms"
    )


def _table(report: Report) -> str:
    lines = [
        f"{report.machine}; {len(report.calls)} calls, {len(report.repeated)} made again",
        "",
        "| what | allowed | worst seen | n | |",
        "|---|---|---|---|---|",
    ]
    for row in report.rows:
        allowed = "" if row.allowed is None else f"{row.allowed:.3g} {row.unit}"
        met = "" if row.allowed is None else "met" if row.met else "not met"
        lines.append(f"| {row.what} | {allowed} | {row.worst:.3g} {row.unit} | {row.n} | {met} |")
    return "\n".join([*lines, *(["", *report.repeated] if report.repeated else [])])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="how exact the instrument is")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--runs", type=count, default=3, help="calls of each kind")
    parser.add_argument("--seconds", type=above_0, default=8.0, help="of media in each call")
    parser.add_argument(
        "--delays",
        type=delays_ms,
        default="0,20,80,200",
        help="ms, comma-separated; 0 is always there",
    )
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), given.delays, runs=given.runs, seconds=given.seconds)
    print(msgspec.json.encode(report).decode() if given.json else _table(report))
    sys.exit(0 if all(row.met for row in report.rows) else 1)


if __name__ == "__main__":
    main()
