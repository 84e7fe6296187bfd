"""When who speaks in turns was speaking, as bands over time: what an answer has to follow."""

from __future__ import annotations

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Band

MOST_BANDS = 24


def speaking_bands(folder: AttemptFolder) -> tuple[Band, ...]:
    """A band for each turn of every tone that pauses, as captured; the first ones of many."""
    bands = [
        Band(
            low=folder.second(begin_ns),
            high=folder.second(end_ns),
            label=f"{speaker} speaks",
            tone="phase",
        )
        for speaker, begin_ns, end_ns in folder.turns
    ]
    return tuple(sorted(bands, key=lambda band: band.low)[:MOST_BANDS])
