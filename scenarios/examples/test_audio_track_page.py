"""The examples of the audio-track page, from its imports to its clean-up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.evidence.measurement import Measurement, missing
from harness.evidence.sdk_call import read_calls
from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import fact
from harness.verifiers.sdk_calls import calls_that_ended, calls_without
from scenarios.probes import PROBES

PAGE = PROBES / "example_audio_page.py"
SAID = ["alice muted", "alice unmuted"]


@clause("EX-011", "EX-012")
async def test_the_names_of_the_page_can_be_imported(stage: Stage, judge: Judge) -> None:
    lacking = await stage.probe(PAGE, "imports")
    lacking_in_rtc = await stage.probe(PAGE, "names_of_rtc")

    judge("EX-011", fact, not lacking, f"`livekit` has no {', '.join(lacking) or 'gap'}")
    judge("EX-012", fact, not lacking_in_rtc, f"not there: {', '.join(lacking_in_rtc) or 'none'}")


@clause("EX-013", "EX-014", "EX-015", "EX-016", "EX-017")
async def test_the_complete_example_runs(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    await bob.probe(PAGE, "listen")
    journal = alice.handle.folder / "example.calls"
    await alice.probe(PAGE, "complete_example", journal=str(journal.resolve()))
    await bob.told("track_unpublished")
    told = await bob.probe(PAGE, "heard")
    left = [state for state in await bob.publications() if not state.local]
    calls = list(read_calls(journal).values())
    toggles = [call for call in calls if call.name in ("mute", "unmute")]

    judge("EX-013", calls_that_ended, calls, "raised", "died")
    judge("EX-014", calls_without, toggles, {"mute": True, "unmute": False})
    judge("EX-015", frames_as_shown, told)
    judge("EX-016", fact, told["mutes"] == SAID, f"the handlers were told: {told['mutes']}")
    judge("EX-017", fact, not left, f"{len(left)} publications are left")


@clause("EX-018")
async def test_the_shorter_examples_run(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice")
    journal = alice.handle.folder / "examples.calls"
    await alice.probe(PAGE, "short_examples", journal=str(journal.resolve()))

    judge("EX-018", calls_that_ended, list(read_calls(journal).values()), "raised", "died")


def frames_as_shown(told: Mapping[str, Any]) -> Measurement:
    """How many frames were not 480 samples of 10 ms, as the page prints them."""
    if not told["frames"]:
        return missing("frames", "no frame came")
    note = f"{told['frames']} frames came"
    return Measurement(value=told["odd"], unit="frames", rests_on=told["frames"], notes=(note,))
