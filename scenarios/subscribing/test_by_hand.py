"""Subscribing, unsubscribing and subscribing again by hand: media follows each call."""

from __future__ import annotations

import pytest

from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.descriptions import descriptions_between
from harness.verifiers.events import event_count
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.sound_level import frequency_error
from harness.verifiers.sound_marker import missing_markers
from harness.verifiers.wire import time_to_last_packet


@pytest.mark.smoke
@clause("SUB-005", "SUB-006", "SUB-015", "SUB-016")
async def test_media_comes_when_asked_for(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    (bob,) = await stage.join("bob", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await bob.told("track_published", sound)
    await bob.told("track_published", picture)
    sound_since = await bob.subscribe(sound)
    picture_since = await bob.subscribe(picture)
    received = await bob.record(sound, picture)
    until = await stage.run(seconds=2)

    judge(
        "SUB-005",
        first_tone,
        received[sound],
        sound.signal,
        since_ns=sound_since,
        until_ns=until,
    )
    judge(
        "SUB-006",
        first_frame,
        received[picture],
        picture.signal.track_code,
        since_ns=picture_since,
        until_ns=until,
        alive=received.witness(sound),
    )
    judge(
        "SUB-015",
        descriptions_between,
        stage.folder,
        participant="bob",
        since_ns=sound_since,
        until_ns=until,
    )
    judge(
        "SUB-016",
        event_count,
        bob.events,
        "track_subscribed",
        track=sound.sid,
        subject="alice",
        since_ns=sound_since,
        until_ns=until,
    )


@clause("SUB-012", "SUB-013", "SUB-014")
async def test_pictures_follow_the_subscription(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    proof = await alice.publish(Tone(pilot_hz=700))
    seen = await bob.record(picture, proof)
    await seen.until_flowing()
    await stage.run(seconds=1)
    gone = await bob.unsubscribe(picture)
    still = await stage.run(seconds=1.5)
    since = await bob.subscribe(picture)
    until = await stage.run(seconds=2)
    code, alive = picture.signal.track_code, seen.witness(proof)

    judge("SUB-012", last_frame, seen[picture], code, since_ns=gone, until_ns=still, alive=alive)
    judge(
        "SUB-013",
        time_to_last_packet,
        stage.ledger,
        participant="bob",
        direction="down",
        track=picture.sid,
        since_ns=gone,
        until_ns=still,
    )
    judge(
        "SUB-014",
        first_frame,
        seen[picture],
        code,
        since_ns=since,
        until_ns=until,
        alive=alive,
        returning=True,
    )


@clause("SUB-007", "SUB-008", "SUB-009")
async def test_sound_ends_when_unsubscribed_and_no_other(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, other = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, other)
    steady = await heard.until_steady()
    since = await bob.unsubscribe(sound)
    until = await stage.run(seconds=3)

    judge(
        "SUB-007",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=heard.witness(other),
    )
    judge(
        "SUB-008",
        time_to_last_packet,
        stage.ledger,
        participant="bob",
        direction="down",
        track=sound.sid,
        since_ns=since,
        until_ns=until,
    )
    judge("SUB-009", missing_markers, heard[other], other.signal, since_ns=steady, until_ns=until)


@clause("SUB-010")
async def test_sound_comes_back_when_subscribed_again(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_steady()
    gone = await bob.unsubscribe(sound)
    await stage.run(seconds=2)
    since = await bob.subscribe(sound)
    await bob.told("track_subscribed", sound, since_ns=gone)
    until = await stage.run(seconds=3)

    judge(
        "SUB-010",
        first_tone,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        returning=True,
    )


@clause("SUB-011")
async def test_a_stream_of_another_rate_keeps_the_pitch(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=900))
    heard = await bob.record(sound, sample_rate=16_000)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    judge("SUB-011", frequency_error, heard[sound], sound.signal, since_ns=since, until_ns=until)
