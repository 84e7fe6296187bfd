"""A muted camera: no further picture, no further packet, and then pictures again, current."""

from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.picture_lag import first_frame_lag
from harness.verifiers.wire import packets_between

STEADY_SILENCE = 500 * NS_PER_MS


@pytest.mark.smoke
@clause("MUTE-010", "MUTE-011", "MUTE-012", "MUTE-013")
async def test_muted_camera_stands_still_and_returns(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    proof = await alice.publish(Tone(pilot_hz=700))
    seen = await bob.record(picture, proof)
    await seen.until_flowing()
    await stage.run(seconds=1)
    muted = await picture.mute()
    still = await stage.run(seconds=3)
    unmuted = await picture.unmute()
    until = await stage.run(seconds=2)
    code, alive = picture.signal.track_code, seen.witness(proof)

    judge(
        "MUTE-010",
        last_frame,
        seen[picture],
        code,
        since_ns=muted,
        until_ns=still,
        alive=alive,
    )
    judge(
        "MUTE-011",
        packets_between,
        stage.ledger,
        participant="bob",
        direction="down",
        track=picture.sid,
        since_ns=muted + STEADY_SILENCE,
        until_ns=still,
        flow_ns=(muted - NS_PER_S, muted),
    )
    judge(
        "MUTE-012",
        first_frame,
        seen[picture],
        code,
        since_ns=unmuted,
        until_ns=until,
        alive=alive,
    )
    judge(
        "MUTE-013",
        first_frame_lag,
        seen[picture],
        code,
        sent=picture.sent,
        since_ns=unmuted,
        until_ns=until,
    )
