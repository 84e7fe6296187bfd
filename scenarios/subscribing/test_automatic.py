"""Without a word a participant receives everything; with auto-subscribe off, nothing."""

from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import at_worst, fact, largest
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.sound_edge import first_tone
from harness.verifiers.wire import packets_between


@pytest.mark.smoke
@clause("SUB-001")
async def test_sound_comes_unasked(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = [await listener.record(sound) for listener in (bob, carol)]
    until = await stage.run(seconds=3.2)
    judge(
        "SUB-001",
        at_worst,
        first_tone,
        "recording",
        [at[sound] for at in heard],
        tone=sound.signal,
        since_ns=sound.published_ns,
        until_ns=until,
    )


@clause("SUB-002")
async def test_pictures_come_unasked(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    proof = await alice.publish(Tone(pilot_hz=700))
    seen = [await viewer.record(picture, proof) for viewer in (bob, carol)]
    until = await stage.run(seconds=3.2)

    def slowest() -> Measurement:
        return largest(
            *(
                first_frame(
                    at[picture],
                    picture.signal.track_code,
                    since_ns=picture.published_ns,
                    until_ns=until,
                    alive=at.witness(proof),
                )
                for at in seen
            )
        )

    judge("SUB-002", slowest)


@pytest.mark.smoke
@clause("SUB-003", "SUB-004")
async def test_nothing_comes_to_who_asks_for_nothing(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    (bob,) = await stage.join("bob", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await bob.told("track_published", picture)
    until = await stage.run(seconds=2.5)
    listed = {p.sid: p.subscribed for p in await bob.publications() if not p.local}

    judge(
        "SUB-003",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        since_ns=sound.published_ns,
        until_ns=until,
        sent_by=[("alice", sound.sid), ("alice", picture.sid)],
    )
    judge(
        "SUB-004",
        fact,
        listed == {sound.sid: False, picture.sid: False},
        f"the SDK lists {len(listed)} publications, {sum(listed.values())} of them subscribed",
    )


@clause("SUB-017", "SUB-018")
async def test_what_is_subscribed_is_sent_though_nobody_reads_it(
    stage: Stage, judge: Judge
) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await bob.told("track_subscribed", sound)
    await bob.told("track_subscribed", picture)
    since = await stage.run(seconds=0.5)
    until = await stage.run(seconds=2)

    for clause_id, track in (("SUB-017", sound), ("SUB-018", picture)):
        judge(
            clause_id,
            packets_between,
            stage.ledger,
            participant="bob",
            direction="down",
            track=track.sid,
            since_ns=since,
            until_ns=until,
        )
