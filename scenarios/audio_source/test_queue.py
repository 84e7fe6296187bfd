"""How much a source's queue takes, and how long a capture waits that does not fit."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import structs

from harness.evidence.measurement import Measurement, missing
from harness.evidence.sdk_call import SdkCall
from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import largest
from harness.verifiers.numbered_sound import samples_lost
from harness.verifiers.sdk_calls import calls_that_ended, distance_of
from scenarios.audio_source.evidence import LOCAL, path_of, recording_of

QUEUES_MS = (50, 200, 1000)
MORE_MS = 200
"""What is captured beyond a queue."""
Sounds = dict[str, tuple[int, list[int]]]
"""Name to the queue's size and the frames that are captured, in ms."""


def sounds(more_ms: int) -> Sounds:
    """As much as each queue, and so much more: in frames of 10 ms, and in one."""
    return {
        f"{sum(frames)} ms in {len(frames)} frames, queue of {queue} ms": (queue, frames)
        for queue in QUEUES_MS
        for frames in ([10] * ((queue + more_ms) // 10), [queue + more_ms])
    }


@clause("AUD-001", "AUD-002", "AUD-003", "AUD-004")
async def test_a_capture_waits_for_what_does_not_fit(stage: Stage, judge: Judge) -> None:
    fitting, more = await waits(stage, sounds(0)), await waits(stage, sounds(MORE_MS))
    held = await stage.probe_calls(LOCAL, "holds", sound_ms=1000 + MORE_MS)

    judge("AUD-001", furthest_from, 0.0, fitting, "longest_ms")
    judge("AUD-002", furthest_from, float(MORE_MS), more, "all_ms")
    for clause_id in ("AUD-003", "AUD-004"):
        judge(clause_id, distance_of, held, [0.0], "ms")


async def waits(stage: Stage, chosen: Sounds) -> list[SdkCall]:
    """How long the captures of each sound took."""
    calls = {name: {"queue_size_ms": q, "frames_ms": f} for name, (q, f) in chosen.items()}
    return await stage.probe_calls(LOCAL, "waits", calls=calls)


def furthest_from(truth_ms: float, calls: Sequence[SdkCall], figure: str) -> Measurement:
    """Of a figure of each call."""
    figures = [structs.replace(c, value=c.value[figure]) if c.value else c for c in calls]
    return largest(*(distance_of([call], [truth_ms], "ms") for call in figures))


@clause("AUD-012", "AUD-013")
async def test_captures_that_overlap(stage: Stage, judge: Judge) -> None:
    parts = {f"samples {k} to {k + 4799}": (k, k + 4800) for k in (0, 4800, 9600)}
    path = path_of(stage, "overlap")
    calls = await stage.probe_calls(LOCAL, "overlap", path=path, calls=parts)
    taken = [parts[call.name] for call in calls if call.end == "returned"]

    def worst_of_those_taken() -> Measurement:
        if not taken:
            return missing("samples", "no capture returned, so that none was taken")
        heard = recording_of(stage, "overlap")
        return largest(*(samples_lost(heard, samples) for samples in taken))

    judge("AUD-012", worst_of_those_taken)
    judge("AUD-013", calls_that_ended, calls, "raised", "died")
