"""A subscriber asks for a quality: it gets that layer, soon and cleanly, and nobody else does."""

from __future__ import annotations

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.sdk_call import read_calls
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import largest
from harness.verifiers.gap import picture_gap
from harness.verifiers.layer_switch import capped_ratio, frames_of_another_layer, time_to_layer
from harness.verifiers.layers import full_layer_ratio, layers_sent
from harness.verifiers.sdk_calls import calls_not_raising
from harness.verifiers.wire_rate import track_rate
from harness.verifiers.wrong_layer import wrong_layer_time
from scenarios.probes import PROBES

CAMERA = ColourCode(track_code=3, width=1280, height=720)
CODE, FULL, LOW = CAMERA.track_code, CAMERA.height, 180


@clause("LAY-001", "LAY-002", "LAY-003", "LAY-004", "LAY-005", "LAY-006",
        "LAY-007", "LAY-008", "LAY-009", "PIC-013")  # fmt: skip
async def test_a_subscriber_gets_the_layer_that_it_asks_for(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    bob, carol = await stage.join("bob", "carol")
    picture, proof = await alice.publish(CAMERA), await alice.publish(Tone(pilot_hz=700))
    seen, others = await bob.record(picture, proof), await carol.record(picture, proof)
    await seen.until_steady()
    since = await bob.set_quality(picture, "low")
    low = {"px": LOW, "since_ns": since, "until_ns": await stage.run(seconds=3)}
    since = await bob.set_quality(picture, "medium")
    medium = {"px": 360, "since_ns": since, "until_ns": await stage.run(seconds=3)}
    since = await bob.set_quality(picture, "high")
    high = {"px": FULL, "since_ns": since, "until_ns": await stage.run(seconds=3)}
    whole = {"since_ns": low["since_ns"], "until_ns": high["until_ns"]}

    alive = seen.witness(proof)
    judge("LAY-001", time_to_layer, seen[picture], CODE, alive=alive, **low)
    judge("LAY-002", time_to_layer, seen[picture], CODE, alive=alive, **medium)
    judge("LAY-003", time_to_layer, seen[picture], CODE, alive=alive, **high)
    judge("LAY-004", picture_gap, seen[picture], CODE, alive=alive, **whole)

    def of_another_layer() -> Measurement:
        return largest(
            *(frames_of_another_layer(seen[picture], CODE, **one) for one in (low, medium, high))
        )

    judge("LAY-005", of_another_layer)
    judge(
        "LAY-006",
        track_rate,
        stage.ledger,
        participant="bob",
        direction="down",
        track=picture.sid,
        since_ns=low["since_ns"] + NS_PER_S,
        until_ns=low["until_ns"],
    )
    judge("LAY-007", full_layer_ratio, others[picture], CODE, full_px=FULL, **whole)
    alive = others.witness(proof)
    judge("LAY-008", picture_gap, others[picture], CODE, alive=alive, **whole)
    judge("LAY-009", layers_sent, stage.ledger, participant="alice", track=picture.sid, **whole)

    def in_a_wrong_layer() -> Measurement:
        return largest(
            *(
                wrong_layer_time(
                    seen[picture], CODE, heights_px=(one["px"],),
                    since_ns=one["since_ns"], until_ns=one["until_ns"],
                )
                for one in (low, medium, high)
            )
        )  # fmt: skip

    judge("PIC-013", in_a_wrong_layer)


@clause("LAY-010")
async def test_what_has_no_layers_has_no_quality(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    await bob.record(sound, picture)
    journal = (bob.handle.folder / "quality.calls").resolve()
    await bob.probe(
        PROBES / "layer_calls.py",
        "ask_for_low",
        journal=str(journal),
        sids=[sound.sid, picture.sid],
    )

    judge("LAY-010", calls_not_raising, list(read_calls(journal).values()), "ValueError")


@clause("LAY-011")
async def test_a_quality_outlives_disabling(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    (bob,) = await stage.join("bob")
    picture = await alice.publish(CAMERA)
    seen = await bob.record(picture)
    await seen.until_steady()
    asked = await bob.set_quality(picture, "low")
    await stage.run(seconds=1.5)
    await bob.set_enabled(picture, False)
    await stage.run(seconds=1)
    since = await bob.set_enabled(picture, True)
    until = await stage.run(seconds=2)

    judge(
        "LAY-011",
        capped_ratio,
        seen[picture],
        CODE,
        at_most_px=LOW,
        asked_ns=asked,
        since_ns=since,
        until_ns=until,
        returning=True,
    )
