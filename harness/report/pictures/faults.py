"""What was done to packets in an attempt, as bands over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.bindings import ImpairmentsRow
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Band
from harness.report.words import clipped

LONGEST = 60
MOST_BANDS = 24


def fault_bands(folder: AttemptFolder) -> tuple[Band, ...]:
    """A band for each time in which something was done to a participant's packets.

    What was in force from its first moment to its last is the network of the scenario and no band.
    """
    bands = [
        band
        for participant in sorted({row.participant for row in _rows(folder)})
        for band in _bands(folder, [r for r in _rows(folder) if r.participant == participant])
    ]
    return tuple(sorted(bands, key=lambda band: band.low)[:MOST_BANDS])


def _rows(folder: AttemptFolder) -> list[ImpairmentsRow]:
    return [row for row in folder.ledger.files.rows if isinstance(row, ImpairmentsRow)]


def _bands(folder: AttemptFolder, rows: Sequence[ImpairmentsRow]) -> list[Band]:
    said = [impairment_words(row) for row in rows]
    if len(set(said)) < 2:
        return []
    ends = [*(row.at_ns for row in rows[1:]), folder.attempt.ended_ns]
    bands: list[Band] = []
    for row, words, end_ns in zip(rows, said, ends, strict=True):
        low, high = folder.second(row.at_ns), folder.second(end_ns)
        label = f"{row.participant}: {words}"
        if words and bands and bands[-1].label == label and bands[-1].high == low:
            low = bands.pop().low
        if words and high > low:
            bands.append(Band(low=low, high=high, label=label, tone="fault"))
    return bands


def impairment_words(row: ImpairmentsRow) -> str:
    """`loss down ratio 0.05, delay up delay_ms 125`; empty where nothing is done."""
    told = "; ".join(_words(one.impairment) for one in row.impairments)
    return clipped(told, LONGEST)


def _words(impairment: Mapping[str, Any]) -> str:
    target = impairment.get("target")
    direction = target.get("direction") if isinstance(target, Mapping) else None
    figures = [
        f"{name} {value:g}"
        for name, value in impairment.items()
        if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    name = str(impairment.get("impairment", "impairment"))
    return " ".join([name, *([str(direction)] if direction else []), *figures])
