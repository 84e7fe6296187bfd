"""How many participants this machine can measure truthfully, and who takes the processor.

    python -m benchmarks.participants [--json] [--seconds 8] [--fps 30] [--height 360]
                                      [--encoder sdk] [--rooms 1:8,1:16,mesh:6]

Two shapes of room: one publisher with n subscribers, and a mesh in which everybody publishes and
subscribes to all. Without `--rooms` each shape grows until what decides about a verdict
(`harness.judging.disturbance`) calls a room disturbed, three times of three; the number before is
the result. What others on the machine took meanwhile is told beside it.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import msgspec

from benchmarks.arguments import above_0, count
from benchmarks.filled_room import Room, Shape
from benchmarks.machine import cell, machine
from benchmarks.many_participants import Cost, Latency, Point, measure_room
from harness.participant.protocol import PublishOptions
from harness.processes.keeper_client import Keeper
from harness.run.machine_lock import MachineLock, runtime_folder
from harness.server.binary import SERVER_NAME, on_path
from harness.server.choose import Wanted, choose
from harness.server.model import Server, ServerConfig
from harness.signals.picture import ColourCode
from harness.stage.preload import PRELOAD

ROOT = Path(__file__).parent.parent
STEPS: dict[Shape, tuple[int, ...]] = {
    "one to many": (1, 4, 8, 12, 16, 20, 24, 28, 32),
    "mesh": (2, 3, 4, 5, 6, 7, 8, 9, 10),
}
TRIES = 3
LEAST_IN_MESH = 2
KBPS = 600


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What is measured."""

    rooms: list[Room]
    seconds: float
    fps: int
    height: int
    encoder: Literal["sdk", "pre-encoded"]

    @property
    def picture(self) -> ColourCode:
        """What each publisher sends, besides a sound; with a track code of its own."""
        return ColourCode(
            track_code=1, width=self.height * 16 // 9, height=self.height, fps=self.fps
        )

    @property
    def options(self) -> PublishOptions:
        """How."""
        return PublishOptions(simulcast=False, max_bitrate_kbps=KBPS, encoder=self.encoder)


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What is printed as JSON."""

    machine: str
    asked: Asked
    points: list[Point]


class Bench:
    """A server and a keeper on which one room after the other is measured."""

    def __init__(self, keeper: Keeper, server: Server, folder: Path, *, asked: Asked) -> None:
        self._keeper, self._server, self._folder = keeper, server, folder
        self._asked = asked
        self._lock = MachineLock(runtime_folder(), run=str(folder), say=_say)
        self._rooms = 0

    async def measure(self, room: Room) -> Point:
        """The first of a few tries that is not disturbed, else the one with least of others."""
        points: list[Point] = []
        while len(points) < TRIES:
            point = await self._once(room)
            _say(_row(point))
            points.append(point)
            if point.disturbed is None:
                return point
        return min(points, key=lambda point: point.foreign_busy_ratio)

    async def grow(self, shape: Shape) -> list[Point]:
        """Rooms of a shape, up to the first that is disturbed."""
        points: list[Point] = []
        for number in STEPS[shape]:
            points.append(await self.measure(Room(shape=shape, number=number)))
            if points[-1].disturbed is not None:
                break
        return points

    async def _once(self, room: Room) -> Point:
        self._rooms += 1
        folder = self._folder / f"room{self._rooms}"
        folder.mkdir()
        async with self._lock.turn(alone=True):
            return await measure_room(
                room,
                keeper=self._keeper,
                server=self._server,
                folder=folder,
                picture=self._asked.picture,
                options=self._asked.options,
                seconds=self._asked.seconds,
            )


async def measure(bench: Bench, asked: Sequence[Room]) -> list[Point]:
    """These rooms, or where none is named each shape up to its end."""
    if asked:
        return [await bench.measure(room) for room in asked]
    return [point for shape in STEPS for point in await bench.grow(shape)]


def run(folder: Path, asked: Asked) -> Report:
    """Start what is needed and measure."""
    os.environ["PYTHONPATH"] = str(ROOT)  # for the keeper, which does not look where we stand
    preload = [*PRELOAD, "benchmarks.callback_clock"]
    backend = choose(Wanted(backend="binary" if on_path(SERVER_NAME) else "embedded"), _say).backend
    with Keeper.start(preload=preload, log=folder / "keeper.log") as keeper:
        running = backend.start(ServerConfig(), keeper, folder)
        try:
            bench = Bench(keeper, running.server, folder, asked=asked)
            points = asyncio.run(measure(bench, asked.rooms))
        finally:
            running.stop()
    return Report(machine=machine(), asked=asked, points=points)


def _say(line: str) -> None:
    print(line, file=sys.stderr)


HEAD = (
    "| room | machine busy | loop lag p99 ms | sound apart p99 ms | late | picture ms p50 / p99 "
    "| sound ms p50 / p99 | pictures lost | subscriber: Python + native, % "
    "| Python a recorded track, % | publisher, % | server, gateway, relay, % | times |"
)


def _table(report: Report) -> str:
    asked = report.asked
    about = (
        f"{report.machine}; {asked.seconds:g} s a room; a sound and a picture of {asked.height} "
        f"lines at {asked.fps} a second from each publisher, encoder: {asked.encoder}; "
        "% of one core"
    )
    rule = "|" + "---|" * (HEAD.count("|") - 1)
    return "\n".join([about, "", HEAD, rule, *map(_row, report.points)])


def _row(point: Point) -> str:
    cells = [
        _name(point.room),
        f"{point.machine_busy_ratio:.0%} ({point.foreign_busy_ratio:.0%} others)",
        cell(point.loop_lag_p99_ms),
        cell(point.inter_arrival_p99_ms),
        f"{point.late_handover_ratio:.1%}",
        _latency(point.picture),
        _latency(point.sound),
        f"{point.pictures_lost} of {point.pictures_sent}",
        "" if point.subscriber is None else _cost(point.subscriber),
        "" if point.subscriber is None else f"{50 * point.subscriber.python:.2f}",
        _cost(point.publisher),
        ", ".join(f"{100 * one:.1f}" for one in (point.server, point.gateway, point.relay)),
        "true" if point.disturbed is None else _shortened(point.disturbed),
    ]
    return f"| {' | '.join(cells)} |"


def _shortened(disturbed: str) -> str:
    first, *more = disturbed.split("; ")
    return f"{first}; {len(more)} more" if more else first


def _name(room: Room) -> str:
    return f"1 → {room.number}" if room.shape == "one to many" else f"mesh of {room.number}"


def _latency(latency: Latency | None) -> str:
    return "none" if latency is None else f"{latency.median_ms:.1f} / {latency.p99_ms:.1f}"


def _cost(cost: Cost) -> str:
    python, callbacks, native = (100 * x for x in (cost.python, cost.callbacks, cost.native))
    return f"{python:.1f} ({callbacks:.1f} in callbacks) + {native:.1f}"


def rooms(text: str) -> list[Room]:
    """`1:8` is one publisher with 8 subscribers, `mesh:6` a mesh of 6."""
    return [_room(part) for part in text.split(",")]


def _room(text: str) -> Room:
    shape, _, number = text.partition(":")
    if number.isdecimal():
        if shape == "1" and int(number) >= 1:
            return Room(shape="one to many", number=int(number))
        if shape == "mesh" and int(number) >= LEAST_IN_MESH:
            return Room(shape="mesh", number=int(number))
    raise argparse.ArgumentTypeError(f"{text!r} is no room such as 1:8 or mesh:4")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="how many participants are measured truthfully")
    parser.add_argument("--json", action="store_true", help="one JSON object for machines")
    parser.add_argument("--seconds", type=above_0, default=8.0, help="of media in each room")
    parser.add_argument(
        "--rooms", type=rooms, default=[], help="1:8,mesh:4; default: up to the end"
    )
    parser.add_argument("--fps", type=count, default=30, help="pictures a second")
    parser.add_argument("--height", type=int, choices=[180, 360, 720], default=360)
    parser.add_argument("--encoder", choices=["sdk", "pre-encoded"], default="pre-encoded")
    arguments = parser.parse_args()
    asked = Asked(
        rooms=arguments.rooms,
        seconds=arguments.seconds,
        fps=arguments.fps,
        height=arguments.height,
        encoder=arguments.encoder,
    )
    with tempfile.TemporaryDirectory() as folder:
        report = run(Path(folder), asked)
    print(msgspec.json.encode(report).decode() if arguments.json else _table(report))


if __name__ == "__main__":
    main()
