"""Defects of a picture, located in time: there are none of their own, and those made are seen."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.clock import NS_PER_S
from harness.network.impairments import Blackhole, Loss
from harness.scenario import (
    ColourCode,
    Judge,
    Participant,
    Publication,
    PublishOptions,
    Stage,
    Window,
    clause,
    fault,
)
from harness.verifiers.frame_interval import (
    frame_interval_jitter,
    frame_interval_p95,
    long_interval_ratio,
)
from harness.verifiers.freeze import freeze_count, longest_freeze
from harness.verifiers.freeze_place import (
    freeze_end,
    freeze_length_error,
    freeze_start,
    freezes_elsewhere,
)
from harness.verifiers.picture_order import frames_lost, frames_never_sent
from scenarios.probes import PROBES

PROBE = PROBES / "wire_camera.py"
CAMERA = ColourCode(track_code=3, fps=30)
ALL_SENT = PublishOptions(simulcast=False, max_bitrate_kbps=500)
"""The SDK's own encoding of this size has 25 pictures a second; with a rate given it has all."""
STANDS_STILL = ((1, 60, 30), (61, 1, 1), (62, 90, 30))
"""First number, pictures, and pictures a second: number 61 is all there is for a second."""


@clause("PIC-001", "PIC-002", "PIC-003", "PIC-004", "PIC-005", "PIC-006")
async def test_a_clean_path_spoils_no_picture(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(CAMERA, options=ALL_SENT)
    seen = await bob.record(picture)
    since = await seen.until_steady()
    until = await stage.run(seconds=4)
    whole = Window(since_ns=since, until_ns=until)
    arrived = Window(since_ns=since, until_ns=until - NS_PER_S // 2)
    code = CAMERA.track_code

    judge("PIC-001", freeze_count, seen[picture], code, **whole)
    judge("PIC-002", frames_lost, seen[picture], code, sent=picture.sent, **arrived)
    judge("PIC-003", frames_never_sent, seen[picture], code, sent=picture.sent, **whole)
    judge("PIC-004", frame_interval_p95, seen[picture], CAMERA, **whole)
    judge("PIC-005", frame_interval_jitter, seen[picture], CAMERA, **whole)
    judge("PIC-006", long_interval_ratio, seen[picture], CAMERA, **whole)


@clause("PIC-007", "PIC-008")
async def test_a_picture_stands_still_where_its_camera_did(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    camera = await publish_camera(stage, alice)
    seen = await bob.record(camera)
    runs = [(*run, CAMERA.width, CAMERA.height) for run in STANDS_STILL]
    began: int = await alice.probe(PROBE, "film", sid=camera.sid, runs=runs)
    until = await stage.run(seconds=5)
    whole = Window(since_ns=began + NS_PER_S, until_ns=until)
    code = CAMERA.track_code

    judge("PIC-007", freezes_elsewhere, seen[camera], code, sent=camera.sent, **whole)
    judge("PIC-008", freeze_length_error, seen[camera], code, sent=camera.sent, **whole)


@clause("PIC-009", "PIC-010", "PIC-011", "PIC-012")
async def test_a_picture_goes_on_when_the_network_does(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    picture = await alice.publish(CAMERA, options=ALL_SENT)
    received = await bob.record(picture)
    await received.until_steady()
    gone = await stage.play(fault(Blackhole(), seconds=1), "bob")
    calm = await stage.run(seconds=4)
    lossy = await stage.play(fault(Loss(ratio=0.1), seconds=3), "bob")
    until = await stage.run(seconds=7.5)
    seen, code = received[picture], CAMERA.track_code
    outage = Window(since_ns=gone, until_ns=calm)

    judge("PIC-009", freeze_start, seen, code, **outage)
    judge("PIC-010", freeze_end, seen, code, **outage, healed_ns=gone + NS_PER_S)
    judge("PIC-011", longest_freeze, seen, code, since_ns=lossy, until_ns=until)
    judge("PIC-012", freeze_count, seen, code, since_ns=until - NS_PER_S, until_ns=until)


async def publish_camera(stage: Stage, alice: Participant) -> Publication[ColourCode]:
    """Alice publishes a camera that captures nothing yet."""
    sent = Path.cwd() / stage.folder / "camera.sent"
    sid = await alice.probe(
        PROBE,
        "publish",
        track_code=CAMERA.track_code,
        width=CAMERA.width,
        height=CAMERA.height,
        sent=str(sent),
    )
    return alice.published(CAMERA, name="camera", sid=sid, start_ns=0, sent=sent)
