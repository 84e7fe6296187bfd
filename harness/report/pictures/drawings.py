"""Which pictures can be drawn of one file of an attempt."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from harness.evidence.ledger_records import Direction
from harness.evidence.measurement import Series
from harness.evidence.recording import VideoRecording
from harness.report.pictures.ages import ages_drawn, distribution_drawn
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.background import background
from harness.report.pictures.frames import numbers_drawn, sizes_drawn
from harness.report.pictures.limits import NO_LIMITS, Limits, SeenLimits
from harness.report.pictures.losses import losses_drawn
from harness.report.pictures.moments import is_about_media
from harness.report.pictures.packets import packets_drawn
from harness.report.pictures.sequence import sequence_drawn
from harness.report.pictures.signals import picture_of, tone_of
from harness.report.pictures.skew import skew_drawn
from harness.report.pictures.sound import level_drawn, spectrogram_drawn
from harness.report.pictures.strip import strip_drawn
from harness.verifiers.latency_series import HeardSound, SeenPictures, Track
from harness.verifiers.skew import SoundAndPicture

PACKETS = "packets"
"""In place of the three files of a ledger."""
SKEWS = "SYNC"
"""Area of the clauses about how far sound and picture are apart."""
MOST_FILE_BYTES = 64_000_000

Piece = str | tuple[str, str]
"""A file of an attempt, or a sound and a picture that are looked at together."""


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A picture that can be drawn."""

    title: str
    draw: Callable[[], Markup | None]
    """None where there is nothing to be seen."""
    limits: Limits = NO_LIMITS
    """Those that stand on it."""


def drawings(folder: AttemptFolder, piece: Piece, seen: SeenLimits) -> Iterator[Drawing]:
    """The pictures of a piece of evidence, the most telling first.

    Args:
        folder: Of the attempt.
        piece: Relative to it; PACKETS for the ledger, EVENTS for what was said and told.
        seen: Limits of all findings of the attempt, each for the picture that shows its value.

    To ask for them and to draw one raises OSError, ValueError or NoEvidenceError when the evidence
    cannot be read, or does not tell it.
    """
    if isinstance(piece, tuple):
        yield from _together(folder, *piece, seen)
        return
    path = folder.path / piece
    if path.is_file() and path.stat().st_size > MOST_FILE_BYTES:
        raise ValueError(f"larger than {MOST_FILE_BYTES // 1_000_000} MB")
    if path.suffix == ".wav" and path.with_suffix(".arrivals").exists():  # else it has no times
        yield from _sound(folder, path, piece, seen)
    elif path.suffix == ".frames":
        yield from _pictures(folder, path, piece, seen)
    elif piece == PACKETS:
        yield from _packets(folder, seen)
        yield from _losses(folder)
    elif piece == STATISTICS:
        yield from _losses(folder)
    elif piece == EVENTS:
        limits = seen.on(Series.EVENTS)
        yield Drawing(
            title=f"What was asked for, told and noticed{limits.words}",
            draw=lambda: sequence_drawn(folder, limits=limits.moments(folder)),
            limits=limits,
        )


def has_deeds(folder: AttemptFolder) -> bool:
    """Whether somebody did something to media: who reads the finding wants to see it."""
    asked = folder.moderation or folder.late
    return bool(asked) or any(is_about_media(one) for one in folder.signalling)


def _sound(folder: AttemptFolder, path: Path, file: str, seen: SeenLimits) -> Iterator[Drawing]:
    recording, sent = folder.sound(path), folder.sent_of(path)
    tone = tone_of(sent)
    behind, limits = background(folder), seen.on(Series.LEVEL, file)
    ages = seen.on(Series.AGE, file)
    if tone is not None and sent is not None and ages.findings:
        heard = HeardSound(
            recording=recording, tone=tone, sent=sent, monitor=folder.emitted_of(sent)
        )
        yield from _ages(folder, heard, file, ages)
    yield Drawing(
        title=f"How loud {file} was{limits.words}",
        draw=lambda: level_drawn(
            folder,
            recording,
            name=file,
            bands=(*behind.bands, *limits.floors(folder)),
            marks=(*behind.marks, *limits.moments(folder)),
            limits=limits.levels(folder),
        ),
        limits=limits,
    )
    yield Drawing(
        title=f"Frequencies in {file}",
        draw=lambda: spectrogram_drawn(folder, recording, name=file, tone=tone),
    )


def _pictures(folder: AttemptFolder, path: Path, file: str, seen: SeenLimits) -> Iterator[Drawing]:
    recording = VideoRecording(path=path, subscriber=path.parent.name)
    sent = folder.sent_of(path)
    picture = picture_of(sent)
    code = picture.track_code if picture else None
    behind = background(folder)
    if code is not None and sent is not None:
        track = SeenPictures(recording=recording, track_code=code, sent=sent)
        yield from _ages(folder, track, file, seen.on(Series.AGE, file))
    limits, heights = seen.on(Series.PICTURES, file), seen.on(Series.HEIGHT, file)
    numbers = Drawing(
        title=f"Pictures in {file} as they were seen, and as they were sent{limits.words}",
        draw=lambda: numbers_drawn(
            folder,
            recording.frames,
            sent=sent,
            code=code,
            name=file,
            bands=(*behind.bands, *limits.floors(folder)),
            marks=(*behind.marks, *limits.moments(folder)),
        ),
        limits=limits,
    )
    strip = Drawing(
        title=f"Pictures in {file} around the longest time without one",
        draw=lambda: strip_drawn(folder, recording, name=file),
    )
    sizes = Drawing(
        title=f"How high the pictures in {file} were{heights.words}",
        draw=lambda: sizes_drawn(
            folder,
            recording.frames,
            name=file,
            bands=(*behind.bands, *heights.floors(folder)),
            marks=(*behind.marks, *heights.moments(folder)),
        ),
        limits=heights,
    )
    yield from (numbers, strip, sizes)


def _ages(folder: AttemptFolder, track: Track, file: str, limits: Limits) -> Iterator[Drawing]:
    behind = background(folder)
    if limits.findings:
        yield Drawing(
            title=f"How old what came in {file} was, distribution{limits.words}",
            draw=lambda: distribution_drawn(
                folder, track, name=file, limits=limits.levels(folder), floor_ms=limits.floor
            ),
            limits=limits,
        )
    yield Drawing(
        title=f"How old what came in {file} was{limits.words}",
        draw=lambda: ages_drawn(
            folder,
            track,
            name=file,
            bands=behind.bands,
            marks=behind.marks,
            limits=limits.levels(folder),
        ),
        limits=limits,
    )


def _together(
    folder: AttemptFolder, sound: str, picture: str, seen: SeenLimits
) -> Iterator[Drawing]:
    """The skew, where it is known what was sent of both."""
    heard, shown = folder.path / sound, folder.path / picture
    sound_sent, picture_sent = folder.sent_of(heard), folder.sent_of(shown)
    tone, code = tone_of(sound_sent), picture_of(picture_sent)
    if tone is None or code is None or sound_sent is None or picture_sent is None:
        return
    pair = SoundAndPicture(
        sound=folder.sound(heard),
        tone=tone,
        sound_sent=sound_sent,
        picture=VideoRecording(path=shown, subscriber=shown.parent.name),
        track_code=code.track_code,
        picture_sent=picture_sent,
        sound_emitted=folder.emitted_of(sound_sent),
    )
    name, limits = f"{sound} and {picture}", seen.on(Series.SKEW, sound)
    yield Drawing(
        title=f"How early the sound was: {name}{limits.words}",
        draw=lambda: skew_drawn(
            folder,
            pair,
            name=name,
            bands=(*background(folder).bands, *limits.floors(folder)),
            marks=limits.moments(folder),
            limits=limits.levels(folder),
        ),
        limits=limits,
    )


def _packets(folder: AttemptFolder, seen: SeenLimits) -> Iterator[Drawing]:
    ways: tuple[tuple[Direction, str, Series], ...] = (
        ("down", "to", Series.PACKETS_DOWN),
        ("up", "from", Series.PACKETS_UP),
    )
    for direction, words, series in ways:
        limits = seen.on(series)
        yield Drawing(
            title=f"Packets {words} participants at the gateway, before drops{limits.words}",
            draw=functools.partial(_way, folder, direction, limits),
            limits=limits,
        )


def _way(folder: AttemptFolder, direction: Direction, limits: Limits) -> Markup | None:
    behind = background(folder)
    return packets_drawn(
        folder,
        direction,
        bands=(*behind.bands, *limits.floors(folder)),
        marks=(*behind.marks, *limits.moments(folder)),
        limits=limits.levels(folder),
    )


def _losses(folder: AttemptFolder) -> Iterator[Drawing]:
    behind = background(folder)
    yield Drawing(
        title="Packets lost, track by track",
        draw=lambda: losses_drawn(folder, bands=behind.bands, marks=behind.marks),
    )
