"""Calls whose truth is known.

Delays in place before anybody subscribes, a publisher that stands still, pauses, packets lost.
"""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from harness.evidence.measurement import Measurement
from harness.judging.disturbance import disturbance
from harness.measuring.call import ONE_LAYER, PICTURE, PUBLISHER, SUBSCRIBER, Call, make_call
from harness.network.impairment import AimedMedium, Target
from harness.network.impairments import Delay, DropList, Impairment
from harness.network.phase import Phase
from harness.network.profile import Profile
from harness.processes.keeper_client import Keeper
from harness.server.model import Server
from harness.signals.hearing import decibels
from harness.signals.sound import Tone, amplitude
from harness.stage.stage import Stage, StageSetup, open_stage
from harness.verifiers.frame_metadata import ids_that_disagree, metadata_latency_error
from harness.verifiers.freeze_place import freeze_length_error, freezes_elsewhere
from harness.verifiers.latency import latency, network_latency, remainder, slow_network_latency
from harness.verifiers.picture_order import frames_lost
from harness.verifiers.sdk_loss import sdk_loss_against_ledger
from harness.verifiers.skew import median_skew
from harness.verifiers.sound import open_sound
from harness.verifiers.window import Window

Aim = Literal["sound", "picture", "both"]
AIMED: dict[Aim, tuple[AimedMedium, ...]] = {
    "sound": ("audio",),
    "picture": ("video",),
    "both": ("audio", "video"),
}
LIMIT_S = 60.0
PAUSING = Tone(pilot_hz=400, marker="order", sound_ms=1500, pause_ms=500)
STILL_MS = (300, 600, 900)
DROPPED = tuple(range(200, 260, 7))
"""Numbers of packets of each medium that are dropped, where loss is counted."""
FALL_DB = 6.0
STILL_COMING_NS = 1_000_000_000
"""What was handed over this long before the end has come, or was lost."""


@dataclass(frozen=True, kw_only=True)
class Delayed:
    """Figures of one call with a known delay on its way down, ms."""

    aim: Aim
    delay_ms: float
    picture_ms: float
    picture_p95_ms: float
    sound_ms: float
    skew_ms: float
    picture_network_ms: float
    picture_network_p95_ms: float
    sound_network_ms: float
    """Without source, encoder and jitter buffer."""
    picture_remainder_ms: float
    sound_remainder_ms: float
    wrong_ids: float
    metadata_ms: float
    pictures_lost: float
    disturbed: str | None
    """Why its times cannot be trusted, in the words of a report; None when they can."""


@dataclass(frozen=True, kw_only=True)
class Located:
    """What was found of faults whose place is known."""

    freezes_elsewhere: float
    freeze_length_error_ms: float
    gap_errors_ms: tuple[float, ...]
    loss_apart: float


class NoAnswer(Exception):
    """A call did not answer: says why."""


class Calls:
    """Makes calls, each on a stage of its own.

    Every call raises NoAnswer where a measurement has no value; where the place of a fault is
    known, also where the machine disturbed the call.
    """

    def __init__(self, keeper: Keeper, server: Server, folder: Path) -> None:
        self._keeper, self._server, self._folder = keeper, server, folder
        self._made = 0

    async def delayed(self, aim: Aim, delay_ms: float, *, seconds: float) -> Delayed:
        """A call with a delay on sound, pictures or both."""
        impairments = tuple(
            Delay(target=Target(direction="down", medium=medium), delay_ms=delay_ms)
            for medium in AIMED[aim]
            if delay_ms
        )
        setup = self._setup()
        async with asyncio.timeout(LIMIT_S), open_stage(setup) as stage:
            call = await make_call(stage, seconds=seconds, profile=_constant(*impairments))
        disturbed = disturbance(stage.health)
        return await asyncio.to_thread(_figures, call, aim, delay_ms, disturbed)

    async def located(self) -> Located:
        """A call whose publisher stands still now and then, one with pauses, one with loss."""
        still = await self._standing_still()
        gaps = await self._pausing()
        return Located(
            freezes_elsewhere=still[0],
            freeze_length_error_ms=still[1],
            gap_errors_ms=gaps,
            loss_apart=await self._losing(),
        )

    async def _standing_still(self) -> tuple[float, float]:
        async with asyncio.timeout(LIMIT_S), open_stage(self._setup()) as stage:
            alice, bob = await stage.join(PUBLISHER, SUBSCRIBER)
            face = await alice.publish(PICTURE, options=ONE_LAYER)
            received = await bob.record(face)
            since_ns = await received.until_steady()
            for still_ms in STILL_MS:
                os.kill(alice.handle.pid, signal.SIGSTOP)
                await asyncio.sleep(still_ms / 1000)
                os.kill(alice.handle.pid, signal.SIGCONT)
                until_ns = await stage.run(seconds=2)
        _require_calm(stage, but=PUBLISHER)
        seen, code = received[face], PICTURE.track_code
        where = Window(since_ns=since_ns, until_ns=until_ns)
        return (
            _value(freezes_elsewhere(seen, code, sent=face.sent, **where)),
            _value(freeze_length_error(seen, code, sent=face.sent, **where)),
        )

    async def _pausing(self) -> tuple[float, ...]:
        async with asyncio.timeout(LIMIT_S), open_stage(self._setup()) as stage:
            call = await make_call(stage, seconds=8, tone=PAUSING)
        _require_calm(stage)
        return _gap_errors_ms(call)

    async def _losing(self) -> float:
        drops = tuple(
            DropList(target=Target(direction="down", medium=medium), indices=DROPPED)
            for medium in AIMED["both"]
        )
        async with asyncio.timeout(LIMIT_S), open_stage(self._setup()) as stage:
            call = await make_call(stage, seconds=8, profile=_constant(*drops))
        _require_calm(stage)
        counted = call.counted(SUBSCRIBER)
        return _value(
            sdk_loss_against_ledger(
                counted[0].entries, counted[-1].entries, call.ledger, participant=SUBSCRIBER
            )
        )

    def _setup(self) -> StageSetup:
        self._made += 1
        folder = self._folder / f"call{self._made}"
        folder.mkdir()
        name = f"accuracy-{self._made}"
        return StageSetup(keeper=self._keeper, server=self._server, folder=folder, room=name)


def _require_calm(stage: Stage, *, but: str | None = None) -> None:
    """Raises NoAnswer where the machine disturbed somebody; who was made to stand still may be."""
    told = disturbance({who: figures for who, figures in stage.health.items() if who != but})
    if told is not None:
        raise NoAnswer(f"disturbed: {told}")


def _constant(*impairments: Impairment) -> Profile:
    phase = Phase(at_ns=0, impairments=impairments)
    return Profile(name="known", title="A known network", cite="this benchmark", phases=(phase,))


def _figures(call: Call, aim: Aim, delay_ms: float, disturbed: str | None) -> Delayed:
    heard, seen = call.heard, call.seen
    window = Window(since_ns=call.since_ns, until_ns=call.until_ns)
    return Delayed(
        aim=aim,
        delay_ms=delay_ms,
        picture_ms=_value(latency(seen, **window)),
        picture_p95_ms=_value(latency(seen, q=0.95, **window)),
        sound_ms=_value(latency(heard, **window)),
        skew_ms=_value(median_skew(call.pair, **window)),
        picture_network_ms=_value(network_latency(seen, **window)),
        picture_network_p95_ms=_value(slow_network_latency(seen, q=0.95, **window)),
        sound_network_ms=_value(network_latency(heard, **window)),
        picture_remainder_ms=_value(remainder(seen, **window)),
        sound_remainder_ms=_value(remainder(heard, **window)),
        wrong_ids=_value(ids_that_disagree(seen, **window)),
        metadata_ms=_value(metadata_latency_error(seen, **window)),
        pictures_lost=_value(
            frames_lost(
                call.pictures,
                call.picture.track_code,
                sent=call.picture_sent,
                since_ns=call.since_ns,
                until_ns=call.until_ns - STILL_COMING_NS,
            )
        ),
        disturbed=disturbed,
    )


def _gap_errors_ms(call: Call) -> tuple[float, ...]:
    """How much longer or shorter each pause was heard than it was sent."""
    sound = open_sound(call.sound)
    begin, end = sound.span(call.since_ns, call.until_ns)
    samples = sound.samples[begin:end, 0].astype(np.float64) / 32768
    per_ms = sound.sample_rate // 1000
    power = np.convolve(samples**2, np.ones(5 * per_ms) / (5 * per_ms), mode="valid")[::per_ms]
    level = decibels(np.sqrt(2 * power))
    quiet = level < 20 * np.log10(amplitude(PAUSING.pilot_dbfs)) - FALL_DB
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8)))
    falls = edges[quiet[np.minimum(edges + 1, len(quiet) - 1)]]
    lengths = [int(rises[0] - fall) for fall in falls if len(rises := edges[edges > fall])]
    pauses = [length for length in lengths if length > PAUSING.pause_ms // 2]
    if not pauses:
        raise NoAnswer(f"{sound.file}: no pause was heard")
    return tuple(float(length - PAUSING.pause_ms) for length in pauses)


def _value(measurement: Measurement) -> float:
    if measurement.value is None:
        raise NoAnswer(measurement.missing or "a verifier gave no value")
    return measurement.value
