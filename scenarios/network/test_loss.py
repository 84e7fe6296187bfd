"""Lost packets: SDK, server and gateway count the same, and pictures survive."""

from __future__ import annotations

import pytest

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.picture_order import frames_read_ratio
from harness.verifiers.sdk_loss import sdk_loss_against_ledger
from harness.verifiers.server_loss import server_loss_against_ledger

DOWN = Loss(ratio=0.05, target=Target(participant="bob", direction="down"))
UP = Loss(ratio=0.1, target=Target(participant="alice", direction="up", medium="audio"))


@pytest.mark.smoke
@clause("NET-001", "NET-002")
async def test_lost_packets_are_counted_and_repaired(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    received = await bob.record(sound, picture)
    await received.until_flowing()
    before = await bob.statistics()
    since = await stage.impair(DOWN)
    until = await stage.run(seconds=5)
    await stage.impair()
    await stage.run(seconds=1)
    after = await bob.statistics()

    judge("NET-001", sdk_loss_against_ledger, before, after, stage.ledger, participant="bob")
    judge(
        "NET-002",
        frames_read_ratio,
        received[picture],
        picture.signal.track_code,
        sent=picture.sent,
        since_ns=since,
        until_ns=until,
        alive=received.witness(sound),
    )


@clause("NET-006")
async def test_packets_lost_on_the_way_up_are_reported(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    await alice.publish(Tone(pilot_hz=400))
    await stage.run(seconds=1)
    await stage.impair(UP)
    await stage.run(seconds=3)
    await stage.impair()
    await stage.run(seconds=2.5)
    after = await alice.statistics()

    judge("NET-006", server_loss_against_ledger, after, stage.ledger, participant="alice")
