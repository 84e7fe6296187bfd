"""Two rooms on one server: nothing of one is told, sent or heard in the other."""

from __future__ import annotations

from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import at_worst
from harness.verifiers.events import event_count
from harness.verifiers.sound_level import crosstalk

TOLD_BY = ("participant_connected", "track_published", "track_subscribed")


@clause("PERM-031", "PERM-032")
async def test_rooms_are_apart(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    alone = await stage.run(seconds=0)
    carol, dave = await stage.join("carol", "dave", room="other")
    here, there = await alice.publish(Tone(pilot_hz=400)), await carol.publish(Tone(pilot_hz=700))
    heard = await bob.record(here)
    await dave.told("track_subscribed", there)
    await heard.until_flowing()
    since = await stage.run(seconds=1)
    until = await stage.run(seconds=1.5)

    judge(
        "PERM-031",
        at_worst,
        event_count,
        "name",
        TOLD_BY,
        events=bob.events,
        subject="carol",
        since_ns=alone,
        until_ns=until,
    )
    judge(
        "PERM-032",
        crosstalk,
        heard[here],
        here.signal,
        other=there.signal,
        since_ns=since,
        until_ns=until,
    )
