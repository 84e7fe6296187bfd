"""Who speaks: everybody is told, soon after it begins and ends, and never of somebody too quiet."""

from __future__ import annotations

import asyncio

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.scenario import Judge, ServerConfig, Stage, Tone, clause
from harness.verifiers.combine import at_worst, largest
from harness.verifiers.speakers import (
    absent_speakers,
    lists_with,
    misordered_lists,
    time_to_speaker,
)

SPEECH = Tone(pilot_hz=400, marker=None, sound_ms=2500, pause_ms=3500)
LOUD = Tone(pilot_hz=400, pilot_dbfs=-3, marker=None)
QUIET = Tone(pilot_hz=700, pilot_dbfs=-26, marker=None)
ABOVE = Tone(pilot_hz=400, pilot_dbfs=-29, marker=None)
"""Root mean square −32 dBov: 3 dB above the level from which on the server calls it speech."""
BELOW = Tone(pilot_hz=700, pilot_dbfs=-35, marker=None)
"""−38 dBov: 3 dB below it."""
SENSITIVE = ServerConfig(options={"audio": {"active_level": 45}})


@clause("SPK-001", "SPK-002", "SPK-003", "SPK-005")
async def test_a_speaker_is_reported_while_he_speaks(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", auto_subscribe=False)
    sound = await alice.publish(SPEECH)
    until = await stage.run(seconds=5.7)
    begins, ends = sound.start_ns, sound.start_ns + SPEECH.sound_ms * NS_PER_MS

    def reported(participant: str) -> Measurement:
        return time_to_speaker(
            stage.events, "alice", participant=participant, since_ns=begins, until_ns=until
        )

    judge("SPK-001", reported, bob.identity)
    judge("SPK-002", reported, alice.identity)
    judge(
        "SPK-003",
        at_worst,
        time_to_speaker,
        "participant",
        ("alice", "bob"),
        events=stage.events,
        speaker="alice",
        since_ns=ends,
        until_ns=until,
        speaking=False,
    )
    judge("SPK-005", reported, carol.identity)


@clause("SPK-006", "SPK-007", "SPK-008", "SPK-009")
async def test_two_speakers_are_reported_and_a_muted_one_no_longer(
    stage: Stage, judge: Judge
) -> None:
    alice, bob, _ = await stage.join("alice", "bob", "carol")
    loud, _ = await asyncio.gather(alice.publish(LOUD), bob.publish(QUIET))
    both = await stage.run(seconds=2)
    muted = await loud.mute()
    unmuted = await stage.run(seconds=3.1)
    await loud.unmute()
    until = await stage.run(seconds=2.1)
    spoken = {both: ("alice", "bob"), unmuted: ("bob",), until: ("alice", "bob")}

    judge("SPK-006", misordered_lists, stage.events, "alice", "bob", since_ns=0, until_ns=until)
    judge(
        "SPK-007",
        lambda: largest(
            *(absent_speakers(stage.events, who, at_ns=at_ns) for at_ns, who in spoken.items())
        ),
    )
    told = ("alice", "bob", "carol")
    judge(
        "SPK-008",
        at_worst,
        time_to_speaker,
        "participant",
        told,
        events=stage.events,
        speaker="alice",
        since_ns=muted,
        until_ns=unmuted,
        speaking=False,
    )
    judge(
        "SPK-009",
        at_worst,
        time_to_speaker,
        "participant",
        told,
        events=stage.events,
        speaker="alice",
        since_ns=unmuted,
        until_ns=until,
    )


@clause("SPK-010", "SPK-011")
async def test_the_level_decides_who_speaks(stage: Stage, judge: Judge) -> None:
    alice, bob, _ = await stage.join("alice", "bob", "carol")
    above, _ = await alice.publish(ABOVE), await bob.publish(BELOW)
    until = await stage.run(seconds=3.2)

    judge(
        "SPK-010",
        time_to_speaker,
        stage.events,
        "alice",
        participant="carol",
        since_ns=above.start_ns,
        until_ns=until,
    )
    judge("SPK-011", lists_with, stage.events, "bob", since_ns=above.start_ns, until_ns=until)


@clause("SPK-012", server=SENSITIVE)
async def test_the_level_is_that_of_the_configuration(stage: Stage, judge: Judge) -> None:
    alice, _ = await stage.join("alice", "bob")
    sound = await alice.publish(BELOW)
    until = await stage.run(seconds=2.3)

    judge(
        "SPK-012",
        time_to_speaker,
        stage.events,
        "alice",
        participant="bob",
        since_ns=sound.start_ns,
        until_ns=until,
    )
