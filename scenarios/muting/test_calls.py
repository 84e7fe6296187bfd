"""The calls that mute: where they are, what they do at once, and whose tracks they reach."""

from __future__ import annotations

from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.black import BLACK_LUMA
from harness.verifiers.combine import fact, offered
from scenarios.probes import PROBES

API, CALLS = PROBES / "api.py", PROBES / "mute_calls.py"


@clause("MUTE-018")
async def test_one_call_turns_a_device_on(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "calls_of", name="LocalParticipant")
    otherwise = (
        "a source, a track and `publish_track` are three calls; `MediaDevices` opens devices"
    )

    judge("MUTE-018", offered, "set_camera_enabled", names, otherwise)


@clause("MUTE-015")
async def test_a_publication_can_be_muted(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "methods_of", name="LocalTrackPublication")

    judge(
        "MUTE-015",
        fact,
        {"mute", "unmute"} <= set(names),
        f"LocalTrackPublication offers {', '.join(names)}",
    )


@clause("MUTE-019", "MUTE-020")
async def test_own_tracks_are_muted_at_once_and_others_never(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sound = await alice.publish(Tone(pilot_hz=400))
    await bob.told("track_subscribed", sound)
    remote = await bob.probe(CALLS, "mute_remote", sid=sound.sid)
    own = await alice.probe(CALLS, "mute_at_once", sid=sound.sid)

    judge("MUTE-019", fact, "returned" not in remote.values(), f"what came of it: {remote}")
    words = f"muted was {own['before']}, and {own['after']} {own['took_ms']:.1f} ms after the call"
    judge("MUTE-020", fact, own["after"] and not own["before"], words)


@clause("MUTE-030")
async def test_a_muted_camera_is_black(stage: Stage, judge: Judge) -> None:
    lumas = await stage.probe(CALLS, "pictures_when_muted")

    judge("MUTE-030", fact, max(lumas) <= BLACK_LUMA, f"luma of pictures after it: {lumas}")
