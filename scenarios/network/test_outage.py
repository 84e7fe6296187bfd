"""The network is gone for a while, or another one is there: media comes back by itself."""

from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_S
from harness.network.impairment import Target
from harness.network.impairments import Blackhole, Rebind
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause, fault
from harness.verifiers.events import event_count, time_to_event
from harness.verifiers.gap import picture_gap, sound_gap
from harness.verifiers.recovery import picture_recovery, sound_recovery


@pytest.mark.parametrize("seconds", [2, 5])
@clause("NET-007", "NET-008", "NET-009", "NET-010", "NET-011")
async def test_a_short_outage_heals_by_itself(stage: Stage, judge: Judge, seconds: int) -> None:
    alice, bob = await stage.join("alice", "bob")
    from_alice = await alice.publish(Tone(pilot_hz=400))
    from_bob = await bob.publish(Tone(pilot_hz=700))
    alice_seen = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    bob_seen = await bob.publish(ColourCode(track_code=4), options=ONE_LAYER)
    at_bob = await bob.record(from_alice, alice_seen)
    at_alice = await alice.record(from_bob, bob_seen)
    await at_bob.until_flowing()
    await at_alice.until_steady()
    gone = await stage.play(fault(Blackhole(), seconds=seconds), "bob")
    healed = gone + seconds * NS_PER_S
    until = await stage.run(seconds=seconds + 4)

    for heard, seen, received, sound, picture in (
        ("NET-007", "NET-008", at_bob, from_alice, alice_seen),
        ("NET-009", "NET-010", at_alice, from_bob, bob_seen),
    ):
        judge(
            heard,
            sound_recovery,
            received[sound],
            sound.signal,
            healed_ns=healed,
            until_ns=until,
            alive=received.witness(picture),
        )
        judge(
            seen,
            picture_recovery,
            received[picture],
            picture.signal,
            healed_ns=healed,
            until_ns=until,
            alive=received.witness(sound),
        )
    judge("NET-011", event_count, stage.events, "reconnecting", since_ns=gone, until_ns=until)


@pytest.mark.long
@clause("NET-012", "NET-013", "NET-014", limit_s=90)
async def test_a_long_outage_heals_by_reconnecting(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_steady()
    gone = await stage.play(fault(Blackhole(), seconds=20), "bob")
    healed = gone + 20 * NS_PER_S
    until = await stage.run(seconds=28)

    judge(
        "NET-012",
        sound_recovery,
        received[sound],
        sound.signal,
        healed_ns=healed,
        until_ns=until,
        alive=received.witness(picture),
    )
    judge(
        "NET-013",
        picture_recovery,
        received[picture],
        picture.signal,
        healed_ns=healed,
        until_ns=until,
        alive=received.witness(sound),
    )
    judge(
        "NET-014",
        time_to_event,
        bob.events,
        "reconnecting",
        since_ns=gone,
        until_ns=until,
    )


@clause("NET-015", "NET-016", "NET-017")
async def test_a_new_port_behind_a_nat_is_followed(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    since = await received.until_steady()
    await stage.impair(Rebind(first_ms=0, target=Target(participant="bob")))
    until = await stage.run(seconds=5)

    judge(
        "NET-015",
        sound_gap,
        received[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        alive=received.witness(picture),
    )
    judge(
        "NET-016",
        picture_gap,
        received[picture],
        picture.signal.track_code,
        since_ns=since,
        until_ns=until,
        alive=received.witness(sound),
    )
    judge(
        "NET-017",
        event_count,
        bob.events,
        "reconnecting",
        since_ns=since,
        until_ns=until,
    )
