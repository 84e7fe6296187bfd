"""What was done to packets in an attempt, as bands over time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from harness.evidence.bindings import ImpairmentsRow
from harness.network import profile_text
from harness.network.impairments import Impairment
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.plots import Band
from harness.report.words import clipped

LONGEST = 60
MOST_BANDS = 24


def fault_bands(folder: AttemptFolder) -> tuple[Band, ...]:
    """A band for each time in which something was done to a participant's packets.

    What was in force from its first moment to its last is the network of the scenario: no band, and
    not named on one.
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
    done = [[one.impairment for one in row.impairments] for row in rows]
    always = [one for one in done[0] if all(one in others for others in done)]
    ends = [*(row.at_ns for row in rows[1:]), folder.attempt.ended_ns]
    bands: list[Band] = []
    for row, impairments, end_ns in zip(rows, done, ends, strict=True):
        low, high = folder.second(row.at_ns), folder.second(end_ns)
        words = fault_words([one for one in impairments if one not in always])
        label = f"{row.participant}: {words}"
        if words and bands and bands[-1].label == label and bands[-1].high == low:
            low = bands.pop().low
        if words and high > low:
            bands.append(Band(low=low, high=high, label=label, tone="fault"))
    return bands


def fault_words(impairments: Sequence[Mapping[str, Any]]) -> str:
    """`loss 5 % down, delay 125 ms up`; empty where nothing is done."""
    return clipped(", ".join(map(_words, impairments)), LONGEST)


def _words(row: Mapping[str, Any]) -> str:
    try:
        impairment = msgspec.convert(row, Impairment)
    except msgspec.ValidationError:  # of a newer version
        return str(row.get("impairment", "impairment"))
    aim = profile_text.aim(impairment.target)
    return f"{profile_text.words(impairment)}{f' {aim}' * (aim != profile_text.ALL)}"
