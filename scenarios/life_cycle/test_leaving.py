"""Who leaves is gone for everybody and for the server; who joins again is there again."""

from __future__ import annotations

import pytest

from harness.evidence.clock import now_ns
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.events import time_to_event
from harness.verifiers.sound_edge import first_tone, time_to_silence


@clause("LIFE-020", "LIFE-021", "LIFE-022", "LIFE-023", "LIFE-024")
async def test_a_participant_leaves_and_joins_again(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await carol.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    left = await alice.leave()
    still = await stage.run(seconds=1.5)
    listed = await stage.moderator.participants()
    joining = now_ns()
    (alice,) = await stage.join("alice")
    back = await alice.publish(sound.signal, name="back")
    heard_again = await bob.record(back)
    until = await stage.run(seconds=1.5)

    judge(
        "LIFE-020",
        time_to_event,
        bob.events,
        "participant_disconnected",
        subject="alice",
        since_ns=left,
        until_ns=still,
    )
    judge(
        "LIFE-021",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=left,
        until_ns=still,
        alive=heard.witness(proof),
    )
    judge("LIFE-022", fact, sorted(listed) == ["bob", "carol"], f"the server lists {listed}")
    judge(
        "LIFE-023",
        time_to_event,
        bob.events,
        "participant_connected",
        subject="alice",
        since_ns=joining,
        until_ns=until,
    )
    judge(
        "LIFE-024",
        first_tone,
        heard_again[back],
        back.signal,
        since_ns=back.published_ns,
        until_ns=until,
    )


@clause("LIFE-025", "LIFE-026")
async def test_who_publishes_nothing_is_announced(stage: Stage, judge: Judge) -> None:
    (bob,) = await stage.join("bob")
    since = now_ns()
    (carol,) = await stage.join("carol")
    await stage.run(seconds=3.3)
    left = await carol.leave()
    until = await stage.run(seconds=4.2)

    for clause_id, event, since_ns in (
        ("LIFE-025", "participant_connected", since),
        ("LIFE-026", "participant_disconnected", left),
    ):
        judge(
            clause_id,
            time_to_event,
            bob.events,
            event,
            subject="carol",
            since_ns=since_ns,
            until_ns=until,
        )


@clause("LIFE-027")
async def test_an_empty_room_ends(stage: Stage, judge: Judge) -> None:
    await stage.moderator.create_room(departure_timeout_s=1)
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    await bob.told("track_subscribed", sound)
    await stage.run(seconds=0.5)
    await alice.leave()
    await bob.leave()
    there = await stage.moderator.rooms()
    await stage.run(seconds=3)
    left = await stage.moderator.rooms()

    judge(
        "LIFE-027",
        fact,
        there != [] == left,
        f"{len(there)} room when the last one left, {len(left)} three seconds later",
    )


@pytest.mark.long
@clause("LIFE-028", "LIFE-029", "LIFE-030", limit_s=90)
async def test_a_participant_that_crashed_is_noticed(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await carol.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    killed = await alice.kill()
    until = await stage.run(seconds=31)
    listed = await stage.moderator.participants()

    judge(
        "LIFE-028",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=killed,
        until_ns=until,
        alive=heard.witness(proof),
    )
    judge(
        "LIFE-029",
        time_to_event,
        bob.events,
        "participant_disconnected",
        subject="alice",
        since_ns=killed,
        until_ns=until,
    )
    judge("LIFE-030", fact, "alice" not in listed, f"the server lists {listed}")
