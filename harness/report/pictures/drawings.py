"""Which pictures can be drawn of one file of an attempt."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from markupsafe import Markup

from harness.evidence.recording import VideoRecording
from harness.report.finding_view import FindingView
from harness.report.pictures.ages import ages_drawn, distribution_drawn
from harness.report.pictures.attempt_folder import EVENTS, STATISTICS, AttemptFolder
from harness.report.pictures.background import background
from harness.report.pictures.frames import numbers_drawn, sizes_drawn
from harness.report.pictures.moments import is_about_media
from harness.report.pictures.packets import losses_drawn, packets_drawn
from harness.report.pictures.sequence import sequence_drawn
from harness.report.pictures.signals import picture_of, tone_of
from harness.report.pictures.skew import skew_drawn
from harness.report.pictures.sound import level_drawn, spectrogram_drawn
from harness.report.pictures.strip import strip_drawn
from harness.report.plots import Mark
from harness.verifiers.latency_series import HeardSound, SeenPictures, Track
from harness.verifiers.skew import SoundAndPicture

PACKETS = "packets"
"""In place of the three files of a ledger."""
AGES, SKEWS = "LAT", "SYNC"
"""Areas of the clauses about the age of what is heard and seen, whose limits are drawn, and about
how far both are apart."""
SOUND_FLOOR, PICTURE_FLOOR = "sound_latency_ms", "picture_latency_ms"
"""Names in `harness.evidence.floors`."""
MOST_FILE_BYTES = 64_000_000

Piece = str | tuple[str, str]
"""A file of an attempt, or a sound and a picture that are looked at together."""
Drawing = tuple[str, Callable[[], Markup | None]]
"""Title, and what draws it: None where there is nothing to be seen."""


def drawings(folder: AttemptFolder, piece: Piece, view: FindingView) -> Iterator[Drawing]:
    """The pictures of a piece of evidence, the most telling first.

    Args:
        folder: Of the attempt.
        piece: Relative to it; PACKETS for the ledger, EVENTS for what was said and told.
        view: The finding beside which they stand.

    To ask for them and to draw one raises OSError, ValueError or NoEvidenceError when the evidence
    cannot be read, or does not tell it.
    """
    if isinstance(piece, tuple):
        yield from _together(folder, *piece)
        return
    path = folder.path / piece
    if path.is_file() and path.stat().st_size > MOST_FILE_BYTES:
        raise ValueError(f"larger than {MOST_FILE_BYTES // 1_000_000} MB")
    if path.suffix == ".wav" and path.with_suffix(".arrivals").exists():  # else it has no times
        yield from _sound(folder, path, piece, view)
    elif path.suffix == ".frames":
        yield from _pictures(folder, path, piece, view)
    elif piece == PACKETS:
        yield from _packets(folder)
        yield from _losses(folder)
    elif piece == STATISTICS:
        yield from _losses(folder)
    elif piece == EVENTS:
        yield "What was asked for, told and noticed", lambda: sequence_drawn(folder)


def has_deeds(folder: AttemptFolder) -> bool:
    """Whether somebody did something to media: who reads the finding wants to see it."""
    return any(is_about_media(message) for message in folder.signalling)


def _sound(folder: AttemptFolder, path: Path, file: str, view: FindingView) -> Iterator[Drawing]:
    recording, sent = folder.sound(path), folder.sent_of(path)
    tone = tone_of(sent)
    behind, limits = background(folder), _limits(view, SOUND_FLOOR)
    if tone is not None and sent is not None and limits:
        heard = HeardSound(
            recording=recording, tone=tone, sent=sent, monitor=folder.emitted_of(sent)
        )
        yield from _ages(folder, heard, file, limits, view.finding.floor)
    yield (
        f"How loud {file} was",
        lambda: level_drawn(folder, recording, name=file, bands=behind.bands, marks=behind.marks),
    )
    yield (
        f"Frequencies in {file}",
        lambda: spectrogram_drawn(folder, recording, name=file, tone=tone),
    )


def _pictures(folder: AttemptFolder, path: Path, file: str, view: FindingView) -> Iterator[Drawing]:
    recording = VideoRecording(path=path, subscriber=path.parent.name)
    sent = folder.sent_of(path)
    picture = picture_of(sent)
    code = picture.track_code if picture else None
    behind = background(folder)
    if code is not None and sent is not None:
        seen = SeenPictures(recording=recording, track_code=code, sent=sent)
        limits = _limits(view, PICTURE_FLOOR)
        yield from _ages(folder, seen, file, limits, view.finding.floor)
    yield (
        f"Pictures in {file} as they were seen, and as they were sent",
        lambda: numbers_drawn(
            folder,
            recording.frames,
            sent=sent,
            code=code,
            name=file,
            bands=behind.bands,
            marks=behind.marks,
        ),
    )
    yield (
        f"Pictures in {file} around the longest time without one",
        lambda: strip_drawn(folder, recording.frames, name=file),
    )
    yield (
        f"How high the pictures in {file} were",
        lambda: sizes_drawn(
            folder, recording.frames, name=file, bands=behind.bands, marks=behind.marks
        ),
    )


def _ages(
    folder: AttemptFolder, track: Track, file: str, limits: Sequence[Mark], floor_ms: float | None
) -> Iterator[Drawing]:
    behind = background(folder)
    told = f", and the {', '.join(limit.label for limit in limits)}" if limits else ""
    if limits:
        yield (
            f"How old what came in {file} was, distribution{told}",
            lambda: distribution_drawn(folder, track, name=file, limits=limits, floor_ms=floor_ms),
        )
    yield (
        f"How old what came in {file} was{told}",
        lambda: ages_drawn(
            folder, track, name=file, bands=behind.bands, marks=behind.marks, limits=limits
        ),
    )


def _together(folder: AttemptFolder, sound: str, picture: str) -> Iterator[Drawing]:
    """The skew, where it is known what was sent of both."""
    heard, seen = folder.path / sound, folder.path / picture
    sound_sent, picture_sent = folder.sent_of(heard), folder.sent_of(seen)
    tone, code = tone_of(sound_sent), picture_of(picture_sent)
    if tone is None or code is None or sound_sent is None or picture_sent is None:
        return
    pair = SoundAndPicture(
        sound=folder.sound(heard),
        tone=tone,
        sound_sent=sound_sent,
        picture=VideoRecording(path=seen, subscriber=seen.parent.name),
        track_code=code.track_code,
        picture_sent=picture_sent,
        sound_emitted=folder.emitted_of(sound_sent),
    )
    name = f"{sound} and {picture}"
    yield (
        f"How early the sound was: {name}",
        lambda: skew_drawn(folder, pair, name=name, bands=background(folder).bands),
    )


def _packets(folder: AttemptFolder) -> Iterator[Drawing]:
    behind = background(folder)
    yield (
        "Packets on their way to participants",
        lambda: packets_drawn(folder, "down", bands=behind.bands, marks=behind.marks),
    )
    yield (
        "Packets on their way from participants",
        lambda: packets_drawn(folder, "up", bands=behind.bands, marks=behind.marks),
    )


def _losses(folder: AttemptFolder) -> Iterator[Drawing]:
    behind = background(folder)
    yield (
        "Packets lost, by the gateway and by the receivers",
        lambda: losses_drawn(folder, bands=behind.bands, marks=behind.marks),
    )


def _limits(view: FindingView, floor: str) -> Sequence[Mark]:
    """The limit, of a clause about ages that is read beside this floor: then both are ages of this.

    Others of the area speak of differences and of parts, which are on another axis.
    """
    found, clause = view.finding, view.clause
    if clause is None or clause.area != AGES or clause.floor != floor or not found.limit:
        return ()
    return tuple(
        Mark(at=end, label=f"limit of {found.clause}", tone="limit")
        for end in found.limit.values()
        if end > 0
    )
