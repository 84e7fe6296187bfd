"""Signalling is cut, or stands still: the session goes on, and so does media."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.network.tcp_faults import TcpFaults
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause, fault
from harness.verifiers.events import event_count, time_to_event
from harness.verifiers.gap import picture_gap, sound_gap
from harness.verifiers.recovery import sound_recovery
from harness.verifiers.sound_marker import missing_markers

CUT = TcpFaults(cut=True)
STALLED = TcpFaults(stalled=frozenset({"up", "down"}))


@clause("NET-018", "NET-019", "NET-020")
async def test_broken_signalling_is_resumed_and_media_goes_on(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()
    broken = await stage.play(fault(seconds=0.001, signal=CUT), "bob")
    until = await stage.run(seconds=6)

    judge("NET-018", time_to_event, bob.events, "reconnected", since_ns=broken, until_ns=until)
    judge(
        "NET-019",
        sound_gap,
        received[sound],
        sound.signal,
        since_ns=broken,
        until_ns=until,
        alive=received.witness(picture),
    )
    judge(
        "NET-020",
        picture_gap,
        received[picture],
        picture.signal.track_code,
        since_ns=broken,
        until_ns=until,
        alive=received.witness(sound),
    )


@clause("NET-021", "NET-022")
async def test_media_outlives_signalling_that_cannot_be_reached(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(sound)
    await heard.until_steady()
    cut = await stage.play(fault(seconds=2, signal=CUT), "bob")
    healed = cut + 2 * NS_PER_S
    until = await stage.run(seconds=12)

    judge(
        "NET-021",
        sound_recovery,
        heard[sound],
        sound.signal,
        healed_ns=healed,
        until_ns=until,
    )
    judge("NET-022", missing_markers, heard[sound], sound.signal, since_ns=cut, until_ns=until)


@clause("NET-023", "NET-024", "NET-025")
async def test_stalled_signalling_catches_up_and_media_goes_on(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound, proof = await alice.publish(Tone(pilot_hz=400)), await alice.publish(Tone(pilot_hz=700))
    heard = await bob.record(sound, proof)
    await heard.until_steady()
    await stage.run(seconds=1)
    stalled = await stage.play(fault(seconds=3, signal=STALLED), "bob")
    await stage.run(seconds=1)
    await sound.mute()
    until = await stage.run(seconds=3)
    healed = stalled + 3 * NS_PER_S

    judge(
        "NET-023",
        time_to_event,
        bob.events,
        "track_muted",
        track=sound.sid,
        since_ns=healed,
        until_ns=until,
    )
    judge("NET-024", event_count, bob.events, "reconnecting", since_ns=stalled, until_ns=until)
    judge("NET-025", sound_gap, heard[proof], proof.signal, since_ns=stalled, until_ns=until)
