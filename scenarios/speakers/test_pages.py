"""What the pages say of speakers that an application would write: objects, levels, a detector."""

from __future__ import annotations

import asyncio

from harness.evidence.clock import NS_PER_MS
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.events import time_to_event
from harness.verifiers.voice import level_error, voice_changes
from scenarios.probes import PROBES

SPEECH = Tone(pilot_hz=400, marker=None, sound_ms=1000, pause_ms=1000)
PARTICIPANTS = ("LocalParticipant", "RemoteParticipant")


@clause("SPK-013", "SPK-014")
async def test_what_a_participant_says_of_speaking(stage: Stage, judge: Judge) -> None:
    offered = [
        set(await stage.probe(PROBES / "api.py", "methods_of", name=p)) for p in PARTICIPANTS
    ]
    both = offered[0] & offered[1]

    judge("SPK-013", fact, "on" in both, f"`on` of {' and '.join(PARTICIPANTS)}")
    judge(
        "SPK-014",
        fact,
        {"is_speaking", "audio_level"} <= both,
        f"`is_speaking` and `audio_level` of {' and '.join(PARTICIPANTS)}",
    )


@clause("SPK-015", "SPK-016", "SPK-017")
async def test_the_examples_of_level_and_voice(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(SPEECH)
    await bob.told("track_subscribed", sound)
    heard, until = await asyncio.gather(
        bob.probe(PROBES / "levels.py", "listen", sid=sound.sid, seconds=3.7),
        stage.run(seconds=3.7),
    )
    begins, ends = (sound.start_ns + ms * NS_PER_MS for ms in (2000, 3000))
    changes = voice_changes(heard, bob.identity)

    judge("SPK-015", level_error, heard, SPEECH, since_ns=begins + 300 * NS_PER_MS, until_ns=ends)
    judge("SPK-016", time_to_event, changes, "voice", since_ns=begins, until_ns=ends)
    judge("SPK-017", time_to_event, changes, "silence", since_ns=ends, until_ns=until)
