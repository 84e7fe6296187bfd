"""Layers that nobody wants are not sent, where the publisher asks for dynacast, and return."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, clause
from harness.verifiers.gap import picture_gap
from harness.verifiers.layer_switch import time_to_layer
from harness.verifiers.layers import layers_sent, time_to_one_layer
from harness.verifiers.picture_edge import first_frame
from harness.verifiers.wire import time_to_last_packet

CAMERA = ColourCode(track_code=3, width=960, height=540)
SMALL = ColourCode(track_code=4, width=320, height=180)
ALWAYS = ColourCode(track_code=5, width=960, height=540)


@clause("LAY-016", "LAY-017", "LAY-018", "LAY-019", "LAY-020", "LAY-021")
async def test_what_nobody_wants_is_not_sent(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False, dynacast=True)
    (dave,) = await stage.join("dave", auto_subscribe=False)
    (bob,) = await stage.join("bob")
    picture, always = await alice.publish(CAMERA), await dave.publish(ALWAYS)
    small = await alice.publish(SMALL, options=ONE_LAYER)
    seen = await bob.record(picture, small, always)
    await seen.until_steady()
    since = await bob.set_quality(picture, "low")
    await bob.set_quality(always, "low")
    gone = await bob.unsubscribe(small)
    still = await stage.run(seconds=8)
    wanted = await bob.set_quality(picture, "high")
    back = await bob.subscribe(small)
    until = await stage.run(seconds=3)

    code, watched = CAMERA.track_code, {"since_ns": since, "until_ns": still}

    judge(
        "LAY-016", time_to_one_layer, stage.ledger,
        participant="alice", track=picture.sid, **watched,
    )  # fmt: skip
    judge(
        "LAY-017", time_to_last_packet, stage.ledger,
        participant="alice", direction="up", track=small.sid, since_ns=gone, until_ns=still,
    )  # fmt: skip
    alive = seen.witness(always)
    judge("LAY-018", picture_gap, seen[picture], code, alive=alive, **watched)
    judge(
        "LAY-019", time_to_layer, seen[picture], code,
        px=CAMERA.height, since_ns=wanted, until_ns=until, alive=alive,
    )  # fmt: skip
    judge(
        "LAY-020", first_frame, seen[small], SMALL.track_code,
        since_ns=back, until_ns=until, alive=seen.witness(picture), returning=True,
    )  # fmt: skip
    judge(
        "LAY-021", layers_sent, stage.ledger,
        participant="dave", track=always.sid, since_ns=still - NS_PER_S, until_ns=still,
    )  # fmt: skip
