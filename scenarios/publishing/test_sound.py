"""Sound that is published is heard as it was sent, and only where it belongs."""

from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import at_worst, largest
from harness.verifiers.events import time_to_event
from harness.verifiers.sound_edge import time_to_silence
from harness.verifiers.sound_level import crosstalk, frequency_error, pilot_level_error
from harness.verifiers.sound_marker import missing_markers
from harness.verifiers.wire import packets_between


@pytest.mark.smoke
@clause("PUB-001", "PUB-002")
async def test_sound_arrives_as_it_was_sent(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    since = await heard.until_steady()
    until = await stage.run(seconds=3)

    judge("PUB-001", pilot_level_error, heard[sound], sound.signal, since_ns=since, until_ns=until)
    judge("PUB-002", missing_markers, heard[sound], sound.signal, since_ns=since, until_ns=until)


@clause("PUB-006")
async def test_creating_a_track_sends_nothing(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    proof = await bob.publish(Tone(pilot_hz=700))
    await (await alice.record(proof)).until_flowing()
    held = await alice.hold(Tone(pilot_hz=400))
    until = await stage.run(seconds=2)
    published = await alice.publish(Tone(pilot_hz=500))
    after = await stage.run(seconds=0.5)

    judge(
        "PUB-006",
        packets_between,
        stage.ledger,
        participant="alice",
        direction="up",
        since_ns=held.at_ns,
        until_ns=until,
        flow_ns=(published.published_ns, after),
    )


@clause("PUB-007")
async def test_one_source_is_heard_on_two_tracks(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    first = await alice.publish(Tone(pilot_hz=400))
    second = await alice.publish_again(first)
    heard = await bob.record(first, second)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    def worse() -> Measurement:
        return largest(
            *(
                pilot_level_error(heard[track], track.signal, since_ns=since, until_ns=until)
                for track in (first, second)
            )
        )

    judge("PUB-007", worse)


@pytest.mark.parametrize("sample_rate", [8000, 16000, 48000])
@clause("PUB-008")
async def test_a_source_keeps_its_pitch(stage: Stage, judge: Judge, sample_rate: int) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=900, sample_rate=sample_rate))
    heard = await bob.record(sound)
    since = await heard.until_steady()
    until = await stage.run(seconds=2)

    judge("PUB-008", frequency_error, heard[sound], sound.signal, since_ns=since, until_ns=until)


@clause("PUB-009")
async def test_two_publishers_are_told_apart(stage: Stage, judge: Judge) -> None:
    alice, carol = await stage.join("alice", "carol")
    one = await alice.publish(Tone(pilot_hz=400))
    other = await carol.publish(Tone(pilot_hz=700))
    (bob,) = await stage.join("bob")
    heard = await bob.record(one, other)
    since = await heard.until_steady()
    until = await stage.run(seconds=3)

    def worse() -> Measurement:
        pairs = ((one, other), (other, one))
        return largest(
            *(
                crosstalk(
                    heard[own], own.signal, other=foreign.signal, since_ns=since, until_ns=until
                )
                for own, foreign in pairs
            )
        )

    judge("PUB-009", worse)


@clause("PUB-011", "PUB-012")
async def test_unpublished_sound_ends_and_is_announced(stage: Stage, judge: Judge) -> None:
    alice, bob, carol = await stage.join("alice", "bob", "carol")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_steady()
    since = await sound.unpublish()
    until = await stage.run(seconds=2)

    judge(
        "PUB-011",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=heard.witness(proof),
    )
    judge(
        "PUB-012",
        at_worst,
        time_to_event,
        "participant",
        [bob.identity, carol.identity],
        events=stage.events,
        name="track_unpublished",
        track=sound.sid,
        since_ns=since,
        until_ns=until,
    )
