"""Everybody in the room is told of a mute and of its end, once, with the right arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from harness.evidence.measurement import Measurement, missing
from harness.evidence.sdk_event import SdkEvent
from harness.scenario import Judge, Stage, Tone, Window, clause
from harness.verifiers.combine import at_worst, fact
from harness.verifiers.event_turns import events_out_of_turn
from harness.verifiers.events import event_count, time_to_event
from harness.verifiers.sound_edge import first_tone

EVERYBODY = ("alice", "bob", "carol")


@pytest.mark.smoke
@clause("MUTE-001", "MUTE-014", "MUTE-017", "MUTE-021", "MUTE-022")
async def test_mute_is_announced_to_everybody(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    for listener in (bob, carol):
        await listener.told("track_published", sound)
    await stage.run(seconds=1)
    since = await sound.mute()
    muted = Window(since_ns=since, until_ns=await stage.run(seconds=1))
    ended = await sound.unmute()
    unmuted = Window(since_ns=ended, until_ns=await stage.run(seconds=1))
    both = Window(since_ns=since, until_ns=unmuted["until_ns"])
    events, track = stage.events, sound.sid

    def at_each(
        clause_id: str, verifier: Callable[..., Measurement], name: str, window: Window
    ) -> None:
        judge(
            clause_id, at_worst, verifier, "participant", EVERYBODY,
            events=events, name=name, track=track, **window,
        )  # fmt: skip

    at_each("MUTE-001", time_to_event, "track_muted", muted)
    at_each("MUTE-017", event_count, "track_muted", muted)
    at_each("MUTE-021", time_to_event, "track_unmuted", unmuted)
    judge(
        "MUTE-022",
        at_worst,
        events_out_of_turn,
        "participant",
        EVERYBODY,
        events=events,
        names=["track_muted", "track_unmuted"],
        track=track,
        **both,
    )
    judge("MUTE-014", handler_arguments, stage.events)


@clause("MUTE-023", "MUTE-024")
async def test_who_comes_late_knows_of_the_mute(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    sound = await alice.publish(Tone(pilot_hz=400))
    await stage.run(seconds=1)
    await sound.mute()
    await stage.run(seconds=1)
    (bob,) = await stage.join("bob")
    heard = await bob.record(sound)
    told = await bob.publications()
    await stage.run(seconds=1)
    since = await sound.unmute()
    until = await stage.run(seconds=1)

    said = [p.muted for p in told]
    judge("MUTE-023", fact, said == [True], f"`muted` of the publications that bob sees: {said}")
    judge(
        "MUTE-024",
        first_tone,
        heard[sound],
        sound.signal,
        since_ns=since,
        until_ns=until,
        returning=True,
    )


def handler_arguments(events: Sequence[SdkEvent]) -> Measurement:
    """Whether `track_muted` handlers were called with a participant, then a publication."""
    given = [event.details["arguments"] for event in events if event.name == "track_muted"]
    if not given:
        return missing("bool", "nobody was told of a mute")
    right = all(
        [one.endswith("Participant"), other.endswith("TrackPublication")] == [True, True]
        for one, other in given
    )
    return fact(right, f"handlers were called with {sorted({tuple(pair) for pair in given})}")
