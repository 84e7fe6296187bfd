"""A muted camera: no further picture, no further packet, and then pictures again, current."""

from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.ledger_records import Direction
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, Window, clause
from harness.verifiers.black import black_frames
from harness.verifiers.picture_edge import first_frame, last_frame
from harness.verifiers.picture_lag import first_frame_lag
from harness.verifiers.wire import packets_between

CODE = 3
STEADY_SILENCE = 500 * NS_PER_MS
EDGE = 200 * NS_PER_MS
"""Before the unmute, of which a stray black picture may be seen."""


@pytest.mark.smoke
@clause("MUTE-010", "MUTE-011", "MUTE-012", "MUTE-013", "MUTE-029", "MUTE-031")
async def test_muted_camera_stands_still_and_returns(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(ColourCode(track_code=CODE), options=ONE_LAYER)
    proof = await alice.publish(Tone(pilot_hz=700))
    seen = await bob.record(picture, proof)
    await seen.until_flowing()
    await stage.run(seconds=1)
    muted = await picture.mute()
    still = await stage.run(seconds=3)
    unmuted = await picture.unmute()
    until = await stage.run(seconds=2)
    recording, alive = seen[picture], seen.witness(proof)
    steady = Window(since_ns=muted + STEADY_SILENCE, until_ns=still)
    inside = Window(since_ns=muted + STEADY_SILENCE, until_ns=still - EDGE)
    again = Window(since_ns=unmuted, until_ns=until)

    judge("MUTE-010", last_frame, recording, CODE, since_ns=muted, until_ns=still, alive=alive)
    ways: tuple[tuple[str, str, Direction], ...] = (
        ("MUTE-011", "bob", "down"),
        ("MUTE-029", "alice", "up"),
    )
    for clause_id, who, direction in ways:
        judge(
            clause_id,
            packets_between,
            stage.ledger,
            participant=who,
            direction=direction,
            track=picture.sid,
            flow_ns=(muted - NS_PER_S, muted),
            **steady,
        )
    judge("MUTE-031", black_frames, recording, CODE, alive=alive, **inside)
    judge("MUTE-012", first_frame, recording, CODE, alive=alive, returning=True, **again)
    judge("MUTE-013", first_frame_lag, recording, CODE, sent=picture.sent, **again)
