"""The server API subscribes a participant and unsubscribes it: media follows, events do not."""

from __future__ import annotations

from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import fact
from harness.verifiers.events import event_count
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from scenarios.subscribing.last_packet import last_packet


@clause("SUB-019", "SUB-020", "SUB-021", "SUB-022", "SUB-023", "SUB-024", "SUB-025")
async def test_media_follows_the_server_api(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    (bob,) = await stage.join("bob", auto_subscribe=False)
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await bob.told("track_published", picture)
    await bob.subscribe(proof)
    since = await stage.moderator.subscribe("bob", sound, picture)
    received = await bob.record(sound, picture, proof)
    await stage.run(seconds=2)
    gone = await stage.moderator.unsubscribe("bob", sound, picture)
    until = await stage.run(seconds=2)
    listed = {p.sid: p.subscribed for p in await bob.publications()}
    code, alive = picture.signal.track_code, received.witness(proof)

    judge("SUB-019", first_tone, received[sound], sound.signal, since_ns=since, until_ns=gone)
    judge(
        "SUB-020",
        first_frame,
        received[picture],
        code,
        since_ns=since,
        until_ns=gone,
        alive=alive,
    )
    judge(
        "SUB-021",
        time_to_silence,
        received[sound],
        sound.signal,
        since_ns=gone,
        until_ns=until,
        alive=alive,
    )
    judge(
        "SUB-022",
        last_frame,
        received[picture],
        code,
        since_ns=gone,
        until_ns=until,
        alive=alive,
    )
    judge("SUB-023", last_packet, stage, bob, sound, picture, since_ns=gone, until_ns=until)
    judge(
        "SUB-024",
        event_count,
        bob.events,
        "track_unsubscribed",
        since_ns=gone,
        until_ns=until,
    )
    judge(
        "SUB-025",
        fact,
        not any((listed[sound.sid], listed[picture.sid])),
        f"the SDK says subscribed: sound {listed[sound.sid]}, picture {listed[picture.sid]}",
    )
