"""A subscriber says how large it shows a picture: it gets the layer that fits."""

from __future__ import annotations

from harness.scenario import ColourCode, Judge, Stage, Tone, clause
from harness.verifiers.combine import offered
from harness.verifiers.layer_switch import time_to_layer
from scenarios.probes import PROBES

CAMERA = ColourCode(track_code=3, width=1280, height=720)


@clause("LAY-012")
async def test_an_application_can_ask_for_adaptive_stream(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(PROBES / "api.py", "options_of", name="RoomOptions")

    judge(
        "LAY-012",
        offered,
        "adaptive_stream",
        names,
        "RoomOptions has no such field and nothing measures how large a picture is shown; "
        "only the native request `update_remote_track_publication_dimension` says it",
    )


@clause("LAY-013", "LAY-014", "LAY-015")
async def test_the_layer_fits_the_size_that_is_shown(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    (bob,) = await stage.join("bob")
    picture, proof = await alice.publish(CAMERA), await alice.publish(Tone(pilot_hz=700))
    seen = await bob.record(picture, proof)
    await seen.until_steady()
    since = await bob.set_dimensions(picture, 150, 150)
    small = {"px": 180, "since_ns": since, "until_ns": await stage.run(seconds=3)}
    since = await bob.set_dimensions(picture, 640, 360)
    middle = {"px": 360, "since_ns": since, "until_ns": await stage.run(seconds=3)}
    since = await bob.set_dimensions(picture, 1280, 720)
    large = {"px": 720, "since_ns": since, "until_ns": await stage.run(seconds=4.5)}

    alive = seen.witness(proof)
    judge("LAY-013", time_to_layer, seen[picture], CAMERA.track_code, alive=alive, **small)
    judge("LAY-014", time_to_layer, seen[picture], CAMERA.track_code, alive=alive, **middle)
    judge("LAY-015", time_to_layer, seen[picture], CAMERA.track_code, alive=alive, **large)
