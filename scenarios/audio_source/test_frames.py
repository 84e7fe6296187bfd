"""Frames of any length come out whole, once, and with nothing else; their ends and remainders."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.numbered_sound import last_sample_after, samples_lost, samples_too_many
from harness.verifiers.sdk_calls import calls_that_ended
from scenarios.audio_source.evidence import LOCAL, path_of, recording_of
from scenarios.probes import PROBES

LONG = [28_800]
"""One frame of 600 ms."""
LENGTHS = [48] * 10 + [144] * 10 + [336] * 10 + [480, 480, 1200, 1200, 4800, 9600]
"""1 to 200 ms, in samples; whole 10 ms in all."""
SOUND = 720
"""A sound of 15 ms, of which 10 ms and a remainder are."""
NEXT = (20_000, 20_480)
"""The samples of the sound that follows it."""


@clause("AUD-005", "AUD-006", "AUD-016")
async def test_frames_of_any_length_come_out_whole(stage: Stage, judge: Judge) -> None:
    long = await stage.probe(
        LOCAL, "capture", path=path_of(stage, "long"), lengths=LONG, queue_size_ms=200
    )
    mixed = await stage.probe(
        LOCAL, "capture", path=path_of(stage, "mixed"), lengths=LENGTHS, queue_size_ms=1000
    )
    over = long["returned_ns"]

    judge("AUD-005", samples_lost, recording_of(stage, "long"), (0, long["captured"]))
    judge("AUD-006", samples_lost, recording_of(stage, "mixed"), (0, mixed["captured"]))
    judge("AUD-016", last_sample_after, recording_of(stage, "long"), since_ns=over)


@clause("AUD-007")
async def test_a_source_without_a_queue_takes_frames_of_any_length(
    stage: Stage, judge: Judge
) -> None:
    calls = await stage.probe_calls(
        PROBES / "audio_arguments.py", "call", group="frames_without_a_queue"
    )

    judge("AUD-007", calls_that_ended, calls, "raised", "died")


@clause("AUD-008", "AUD-009")
async def test_the_last_milliseconds_of_a_sound_are_heard(stage: Stage, judge: Judge) -> None:
    next_ns = await stage.probe(LOCAL, "tail", path=path_of(stage, "tail"), length=SOUND)
    heard = recording_of(stage, "tail")

    judge("AUD-008", samples_lost, heard, (0, SOUND), until_ns=next_ns)
    judge("AUD-009", samples_too_many, heard, NEXT, since_ns=next_ns)


@clause("AUD-010", "AUD-011", "AUD-054")
async def test_what_a_frame_was_not_filled_with(stage: Stage, judge: Judge) -> None:
    await stage.probe(LOCAL, "partly_filled", path=path_of(stage, "fresh"))
    await stage.probe(LOCAL, "filled_again", path=path_of(stage, "again"))

    for clause_id in ("AUD-010", "AUD-054"):
        judge(clause_id, samples_too_many, recording_of(stage, "fresh"), (0, 240))
    judge("AUD-011", samples_too_many, recording_of(stage, "again"), (0, 720))
