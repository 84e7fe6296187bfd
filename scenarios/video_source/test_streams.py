"""What a source captures comes out of a stream of its own track, as it was, at once, and once."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.evidence.sdk_call import SdkCall, that_ended
from harness.scenario import Judge, Stage, clause
from harness.signals.pixel_layout import ENCODINGS, PACKED
from harness.verifiers.colour import Picture, colour_error
from harness.verifiers.sdk_calls import calls_that_ended, calls_without, distance_of
from scenarios.probes import PROBES

STREAMS = PROBES / "video_streams.py"
SIDES = (32, 24)
Capture = tuple[str, int, int]
"""Encoding, width, height."""
ASKED_FOR = ("I420", *PACKED)
"""Encodings that applications ask streams for."""
GROUPS = {
    "VID-029": tuple(PACKED),
    "VID-030": ("I420", "I420A", "I422", "I444"),
    "VID-031": ("NV12",),
    "VID-032": ("I010",),
}
"""Clause to the encodings that are captured."""


@clause("VID-029", "VID-030", "VID-031", "VID-032", "VID-033")
async def test_every_encoding_can_be_captured(stage: Stage, judge: Judge) -> None:
    calls = {name: capture_of(stage, name, name, *SIDES) for name in ENCODINGS}
    seen = await stage.probe_calls(STREAMS, "capture", calls=calls)

    for clause_id, encodings in GROUPS.items():
        of_group = [call for call in seen if call.name in encodings]
        judge(clause_id, calls_that_ended, of_group, "raised", "died")
    judge("VID-033", colour_error, pictures(stage, seen))


@clause("VID-034", "VID-035", "VID-036")
async def test_a_stream_gives_the_encoding_that_is_asked_for(stage: Stage, judge: Judge) -> None:
    calls = {name: reception_of(stage, name) for name in ENCODINGS}
    seen = await stage.probe_calls(STREAMS, "receive", calls=calls)
    wanted = {name: {"encoding": name, "width": SIDES[0], "height": SIDES[1]} for name in ENCODINGS}
    common = [call for call in seen if call.name in ASKED_FOR]
    others = [call for call in seen if call.name not in ASKED_FOR]

    judge("VID-034", calls_without, common, wanted)
    judge("VID-035", calls_without, others, wanted)
    judge("VID-036", colour_error, pictures(stage, seen, source="I420"))


@clause("VID-037", "VID-039")
async def test_encoding_and_size_may_change(stage: Stage, judge: Judge) -> None:
    steps = [("RGBA", 64, 48), ("I420", 128, 96), ("BGRA", 32, 24), ("I420", 64, 48)]
    sizes = [("I420", 64, 48), ("I420", 63, 47), ("I420", 66, 50)]
    changed = await stage.probe_calls(STREAMS, "change", calls=numbered(stage, "step", steps))
    sized = await stage.probe_calls(STREAMS, "capture", calls=numbered(stage, "size", sizes))

    judge("VID-037", calls_without, changed, as_captured("step", steps))
    judge("VID-039", calls_without, sized, as_captured("size", sizes))


@clause("VID-045", "VID-046")
async def test_a_source_repeats_nothing_and_holds_nothing_back(stage: Stage, judge: Judge) -> None:
    late = await stage.probe_calls(STREAMS, "late")
    burst = await stage.probe_calls(STREAMS, "burst")

    judge("VID-045", distance_of, late, [0], "frames")
    judge("VID-046", distance_of, burst, [0], "ms")


def capture_of(stage: Stage, name: str, source: str, width: int, height: int) -> dict[str, Any]:
    """Arguments of a capture."""
    return {"source": source, "width": width, "height": height, "path": str(path(stage, name))}


def reception_of(stage: Stage, target: str) -> dict[str, Any]:
    """Arguments of a reception."""
    width, height = SIDES
    return {"target": target, "width": width, "height": height, "path": str(path(stage, target))}


def numbered(stage: Stage, word: str, captures: list[Capture]) -> dict[str, Any]:
    return {
        f"{word} {n}: {e} {w}×{h}": capture_of(stage, f"{word}{n}", e, w, h)
        for n, (e, w, h) in enumerate(captures)
    }


def as_captured(word: str, captures: list[Capture]) -> dict[str, Any]:
    """What comes out of a stream, which gives I420 unless it is asked for another encoding."""
    return {
        f"{word} {n}: {e} {w}×{h}": {"encoding": "I420", "width": w, "height": h}
        for n, (e, w, h) in enumerate(captures)
    }


def pictures(stage: Stage, seen: Iterable[SdkCall], source: str | None = None) -> list[Picture]:
    """What came out, to be compared with what was captured in `source` or as the call says."""
    return [
        Picture(
            path=path(stage, call.name),
            source=source or call.name,
            target=call.value["encoding"],
            width=SIDES[0],
            height=SIDES[1],
        )
        for call in that_ended(seen, "returned")
    ]


def path(stage: Stage, name: str) -> Path:
    """A participant has a working directory of its own."""
    return Path.cwd() / stage.folder / f"{name}.raw"
