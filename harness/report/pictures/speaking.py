"""When who speaks in turns was speaking, as bands over time: what an answer has to follow."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.sent import read_sent
from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.signals import tone_of
from harness.report.plots import Band
from harness.signals.turns import turns_of

MOST_BANDS = 24


def speaking_bands(folder: AttemptFolder) -> tuple[Band, ...]:
    """A band for each turn of every tone that pauses, as captured; the first ones of many."""
    files = sorted(folder.path.glob("*/*.sent"))
    bands = [band for file in files for band in _turns(folder, file)]
    return tuple(sorted(bands, key=lambda band: band.low)[:MOST_BANDS])


def _turns(folder: AttemptFolder, sent: Path) -> Iterator[Band]:
    tone = tone_of(sent)
    if tone is None or not tone.pause_ms:
        return
    handed = read_sent(sent)
    if not len(handed):
        return
    number, start_ns = map(int, handed[0])
    start_ns -= number * NS_PER_S // tone.sample_rate  # the first is handed over as it is captured
    end_ns = int(handed["at_ns"][-1])
    over_ns = end_ns + (tone.sound_ms + tone.pause_ms) * NS_PER_MS
    for turn in turns_of(tone, start_ns=start_ns, since_ns=start_ns, until_ns=over_ns):
        if turn.begin_ns < end_ns:
            yield Band(
                low=folder.second(turn.begin_ns),
                high=folder.second(min(turn.end_ns, end_ns)),
                label=f"{sent.parent.name} speaks",
                tone="phase",
            )
