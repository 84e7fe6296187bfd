"""How soon media is there: for who subscribes, for who joins, and for who is there already."""

from __future__ import annotations

from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.onset import first_clean_sound, first_full_picture
from harness.verifiers.onset_parts import first_picture
from harness.verifiers.track_way import TrackWay
from scenarios.timing.profiles import PROFILES


@clause("ONS-001", "ONS-002", "ONS-003", "ONS-004", "ONS-005", "ONS-006", profiles=PROFILES)
async def test_media_begins_soon(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (dave,) = await stage.join("dave", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    there = await bob.record(sound, picture)
    await stage.run(seconds=2)
    asked_ns = await dave.subscribe(sound), await dave.subscribe(picture)
    asked = await dave.record(sound, picture)
    await stage.run(seconds=2)
    (carol,) = await stage.join("carol")
    joined = await carol.record(sound, picture)
    until = await stage.run(seconds=6)

    for seen, heard, who, received, (sound_ns, picture_ns) in (
        ("ONS-001", "ONS-002", "dave", asked, asked_ns),
        ("ONS-003", "ONS-004", "carol", joined, (carol.join_ns, carol.join_ns)),
        ("ONS-005", "ONS-006", "bob", there, (sound.published_ns, picture.published_ns)),
    ):
        judge(
            seen,
            first_picture,
            received[picture],
            picture.signal.track_code,
            way=TrackWay(ledger=stage.ledger, publisher="alice", subscriber=who, track=picture.sid),
            since_ns=picture_ns,
            until_ns=until,
            alive=received.witness(sound),
        )
        judge(
            heard,
            first_clean_sound,
            received[sound],
            sound.signal,
            since_ns=sound_ns,
            until_ns=until,
            alive=received.witness(picture),
        )


# On a clean path alone: where packets are lost, or late, the publisher estimates less bandwidth and
# sends smaller pictures. How soon they are of full size is then a matter of luck.
@clause("ONS-007", "ONS-008")
async def test_the_full_picture_comes_soon(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    (bob,) = await stage.join("bob", auto_subscribe=False)
    single = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    layered = await alice.publish(ColourCode(track_code=4, width=960, height=540))
    proof = await alice.publish(Tone(pilot_hz=700))
    await stage.run(seconds=4)
    asked_ns = [await bob.subscribe(single), await bob.subscribe(layered)]
    await bob.subscribe(proof)
    received = await bob.record(single, layered, proof)
    until = await stage.run(seconds=5)

    for name, track, since in zip(("ONS-007", "ONS-008"), (single, layered), asked_ns, strict=True):
        judge(
            name,
            first_full_picture,
            received[track],
            track.signal,
            since_ns=since,
            until_ns=until,
            alive=received.witness(proof),
        )
