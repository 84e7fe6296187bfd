"""Which pictures can be drawn of one file of an attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from markupsafe import Markup

from harness.evidence.recording import AudioRecording, VideoRecording
from harness.report.finding_view import FindingView
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.faults import fault_bands
from harness.report.pictures.frames import (
    distribution_drawn,
    latencies,
    latency_drawn,
    numbers_drawn,
    sizes_drawn,
)
from harness.report.pictures.moments import is_about_media, marks
from harness.report.pictures.packets import losses_drawn, packets_drawn
from harness.report.pictures.sequence import sequence_drawn
from harness.report.pictures.sound import level_drawn, spectrogram_drawn
from harness.report.pictures.strip import strip_drawn
from harness.report.plots import Mark

PACKETS = "packets"
"""In place of the three files of a ledger."""
AGES = "LAT"
"""Area of the clauses about the age of what is heard and seen: their limits are drawn."""
MOST_FILE_BYTES = 64_000_000

Drawing = tuple[str, Callable[[], Markup | None]]
"""Title, and what draws it: None where there is nothing to be seen."""


def drawings(folder: AttemptFolder, file: str, view: FindingView) -> Iterator[Drawing]:
    """The pictures of a file, the most telling first.

    Args:
        folder: Of the attempt.
        file: Relative to it; PACKETS for the ledger, EVENTS for what was said and told.
        view: The finding beside which they stand.

    To draw one raises OSError, ValueError or NoEvidenceError when the file cannot be read.
    """
    path = folder.path / file
    if path.is_file() and path.stat().st_size > MOST_FILE_BYTES:
        raise ValueError(f"larger than {MOST_FILE_BYTES // 1_000_000} MB")
    if path.suffix == ".wav" and path.with_suffix(".arrivals").exists():  # else it has no times
        yield from _sound(folder, path, file)
    elif path.suffix == ".frames":
        yield from _pictures(folder, path, file, view)
    elif file == PACKETS:
        yield from _packets(folder)
        yield from _losses(folder)
    elif file == STATISTICS:
        yield from _losses(folder)
    elif file == EVENTS:
        yield "What was asked for, told and noticed", lambda: sequence_drawn(folder)


def has_deeds(folder: AttemptFolder) -> bool:
    """Whether somebody did something to media: who reads the finding wants to see it."""
    return any(is_about_media(message) for message in folder.signalling)


def _sound(folder: AttemptFolder, path: Path, file: str) -> Iterator[Drawing]:
    recording = AudioRecording(path=path)
    bands, moments = fault_bands(folder), marks(folder)
    yield (
        f"How loud {file} was",
        lambda: level_drawn(folder, recording, name=file, bands=bands, marks=moments),
    )
    yield f"Frequencies in {file}", lambda: spectrogram_drawn(folder, recording, name=file)


def _pictures(folder: AttemptFolder, path: Path, file: str, view: FindingView) -> Iterator[Drawing]:
    frames, sent = VideoRecording(path=path).frames, folder.sent_of(path)
    bands, moments = fault_bands(folder), marks(folder)
    if sent is not None:
        ages_ms, arrived_ns = latencies(frames, sent)
        limits = _limits(view)
        told = f", and the {', '.join(limit.label for limit in limits)}" if limits else ""
        if limits:
            yield (
                f"How old the pictures in {file} were, distribution{told}",
                lambda: distribution_drawn(
                    ages_ms, name=file, limits=limits, floor_ms=view.finding.floor
                ),
            )
        yield (
            f"How old the pictures in {file} were{told}",
            lambda: latency_drawn(
                folder, ages_ms, arrived_ns, name=file, bands=bands, marks=moments, limits=limits
            ),
        )
    yield (
        f"Pictures in {file} as they were seen, and as they were sent",
        lambda: numbers_drawn(folder, frames, sent=sent, name=file, bands=bands, marks=moments),
    )
    yield (
        f"Pictures in {file} around the longest time without one",
        lambda: strip_drawn(folder, frames, name=file),
    )
    yield (
        f"How high the pictures in {file} were",
        lambda: sizes_drawn(folder, frames, name=file, bands=bands, marks=moments),
    )


def _packets(folder: AttemptFolder) -> Iterator[Drawing]:
    bands, moments = fault_bands(folder), marks(folder)
    yield (
        "Packets on their way to participants",
        lambda: packets_drawn(folder, "down", bands=bands, marks=moments),
    )
    yield (
        "Packets on their way from participants",
        lambda: packets_drawn(folder, "up", bands=bands, marks=moments),
    )


def _losses(folder: AttemptFolder) -> Iterator[Drawing]:
    bands, moments = fault_bands(folder), marks(folder)
    yield (
        "Packets lost, by the gateway and by the receivers",
        lambda: losses_drawn(folder, bands=bands, marks=moments),
    )


def _limits(view: FindingView) -> Sequence[Mark]:
    """The limit, of a clause about ages: only there it is one of the same axis."""
    found = view.finding
    if view.clause is None or view.clause.area != AGES or found.unit != "ms" or not found.limit:
        return ()
    return tuple(
        Mark(at=end, label=f"limit of {found.clause}", tone="limit")
        for end in found.limit.values()
        if end > 0
    )
