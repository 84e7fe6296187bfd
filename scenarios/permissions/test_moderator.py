"""A moderator changes what a participant may do while it does it."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, Window, clause
from harness.stage.tokens import ALL_GRANTS, Grants
from harness.verifiers.combine import fact
from harness.verifiers.events import time_to_event
from harness.verifiers.picture_edge import last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.wire import packets_between, time_to_last_packet

CODE = 3
UNDER_WAY = 500 * NS_PER_MS
CHANGED = "participant_permissions_changed"


@clause("PERM-023", "PERM-024", "PERM-025")
async def test_subscribing_is_forbidden_and_allowed(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_flowing()
    await stage.run(seconds=1)
    since = await stage.moderator.set_permission("bob", Grants(can_subscribe=False))
    forbidden = Window(since_ns=since, until_ns=await stage.run(seconds=1.5))
    given = await stage.moderator.set_permission("bob", ALL_GRANTS)
    allowed = Window(since_ns=given, until_ns=await stage.run(seconds=1.5))

    judge(
        "PERM-023",
        time_to_last_packet,
        stage.ledger,
        participant="bob",
        direction="down",
        track=sound.sid,
        **forbidden,
    )
    judge("PERM-024", time_to_event, bob.events, CHANGED, subject="bob", **forbidden)
    judge("PERM-025", first_tone, heard[sound], sound.signal, returning=True, **allowed)


@clause("PERM-026", "PERM-027", "PERM-028", "PERM-029", "PERM-030")
async def test_publishing_is_forbidden(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    proof = await carol.publish(Tone(pilot_hz=700))
    received = await bob.record(sound, picture, proof)
    await received.until_flowing()
    await stage.run(seconds=1)
    since = await stage.moderator.set_permission("alice", Grants(can_publish=False))
    until = await stage.run(seconds=2)
    kept = [p.kind for p in await alice.publications() if p.local]
    forbidden, alive = Window(since_ns=since, until_ns=until), received.witness(proof)

    judge("PERM-026", time_to_silence, received[sound], sound.signal, alive=alive, **forbidden)
    judge("PERM-027", last_frame, received[picture], CODE, alive=alive, **forbidden)
    judge("PERM-028", time_to_event, bob.events, "track_unpublished", track=sound.sid, **forbidden)
    judge(
        "PERM-029",
        packets_between,
        stage.ledger,
        participant="alice",
        direction="up",
        track=sound.sid,
        since_ns=since + UNDER_WAY,
        until_ns=until,
        flow_ns=(since - NS_PER_S, since),
    )
    judge("PERM-030", fact, not kept, f"publications that alice's SDK still shows: {kept}")
