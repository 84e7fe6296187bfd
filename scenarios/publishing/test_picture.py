"""Pictures that are published are seen: all of them, in order, once, and only where they belong."""

from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement
from harness.scenario import ONE_LAYER, ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import largest
from harness.verifiers.picture_order import (
    foreign_frames,
    frames_out_of_order,
    frames_read_ratio,
    frames_repeated,
)


@pytest.mark.smoke
@clause("PUB-003", "PUB-004", "PUB-005")
async def test_pictures_arrive_as_they_were_sent(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    proof = await alice.publish(Tone(pilot_hz=700))
    seen = await bob.record(picture, proof)
    since = await seen.until_steady()
    until = await stage.run(seconds=3)
    await stage.run(seconds=1)  # what comes late has come
    code = picture.signal.track_code

    judge(
        "PUB-003",
        frames_read_ratio,
        seen[picture],
        code,
        sent=picture.sent,
        since_ns=since,
        until_ns=until,
        alive=seen.witness(proof),
    )
    judge("PUB-004", frames_out_of_order, seen[picture], code, since_ns=since, until_ns=until)
    judge("PUB-005", frames_repeated, seen[picture], code, since_ns=since, until_ns=until)


@clause("PUB-010")
async def test_two_cameras_are_told_apart(stage: Stage, judge: Judge) -> None:
    alice, carol = await stage.join("alice", "carol")
    one = await alice.publish(ColourCode(track_code=1), options=ONE_LAYER)
    other = await carol.publish(ColourCode(track_code=2), options=ONE_LAYER)
    (bob,) = await stage.join("bob")
    seen = await bob.record(one, other)
    since = await seen.until_steady()
    until = await stage.run(seconds=3)

    def worse() -> Measurement:
        return largest(
            *(
                foreign_frames(seen[p], p.signal.track_code, since_ns=since, until_ns=until)
                for p in (one, other)
            )
        )

    judge("PUB-010", worse)
