"""Pictures that are captured one by one, as a subscriber decodes them."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.clock import NS_PER_S
from harness.scenario import ColourCode, Judge, Participant, Publication, Stage, Tone, clause
from harness.verifiers.picture_edge import first_frame, frames_seen, last_frame
from harness.verifiers.picture_lag import first_frame_lag
from harness.verifiers.picture_order import (
    frames_out_of_order,
    frames_repeated,
    frames_skipped_ratio,
)
from harness.verifiers.picture_pace import frame_rate, timestamp_error
from harness.verifiers.picture_sizes import Captured, frames_of_wrong_size
from scenarios.probes import PROBES

CAMERA = PROBES / "wire_camera.py"
CODE = ColourCode(track_code=3)
SIZE = {"width": CODE.width, "height": CODE.height}
LARGE = Captured(first=1, pictures=60, width=640, height=360)
SMALL = Captured(first=61, pictures=30, width=320, height=180)
LARGE_AGAIN = Captured(first=91, pictures=75, width=640, height=360)
BURST = range(2, 32)
RUNS = ((LARGE, 30), (SMALL, 15), (LARGE_AGAIN, 30))
"""Pictures, and how many of them a second."""


@clause("WIRE-001", "WIRE-002", "WIRE-003", "WIRE-021")
async def test_a_picture_is_seen_by_whoever_is_there(stage: Stage, judge: Judge) -> None:
    alice, carol = await stage.join("alice", "carol")
    proof, camera = await alice.publish(Tone(pilot_hz=700)), await publish_camera(stage, alice)
    there = await carol.record(proof, camera)
    since = await repeat(alice, camera, number=1, seconds=1)
    still = await stage.run(seconds=1.3)
    (bob,) = await stage.join("bob")
    late = await bob.record(proof, camera)
    joined = await bob.told("track_subscribed", camera)
    before = await stage.run(seconds=2)
    again = await alice.probe(CAMERA, "capture", sid=camera.sid, number=2, **SIZE)
    after = await stage.run(seconds=0.5)
    await repeat(alice, camera, number=3, seconds=20)
    (dave,) = await stage.join("dave")
    later = await dave.record(proof, camera)
    subscribed = await dave.told("track_subscribed", camera)
    end = await stage.run(seconds=1)

    alive = late.witness(proof)
    seen = late[camera]
    judge("WIRE-001", frames_seen, seen, 3, since_ns=joined.at_ns, until_ns=before, alive=alive)
    judge("WIRE-002", first_frame, seen, 3, since_ns=again, until_ns=after, alive=alive)
    seen, alive = later[camera], later.witness(proof)
    judge("WIRE-003", first_frame, seen, 3, since_ns=subscribed.at_ns, until_ns=end, alive=alive)
    seen, alive = there[camera], there.witness(proof)
    judge("WIRE-021", frames_seen, seen, 3, since_ns=since, until_ns=still, alive=alive)


@clause("WIRE-004", "WIRE-005", "WIRE-006", "WIRE-007", "WIRE-008", "WIRE-009", "WIRE-010")
async def test_pictures_come_as_they_were_captured(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    camera = await publish_camera(stage, alice)
    seen = await bob.record(camera)
    runs = [(r.first, r.pictures, fps, r.width, r.height) for r, fps in RUNS]
    since = await alice.probe(CAMERA, "film", sid=camera.sid, runs=runs)
    await stage.run(seconds=4.5)
    (carol,) = await stage.join("carol")
    late = await carol.record(camera)
    joined = await carol.told("track_subscribed", camera)
    until = await stage.run(seconds=1.5)
    whole = {"since_ns": since, "until_ns": until}
    small = {"since_ns": since + int(2.2 * NS_PER_S), "until_ns": since + int(3.9 * NS_PER_S)}
    steady = {"since_ns": since + NS_PER_S, "until_ns": until}
    captured = [run for run, _ in RUNS]

    judge("WIRE-004", frames_of_wrong_size, seen[camera], 3, captured=captured, **whole)
    judge("WIRE-005", frames_out_of_order, seen[camera], 3, **whole)
    judge("WIRE-006", frames_repeated, seen[camera], 3, **whole)
    judge("WIRE-007", frames_skipped_ratio, seen[camera], 3, **whole)
    judge("WIRE-008", frame_rate, seen[camera], 3, **small)
    judge("WIRE-009", timestamp_error, seen[camera], 3, sent=camera.sent, **steady)
    judge(
        "WIRE-010",
        first_frame_lag,
        late[camera],
        3,
        sent=camera.sent,
        since_ns=joined.at_ns,
        until_ns=until,
    )


@clause("WIRE-020")
async def test_pictures_captured_in_one_go_do_not_wait_in_turn(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    proof, camera = await alice.publish(Tone(pilot_hz=700)), await publish_camera(stage, alice)
    seen = await bob.record(proof, camera)
    await repeat(alice, camera, number=1, seconds=2)
    await stage.run(seconds=2.2)
    since = await alice.probe(
        CAMERA, "burst", sid=camera.sid, first=BURST[0], pictures=len(BURST), **SIZE
    )
    until = await stage.run(seconds=2)

    judge(
        "WIRE-020",
        last_frame,
        seen[camera],
        3,
        since_ns=since,
        until_ns=until,
        alive=seen.witness(proof),
        numbers=BURST,
    )


async def repeat(
    alice: Participant, camera: Publication[ColourCode], *, number: int, seconds: float
) -> int:
    """Alice captures one picture again and again, ten times a second; monotonic ns."""
    at_ns: int = await alice.probe(
        CAMERA, "repeat", sid=camera.sid, number=number, fps=10, seconds=seconds, **SIZE
    )
    return at_ns


async def publish_camera(stage: Stage, alice: Participant) -> Publication[ColourCode]:
    """Alice publishes a camera that captures nothing yet."""
    sent = Path.cwd() / stage.folder / "camera.sent"
    sid = await alice.probe(CAMERA, "publish", track_code=CODE.track_code, sent=str(sent), **SIZE)
    return alice.published(CODE, name="camera", sid=sid, start_ns=0, sent=sent)
