"""Arguments of the wrong type, size or range are refused, and end no application."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.sdk_calls import calls_that_ended
from scenarios.probes import PROBES

ARGUMENTS = PROBES / "video_arguments.py"
REFUSED = {
    "VID-005": "data_of_the_wrong_type",
    "VID-006": "data_too_short",
    "VID-007": "frame_sizes",
    "VID-008": "unknown_encodings",
    "VID-010": "capture_arguments",
    "VID-011": "source_sizes",
}
"""Clause to the group of calls that must end in an exception."""


@clause("VID-005", "VID-006", "VID-007", "VID-008", "VID-010", "VID-011")
async def test_wrong_arguments_are_refused(stage: Stage, judge: Judge) -> None:
    for clause_id, group in REFUSED.items():
        calls = await stage.probe_calls(ARGUMENTS, "call", group=group)

        judge(clause_id, calls_that_ended, calls, "returned", "died")


@clause("VID-004", "VID-009", "VID-012")
async def test_odd_arguments_end_no_application(stage: Stage, judge: Judge) -> None:
    planes = await stage.probe_calls(ARGUMENTS, "call", group="planes_that_are_not")
    names = await stage.probe_calls(ARGUMENTS, "call", group="encodings_by_name")
    sources = await stage.probe_calls(PROBES / "video_streams.py", "tiny_sources")

    judge("VID-004", calls_that_ended, planes, "raised", "died")
    judge("VID-009", calls_that_ended, names, "died")
    judge("VID-012", calls_that_ended, sources, "died")
