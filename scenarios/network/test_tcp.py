"""Faults of TCP: slow signalling, and media that has only TCP left."""

from __future__ import annotations

import pytest

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.scenario import Judge, ServerConfig, Stage, Tone, Toxic, clause
from harness.verifiers.events import time_to_event
from harness.verifiers.recovery import sound_recovery
from harness.verifiers.sound_edge import first_tone, time_to_silence
from harness.verifiers.transport import fell_back

SLOW = Toxic(type="latency", stream="downstream", attributes={"latency": 300})


@clause("NET-003", "NET-004", toxiproxy=True)
async def test_slow_signalling_loses_nothing(stage: Stage, judge: Judge) -> None:
    await stage.set_toxics("bob", SLOW)
    alice, bob = await stage.join("alice", "bob")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_flowing()
    await stage.run(seconds=1)
    since = await sound.mute()
    until = await stage.run(seconds=2)

    judge(
        "NET-003",
        time_to_event,
        bob.events,
        "track_muted",
        track=sound.sid,
        since_ns=since,
        until_ns=until,
    )
    judge(
        "NET-004",
        time_to_silence,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=heard.witness(proof),
    )


@clause("NET-005", server=ServerConfig(ice_tcp=True))
async def test_sound_gets_through_where_only_tcp_is_left(stage: Stage, judge: Judge) -> None:
    await stage.impair(Loss(ratio=1.0, target=Target(participant="alice")))
    (bob,) = await stage.join("bob")
    (alice,) = await stage.join("alice")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    until = await stage.run(seconds=3.2)

    judge(
        "NET-005",
        first_tone,
        heard[sound],
        sound.signal,
        since_ns=sound.published_ns,
        until_ns=until,
    )


@pytest.mark.long
@clause("NET-031", "NET-032", server=ServerConfig(ice_tcp=True))
async def test_media_falls_back_to_tcp_when_udp_is_blocked(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_steady()
    before = await bob.statistics()
    blocked = await stage.play("udp-blocked", "bob")
    until = await stage.run(seconds=25)
    after = await bob.statistics()

    judge("NET-031", fell_back, before, after)
    judge(
        "NET-032",
        sound_recovery,
        heard[sound],
        sound.signal,
        healed_ns=blocked,
        until_ns=until,
    )
