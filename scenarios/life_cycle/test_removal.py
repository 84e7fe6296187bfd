"""Whom a moderator removes is told so, is gone for the others, and is heard no longer."""

from __future__ import annotations

from harness.scenario import Judge, Stage, Tone, Window, clause
from harness.verifiers.combine import fact
from harness.verifiers.events import time_to_event
from harness.verifiers.sound_edge import time_to_silence


@clause("LIFE-031", "LIFE-032", "LIFE-033", "LIFE-034", "LIFE-035")
async def test_a_moderator_removes_a_participant(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await carol.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    since = await stage.moderator.remove("alice")
    removed = Window(since_ns=since, until_ns=await stage.run(seconds=1.5))
    listed = await stage.moderator.participants()
    reasons = [e.details["reason"] for e in alice.events if e.name == "disconnected"]

    judge("LIFE-031", time_to_event, alice.events, "disconnected", **removed)
    judge("LIFE-032", fact, reasons == ["PARTICIPANT_REMOVED"], f"the reasons told: {reasons}")
    judge(
        "LIFE-033",
        time_to_event,
        bob.events,
        "participant_disconnected",
        subject="alice",
        **removed,
    )
    judge(
        "LIFE-034",
        time_to_silence,
        heard[sound],
        sound.signal,
        alive=heard.witness(proof),
        **removed,
    )
    judge("LIFE-035", fact, sorted(listed) == ["bob", "carol"], f"the server lists {listed}")
