"""Arguments of the wrong type, size or range are refused, and end no application."""

from __future__ import annotations

from harness.evidence.sdk_call import SdkCall
from harness.scenario import Judge, Stage, clause
from harness.verifiers.sdk_calls import calls_not_raising, calls_that_ended
from scenarios.probes import PROBES

REFUSED = {
    "AUD-028": "arguments_of_a_source",
    "AUD-031": "data_of_a_frame",
    "AUD-032": "sizes_of_a_frame",
    "AUD-033": "frames_of_another_kind",
    "AUD-034": "what_is_no_frame",
    "AUD-035": "closed_sources",
    "AUD-037": "sources_of_a_track",
    "AUD-039": "arguments_of_a_stream",
}
"""Clause to the group of calls that must end in an exception."""
HARMLESS = {
    "AUD-029": "queue_sizes",
    "AUD-030": "sources_that_cannot_be",
    "AUD-040": "streams_that_cannot_be",
}
"""Clause to the group of calls that must not end the process."""


@clause(
    "AUD-028",
    "AUD-031",
    "AUD-032",
    "AUD-033",
    "AUD-034",
    "AUD-035",
    "AUD-036",
    "AUD-037",
    "AUD-038",
    "AUD-039",
)
async def test_wrong_arguments_are_refused(stage: Stage, judge: Judge) -> None:
    made = {group: await calls_of(stage, group) for group in REFUSED.values()}
    names = await calls_of(stage, "names_of_a_track")

    for clause_id, group in REFUSED.items():
        judge(clause_id, calls_that_ended, made[group], "returned", "died")
    judge("AUD-036", calls_not_raising, names, "ValueError")
    judge("AUD-038", calls_not_raising, made["sources_of_a_track"], "ValueError")


@clause("AUD-029", "AUD-030", "AUD-040")
async def test_odd_arguments_end_no_application(stage: Stage, judge: Judge) -> None:
    for clause_id, group in HARMLESS.items():
        judge(clause_id, calls_that_ended, await calls_of(stage, group), "died")


async def calls_of(stage: Stage, group: str) -> list[SdkCall]:
    return await stage.probe_calls(PROBES / "audio_arguments.py", "call", group=group)
