"""How soon media is there: for who subscribes, for who joins, and for who is there already."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement, missing
from harness.evidence.recording import VideoRecording
from harness.scenario import ONE_LAYER, ColourCode, Judge, Publication, Stage, Tone, clause
from harness.verifiers.layers import layers_sent
from harness.verifiers.onset import first_clean_sound, first_full_picture
from harness.verifiers.onset_parts import first_picture
from harness.verifiers.proof import Witness
from harness.verifiers.track_way import TrackWay
from harness.verifiers.wire import PacketRecord
from scenarios.timing.profiles import PROFILES

LAYERS = 3
"""Of a picture of 540 lines, by the presets of the SDK."""


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
    await stage.run(seconds=6)
    asked_ns = [await bob.subscribe(single), await bob.subscribe(layered)]
    await bob.subscribe(proof)
    received = await bob.record(single, layered, proof)
    until = await stage.run(seconds=5)

    judge(
        "ONS-007",
        first_full_picture,
        received[single],
        single.signal,
        since_ns=asked_ns[0],
        until_ns=until,
        alive=received.witness(proof),
    )
    judge(
        "ONS-008",
        full_picture_of_layers,
        received[layered],
        layered,
        ledger=stage.ledger,
        since_ns=asked_ns[1],
        until_ns=until,
        alive=received.witness(proof),
    )


def full_picture_of_layers(
    recording: VideoRecording,
    layered: Publication[ColourCode],
    *,
    ledger: PacketRecord,
    since_ns: int,
    until_ns: int,
    alive: Witness,
) -> Measurement:
    """As `first_full_picture`, of alice's track, where she sent all its layers by then.

    On a busy machine her bandwidth estimate may take 9 s until it allows for the largest.
    """
    sent = layers_sent(
        ledger, participant="alice", track=layered.sid, since_ns=since_ns - NS_PER_S,
        until_ns=since_ns,
    )  # fmt: skip
    if sent.value is None or sent.value < LAYERS:
        return missing("ms", "alice did not send all layers yet", notes=sent.notes)
    return first_full_picture(
        recording, layered.signal, since_ns=since_ns, until_ns=until_ns, alive=alive
    )
