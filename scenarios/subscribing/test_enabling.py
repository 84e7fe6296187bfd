"""A subscribed track is disabled and enabled: media stops and returns, nothing is negotiated."""

from __future__ import annotations

from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.descriptions import descriptions_between
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from scenarios.subscribing.last_packet import last_packet


@clause("SUB-027", "SUB-028", "SUB-029", "SUB-030", "SUB-031", "SUB-032")
async def test_a_disabled_track_stops_and_returns(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture, proof)
    await received.until_flowing()
    await stage.run(seconds=1)
    sound_gone, picture_gone = [await bob.set_enabled(track, False) for track in (sound, picture)]
    still = await stage.run(seconds=2.5)
    sound_back, picture_back = [await bob.set_enabled(track, True) for track in (sound, picture)]
    until = await stage.run(seconds=1.5)
    code, alive = picture.signal.track_code, received.witness(proof)

    judge(
        "SUB-027",
        time_to_silence,
        received[sound],
        sound.signal,
        since_ns=sound_gone,
        until_ns=still,
        alive=alive,
    )
    judge(
        "SUB-028",
        last_frame,
        received[picture],
        code,
        since_ns=picture_gone,
        until_ns=still,
        alive=alive,
    )
    judge("SUB-029", last_packet, stage, bob, sound, picture, since_ns=sound_gone, until_ns=still)
    judge(
        "SUB-030",
        first_tone,
        received[sound],
        sound.signal,
        since_ns=sound_back,
        until_ns=until,
        returning=True,
    )
    judge(
        "SUB-031",
        first_frame,
        received[picture],
        code,
        since_ns=picture_back,
        until_ns=until,
        alive=alive,
        returning=True,
    )
    judge(
        "SUB-032",
        descriptions_between,
        stage.folder,
        participant="bob",
        since_ns=sound_gone,
        until_ns=until,
    )
