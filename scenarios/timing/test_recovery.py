"""How soon media is steady again: after a second of nothing, and after each kind of fault."""

from __future__ import annotations

from functools import partial

from harness.network.impairment import Target
from harness.network.impairments import Blackhole, Delay, Impairment, Jitter, Loss
from harness.scenario import (
    ONE_LAYER,
    ColourCode,
    Judge,
    Publication,
    Received,
    Stage,
    Tone,
    clause,
)
from harness.verifiers.gap import picture_gap
from harness.verifiers.recovery_parts import (
    Fault,
    picture_recovery_in_parts,
    sound_recovery_in_parts,
)
from harness.verifiers.track_way import TrackWay
from scenarios.timing.profiles import PROFILES

SMALL = ColourCode(track_code=3, width=320, height=180)
"""Of few packets, so that it is steady between two that are lost."""
REPAIRED_MS = {"wifi-loss5": 400.0}
"""By profile: a repair takes 160 to 290 ms there, which is a freeze by itself, and of each second
one holds a lost packet in four of five. Below this pictures are steady for what the network is."""
TO_BOB = Target(participant="bob", direction="down")
FROM_ALICE = Target(participant="alice", direction="up")
FAULTS = (
    ("REC-004", "REC-005", Blackhole(target=FROM_ALICE), 1.0, 3.0),
    ("REC-006", "REC-007", Jitter(jitter_ms=100, target=TO_BOB), 1.5, 2.5),
    ("REC-008", "REC-009", Delay(delay_ms=150, target=TO_BOB), 1.5, 2.5),
    ("REC-010", "REC-011", Loss(ratio=0.5, target=TO_BOB), 1.0, 6.0),
)
"""Clauses of picture and sound; the fault, how long it lasts and what follows is watched, in s."""


async def play(stage: Stage, impairment: Impairment, lasts_s: float, watch_s: float) -> Fault:
    """Have a fault, on top of the profile, and watch what follows."""
    gone_ns = await stage.impair(impairment)
    await stage.run(seconds=lasts_s)
    healed_ns = await stage.impair()
    until_ns = await stage.run(seconds=watch_s)
    return Fault(gone_ns=gone_ns, healed_ns=healed_ns, until_ns=until_ns)


def judge_recovery(
    judge: Judge,
    clauses: tuple[str, str],
    stage: Stage,
    fault: Fault,
    received: Received,
    picture: Publication[ColourCode],
    sound: Publication[Tone],
    *,
    longest_ms: float | None = None,
) -> None:
    """How soon picture and sound were steady again, each with its clause."""
    seen, heard = clauses
    way = partial(TrackWay, ledger=stage.ledger, publisher="alice", subscriber="bob")
    judge(
        seen,
        picture_recovery_in_parts,
        received[picture],
        picture.signal,
        way=way(track=picture.sid),
        events=stage.events,
        fault=fault,
        alive=received.witness(sound),
        longest_ms=longest_ms,
    )
    judge(
        heard,
        sound_recovery_in_parts,
        received[sound],
        sound.signal,
        way=way(track=sound.sid),
        events=stage.events,
        fault=fault,
        alive=received.witness(picture),
    )


@clause("REC-001", "REC-002", "REC-003", profiles=PROFILES)
async def test_media_recovers_from_a_second_of_nothing(
    stage: Stage, judge: Judge, profile: str
) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(SMALL, options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()
    fault = await play(stage, Blackhole(target=TO_BOB), 1.0, 6.0)

    judge(
        "REC-001",
        picture_gap,
        received[picture],
        picture.signal.track_code,
        since_ns=fault.gone_ns,
        until_ns=fault.until_ns,
        alive=received.witness(sound),
    )
    names = ("REC-002", "REC-003")
    longest_ms = REPAIRED_MS.get(profile)
    judge_recovery(judge, names, stage, fault, received, picture, sound, longest_ms=longest_ms)


@clause("REC-004", "REC-005", "REC-006", "REC-007", "REC-008", "REC-009", "REC-010", "REC-011")
async def test_media_recovers_from_each_kind_of_fault(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()

    for seen, heard, impairment, lasts_s, watch_s in FAULTS:
        fault = await play(stage, impairment, lasts_s, watch_s)
        judge_recovery(judge, (seen, heard), stage, fault, received, picture, sound)
