"""Conversions of colour charts, made by probes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.evidence.sdk_call import SdkCall
from harness.scenario import Stage
from harness.signals.pixel_layout import plane_sizes
from harness.verifiers.colour import Picture
from scenarios.probes import PROBES


@dataclass(frozen=True, kw_only=True)
class Conversion:
    """One call of `convert()`."""

    source: str
    target: str
    width: int = 32
    height: int = 24
    flip_y: bool = False

    @property
    def name(self) -> str:
        flipped = ", flipped" if self.flip_y else ""
        return f"{self.source} to {self.target}, {self.width}×{self.height}{flipped}"

    @property
    def wanted(self) -> dict[str, Any]:
        """What the frame that it gives must say of itself."""
        return {
            "encoding": self.target,
            "width": self.width,
            "height": self.height,
            "bytes": sum(plane_sizes(self.target, self.width, self.height)),
            "kept": True,
        }

    def picture(self, stage: Stage) -> Picture:
        return Picture(
            path=_path(stage, self.name),
            source=self.source,
            target=self.target,
            width=self.width,
            height=self.height,
        )


async def convert(stage: Stage, conversions: Iterable[Conversion]) -> dict[Conversion, SdkCall]:
    """Make conversions; what became of each."""
    chosen = {conversion.name: conversion for conversion in conversions}
    calls = {
        name: {
            "source": c.source,
            "target": c.target,
            "width": c.width,
            "height": c.height,
            "flip_y": c.flip_y,
            "path": str(_path(stage, name)),
        }
        for name, c in chosen.items()
    }
    made = await stage.probe_calls(PROBES / "video_frames.py", "convert", calls=calls)
    return {chosen[call.name]: call for call in made}


def _path(stage: Stage, name: str) -> Path:
    """The bytes of what came out: a participant has a working directory of its own."""
    file = name.replace(", ", "-").replace(" ", "-").replace("×", "x")
    return Path.cwd() / stage.folder / f"{file}.raw"
