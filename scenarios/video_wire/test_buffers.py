"""Frames of every buffer encoding, captured here and decoded at a subscriber."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from harness.evidence.sdk_call import SdkCall, that_ended
from harness.scenario import Judge, Stage, clause
from harness.signals.pixel_layout import ENCODINGS, PACKED
from harness.verifiers.colour import Picture, patch_error
from harness.verifiers.sdk_calls import calls_that_ended, calls_without
from scenarios.probes import PROBES

BUFFERS = PROBES / "wire_buffers.py"
WIDTH, HEIGHT, PATCH_PX = 320, 160, 40
GROUPS = {
    "WIRE-011": tuple(PACKED),
    "WIRE-012": ("I420", "I420A", "I422", "I444"),
    "WIRE-013": ("NV12",),
    "WIRE-014": ("I010",),
}
"""Clause to the encodings that are captured."""


@clause("WIRE-011", "WIRE-012", "WIRE-013", "WIRE-014", "WIRE-015", "WIRE-016", "WIRE-019")
async def test_every_encoding_reaches_a_subscriber(stage: Stage, judge: Judge) -> None:
    seen = await sent(stage, {name: arguments(stage, name) for name in ENCODINGS})
    as_i420 = {name: {"encoding": "I420", "width": WIDTH, "height": HEIGHT} for name in ENCODINGS}

    for clause_id, encodings in GROUPS.items():
        of_group = [call for call in seen if call.name in encodings]
        judge(clause_id, calls_that_ended, of_group, "raised", "died")
    deep = [call for call in seen if call.name == "I010"]
    judge("WIRE-015", patch_error, pictures(stage, (c for c in seen if c not in deep)), PATCH_PX)
    judge("WIRE-019", patch_error, pictures(stage, deep), PATCH_PX)
    judge("WIRE-016", calls_without, that_ended(seen, "returned"), as_i420)


@clause("WIRE-017", "WIRE-018")
async def test_a_subscriber_gets_the_rgb_encoding_that_it_asks_for(
    stage: Stage, judge: Judge
) -> None:
    calls = {name: arguments(stage, "I420", target=name) for name in PACKED}
    seen = await sent(stage, calls)
    wanted = {name: {"encoding": name, "width": WIDTH, "height": HEIGHT} for name in PACKED}

    judge("WIRE-017", calls_without, seen, wanted)
    judge("WIRE-018", patch_error, pictures(stage, seen, source="I420"), PATCH_PX)


async def sent(stage: Stage, calls: dict[str, dict[str, Any]]) -> list[SdkCall]:
    """What became of each frame that was to be sent."""
    ends = {"sender": stage.ticket("sender"), "receiver": stage.ticket("receiver")}
    return await stage.probe_calls(BUFFERS, "send", calls=calls, **ends)


def arguments(stage: Stage, source: str, *, target: str | None = None) -> dict[str, Any]:
    size = {"width": WIDTH, "height": HEIGHT, "patch_px": PATCH_PX}
    path = str(Path.cwd() / raw(stage, target or source))
    return {"source": source, "target": target, "path": path, **size}


def pictures(stage: Stage, seen: Iterable[SdkCall], source: str | None = None) -> list[Picture]:
    """What came, to be compared with what was captured in `source` or as the call says."""
    return [
        Picture(
            path=raw(stage, call.name),
            source=source or call.name,
            target=call.value["encoding"],
            width=call.value["width"],
            height=call.value["height"],
        )
        for call in that_ended(seen, "returned")
    ]


def raw(stage: Stage, name: str) -> Path:
    return stage.folder / f"{name}.raw"
