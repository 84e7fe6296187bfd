"""Everybody in the room is told of a mute, once, with the right arguments."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from harness.evidence.measurement import Measurement, missing
from harness.evidence.sdk_event import SdkEvent
from harness.scenario import Judge, Stage, Tone, clause
from harness.verifiers.combine import fact, largest
from harness.verifiers.events import event_count, time_to_event

API_PROBE = Path(__file__).parent.parent / "probes" / "api.py"


@pytest.mark.smoke
@clause("MUTE-001", "MUTE-014", "MUTE-017")
async def test_mute_is_announced_to_everybody(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    (carol,) = await stage.join("carol", auto_subscribe=False)
    sound = await alice.publish(Tone(pilot_hz=400))
    for listener in (bob, carol):
        await listener.told("track_published", sound)
    await stage.run(seconds=1)
    since = await sound.mute()
    until = await stage.run(seconds=1)

    def at_each(verifier: Callable[..., Measurement]) -> Measurement:
        return largest(
            *(
                verifier(
                    stage.events,
                    "track_muted",
                    participant=who.identity,
                    track=sound.sid,
                    since_ns=since,
                    until_ns=until,
                )
                for who in (alice, bob, carol)
            )
        )

    judge("MUTE-001", at_each, time_to_event)
    judge("MUTE-017", at_each, event_count)
    judge("MUTE-014", handler_arguments, stage.events)


@clause("MUTE-015")
async def test_a_publication_can_be_muted(stage: Stage, judge: Judge) -> None:
    offered = await stage.probe(API_PROBE, "methods_of", name="LocalTrackPublication")

    judge(
        "MUTE-015",
        fact,
        {"mute", "unmute"} <= set(offered),
        f"LocalTrackPublication offers {', '.join(offered)}",
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
