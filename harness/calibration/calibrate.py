"""One calibration: floors without and with a server, the clock, the load meanwhile.

For runs of pytest, for `livekit-harness measure` and for benchmarks. Takes some 4 s, in which no
other media may run: the caller holds the machine's lock, alone.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from harness.calibration.floors import call_floors
from harness.calibration.loop import measure_loop
from harness.evidence.clock import NS_PER_MS, NS_PER_S, now_ns
from harness.evidence.measurement import Measurement
from harness.evidence.run_event import CalibrationDone
from harness.judging.calibration import MAX_TRIES, calibration_disturbance
from harness.measuring.call import make_call
from harness.processes.watcher_client import WatcherProcess
from harness.signals.sound import Tone
from harness.stage.stage import StageSetup, open_stage

SECONDS = 0.6
"""Of the call after it has settled."""
SETTLING_NS = 9 * NS_PER_S // 10
"""Of the two seconds that a call settles the last count: jitter buffers need 1.1 s, measured."""
TONE = Tone(pilot_hz=400)
"""Each of its markers tells a latency of up to 500 ms by itself; those in order need five."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one try gave."""

    floors: dict[str, Measurement]
    offset_ms: tuple[float, float]
    health: dict[str, dict[str, float | None]]


async def calibrate(
    setup: StageSetup, *, when: str, steady_s: float | None = None
) -> CalibrationDone:
    """Measure what this machine measures where there is nothing to measure.

    Args:
        setup: Whose folder is a new one, for everything that it leaves; its network is clean.
        when: `before` or `after`.
        steady_s: Floors over the server are of a steady state of so many seconds, as those of a
            call are. None: of the shortest call that tells them, which is not settled altogether.

    Raises:
        StageError, GatewayError, ParticipantDied, KeeperError, WatcherError, OSError: it could not
            be measured.
    """
    began = now_ns()
    for number in range(1, MAX_TRIES + 1):
        done = await _measure(_numbered(setup, number), steady_s)
        problem = calibration_disturbance(done.health, done.offset_ms)
        if problem is None:
            break
    at_ns = now_ns()
    return CalibrationDone(
        at_ns=at_ns,
        when=when,
        tries=number,
        took_s=(at_ns - began) / NS_PER_S,
        floors=done.floors,
        clock_offset_ms=done.offset_ms,
        clock_resolution_ns=time.get_clock_info("monotonic").resolution * NS_PER_S,
        health=done.health,
        disturbance=problem,
    )


def _numbered(setup: StageSetup, number: int) -> StageSetup:
    folder = setup.folder / str(number)
    folder.mkdir(parents=True)
    return replace(setup, folder=folder, room=f"{setup.room}-{number}")


async def _measure(setup: StageSetup, steady_s: float | None) -> Measured:
    floors = await measure_loop(setup.keeper, setup.folder)
    watcher = WatcherProcess.start(setup.keeper, log=setup.folder / "clock.log")
    try:
        low, high = await watcher.clock_offset()
    finally:
        watcher.close()
    async with open_stage(setup) as stage:
        call = await make_call(stage, seconds=steady_s or SECONDS, tone=TONE)
    since_ns = call.since_ns if steady_s else call.since_ns - SETTLING_NS
    return Measured(
        floors=floors | call_floors(call, since_ns=since_ns),
        offset_ms=(low / NS_PER_MS, high / NS_PER_MS),
        health=stage.health,
    )
