"""A moderator mutes as well as the publisher does, and unmutes where the server allows it."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.scenario import ONE_LAYER, ColourCode, Judge, ServerConfig, Stage, Tone, Window, clause
from harness.stage.errors import ServerRefused
from harness.verifiers.combine import at_worst, fact
from harness.verifiers.events import event_count, time_to_event
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_level import loudest_after
from harness.verifiers.wire import packets_between

REMOTE_UNMUTE = ServerConfig(options={"room": {"enable_remote_unmute": True}})
BOTH = ("alice", "bob")
CODE = 3
QUIET = 300 * NS_PER_MS
"""The limit of MUTE-034."""
BLANKS_OVER = 1500 * NS_PER_MS


@clause(
    "MUTE-032", "MUTE-033", "MUTE-034", "MUTE-035", "MUTE-036", "MUTE-037", "MUTE-038",
    server=REMOTE_UNMUTE,
)  # fmt: skip
async def test_a_moderator_mutes_and_unmutes(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join(*BOTH)
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    received = await bob.record(sound, picture, proof)
    await received.until_flowing()
    await stage.run(seconds=1)
    silenced, hidden = await stage.moderator.mute(sound), await stage.moderator.mute(picture)
    still = await stage.run(seconds=2.5)
    voiced, shown = await stage.moderator.unmute(sound), await stage.moderator.unmute(picture)
    until = await stage.run(seconds=1)
    heard, seen, alive = received[sound], received[picture], received.witness(proof)
    silent = Window(since_ns=silenced, until_ns=still)

    for clause_id, verifier in (("MUTE-032", time_to_event), ("MUTE-033", event_count)):
        judge(
            clause_id,
            at_worst,
            verifier,
            "participant",
            BOTH,
            events=stage.events,
            name="track_muted",
            track=sound.sid,
            **silent,
        )
    judge("MUTE-034", time_to_silence, heard, sound.signal, alive=alive, **silent)
    judge(
        "MUTE-035",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        track=sound.sid,
        since_ns=silenced + BLANKS_OVER,
        until_ns=still,
        flow_ns=(silenced - NS_PER_S, silenced),
    )
    judge("MUTE-036", last_frame, seen, CODE, since_ns=hidden, until_ns=still, alive=alive)
    judge(
        "MUTE-037",
        first_tone,
        heard,
        sound.signal,
        since_ns=voiced,
        until_ns=until,
        returning=True,
    )
    judge(
        "MUTE-038",
        first_frame,
        seen,
        CODE,
        since_ns=shown,
        until_ns=until,
        alive=alive,
        returning=True,
    )


@clause("MUTE-039", "MUTE-040")
async def test_a_moderator_may_not_unmute(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join(*BOTH)
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    since = await stage.moderator.mute(sound)
    await stage.run(seconds=0.5)
    answer = ""
    try:
        await stage.moderator.unmute(sound)
    except ServerRefused as refused:
        answer = str(refused)
    until = await stage.run(seconds=1)

    judge("MUTE-039", fact, bool(answer), answer or "the server did it")
    judge(
        "MUTE-040",
        loudest_after,
        heard[sound],
        sound.signal,
        since_ns=since + QUIET,
        until_ns=until,
        alive=heard.witness(proof),
        flow_ns=(since - NS_PER_S, since),
    )
