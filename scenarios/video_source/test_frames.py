"""Frames in each of the 11 encodings hold what they were given."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from harness.evidence.measurement import Measurement
from harness.scenario import Judge, Stage, clause
from harness.signals.pixel_layout import ENCODINGS, PACKED, plane_sizes
from harness.verifiers.sdk_calls import calls_without
from scenarios.probes import PROBES

SIZES = ((32, 24), (33, 17))


@pytest.mark.smoke
@clause("VID-001", "VID-002", "VID-003")
async def test_a_frame_holds_what_it_was_built_from(stage: Stage, judge: Judge) -> None:
    named = await stage.probe(PROBES / "video_frames.py", "encodings")
    built = await stage.probe_calls(PROBES / "video_frames.py", "build", sizes=SIZES)
    apart = await stage.probe_calls(PROBES / "video_frames.py", "take_apart", sizes=SIZES)

    judge("VID-001", number_of_encodings, named)
    judge("VID-002", calls_without, built, of_each(frame_as_built))
    judge("VID-003", calls_without, apart, of_each(planes))


def number_of_encodings(named: list[str]) -> Measurement:
    """How many of the pages' encodings the SDK names."""
    known = len(set(named) & set(ENCODINGS))
    return Measurement(value=float(known), unit="encodings", rests_on=len(named))


def of_each(wanted: Callable[[str, int, int], object]) -> dict[str, Any]:
    """What is wanted of each frame, by the name of its call."""
    return {f"{e} {w}×{h}": wanted(e, w, h) for e in ENCODINGS for w, h in SIZES}


def frame_as_built(encoding: str, width: int, height: int) -> dict[str, Any]:
    size = sum(plane_sizes(encoding, width, height))
    return {"encoding": encoding, "width": width, "height": height, "bytes": size, "kept": True}


def planes(encoding: str, width: int, height: int) -> dict[str, Any]:
    """Packed encodings have no planes."""
    sizes = [] if encoding in PACKED else list(plane_sizes(encoding, width, height))
    return {"planes": sizes, "kept": True}
