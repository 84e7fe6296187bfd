"""Which pictures came: how many of those sent, in which order, and whose."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import FrameStatus, VideoRecording
from harness.evidence.sent import read_sent
from harness.signals.picture import HUES, hue_deg
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import Pictures, open_pictures
from harness.verifiers.proof import Witness, require_alive

ARRIVAL_NS = 2 * NS_PER_S
"""A picture has this long to arrive after the time asked for."""
COLOUR_MARGIN_DEG = 180 / HUES
"""A hue that is farther from the track's own is nearer to another's. The worst of 12,527 pictures
that stayed of a run of all scenarios was off by 2.1."""


@in_unit("ratio")
def frames_read_ratio(
    recording: VideoRecording,
    track_code: int,
    *,
    sent: Path,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Share of the pictures handed over in [since, until) that were read, in their own colour.

    They may arrive up to two seconds later. Where not one was read, a witness must show that the
    receiver was alive.
    """
    numbers, came, rejects, evidence = _sent_and_seen(
        recording, track_code, sent, since_ns, until_ns, alive
    )
    return Measurement(
        value=float(came.mean()),
        unit="ratio",
        rests_on=len(numbers),
        notes=(
            f"{int(came.sum())} of {len(numbers)} pictures were seen",
            *rejects,
        ),
        evidence=evidence,
    )


@in_unit("frames")
def frames_lost(
    recording: VideoRecording,
    track_code: int,
    *,
    sent: Path,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
) -> Measurement:
    """Pictures handed over in [since, until) that were never seen: exact, each by its number.

    They may arrive up to two seconds later, and a witness is needed, as in `frames_read_ratio`.
    """
    numbers, came, rejects, evidence = _sent_and_seen(
        recording, track_code, sent, since_ns, until_ns, alive
    )
    runs = _runs(numbers[~came])
    return Measurement(
        value=float((~came).sum()),
        unit="frames",
        rests_on=len(numbers),
        notes=(*runs, *rejects),
        evidence=evidence,
    )


@in_unit("frames")
def frames_never_sent(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures of the track that were read in [since, until) and never handed over before."""
    pictures = open_pictures(recording)
    read = pictures.of(track_code, since_ns, until_ns)
    if not len(read):
        raise NoEvidenceError(f"{pictures.file}: no picture was read in the time asked for")
    log = sent_pictures(sent)
    handed_over = {int(number): int(at_ns) for number, at_ns in reversed(log)}
    foreseen = [
        int(picture["counter"])
        for picture in read
        if handed_over.get(int(picture["counter"]), until_ns) > picture["arrival_ns"]
    ]
    return Measurement(
        value=float(len(foreseen)),
        unit="frames",
        rests_on=len(read),
        notes=_runs(np.unique(foreseen)),
        evidence=(pictures.file,),
    )


@in_unit("ratio")
def frames_skipped_ratio(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Share of the numbers between the first and the last picture read that were never read.

    Needs no record of what was sent: a picture that the publisher left out counts as well.
    """
    pictures, numbers = _numbers(recording, track_code, since_ns, until_ns)
    expected = int(numbers.max() - numbers.min()) + 1
    return Measurement(
        value=1.0 - len(np.unique(numbers)) / expected,
        unit="ratio",
        rests_on=expected,
        notes=pictures.rejects(track_code, since_ns, until_ns),
        evidence=(pictures.file,),
    )


@in_unit("frames")
def frames_out_of_order(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures whose number is smaller than that of the picture before them."""
    pictures, numbers = _numbers(recording, track_code, since_ns, until_ns)
    places = np.flatnonzero(np.diff(numbers) < 0)
    worst = f"first: {numbers[places[0]]}, then {numbers[places[0] + 1]}" if len(places) else ""
    return _count(pictures, len(places), len(numbers), worst)


@in_unit("frames")
def frames_repeated(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures whose number had been read before, at once or later."""
    pictures, numbers = _numbers(recording, track_code, since_ns, until_ns)
    values, counts = np.unique(numbers, return_counts=True)
    repeated = values[counts > 1]
    worst = f"first: {repeated[0]}" if len(repeated) else ""
    return _count(pictures, len(numbers) - len(values), len(numbers), worst)


@in_unit("frames")
def foreign_frames(
    recording: VideoRecording, track_code: int, *, since_ns: int, until_ns: int
) -> Measurement:
    """Pictures that carry another publisher's track code. At least one picture must be read."""
    pictures = open_pictures(recording)
    frames = pictures.between(since_ns, until_ns)
    codes = frames["track_code"][frames["status"] == FrameStatus.READ]
    if not len(codes):
        raise NoEvidenceError(f"{pictures.file}: no picture was read in the time asked for")
    foreign = codes[codes != track_code]
    whose = f"track codes {np.unique(foreign).tolist()}" if len(foreign) else ""
    return _count(pictures, len(foreign), len(codes), whose)


def sent_pictures(sent: Path) -> NDArray[Any]:
    """Hand-overs of pictures; raises NoEvidenceError when there is no record of any."""
    try:
        log = read_sent(sent)
    except OSError as error:
        raise NoEvidenceError(f"no record of what was sent: {error}") from error
    if not len(log):
        raise NoEvidenceError(f"{sent.name} holds no picture that was sent")
    return log


def _sent_and_seen(
    recording: VideoRecording,
    track_code: int,
    sent: Path,
    since_ns: int,
    until_ns: int,
    alive: Witness | None,
) -> tuple[NDArray[np.int64], NDArray[np.bool_], tuple[str, ...], tuple[str, ...]]:
    """Numbers handed over in [since, until), which of them were seen, what else came, evidence."""
    pictures = open_pictures(recording)
    log = sent_pictures(sent)
    inside = (log["at_ns"] >= since_ns) & (log["at_ns"] < until_ns)
    numbers = np.unique(log["number"][inside]).astype(np.int64)
    if not len(numbers):
        raise NoEvidenceError(f"{sent.name}: no picture was handed over in the time asked for")
    read = pictures.of(track_code, since_ns, until_ns + ARRIVAL_NS)
    coloured = _in_own_colour(read, track_code)
    came = np.isin(numbers, read["counter"][coloured])
    evidence = [pictures.file]
    if not np.isin(numbers, read["counter"]).any():
        if alive is None:
            raise NoEvidenceError(f"{pictures.file}: no picture came, and no witness was named")
        evidence.append(require_alive(alive, since_ns, until_ns))
    rejects = pictures.rejects(track_code, since_ns, until_ns)
    return numbers, came, (*_of_another_colour(read[~coloured]), *rejects), tuple(evidence)


def _in_own_colour(read: NDArray[Any], track_code: int) -> NDArray[np.bool_]:
    """A grey picture, whose hue is not a number, is in no colour."""
    off_deg = (read["hue_deg"] - hue_deg(track_code) + 180) % 360 - 180
    own: NDArray[np.bool_] = np.abs(off_deg) < COLOUR_MARGIN_DEG
    return own


def _of_another_colour(read: NDArray[Any]) -> tuple[str, ...]:
    """A note; all are pictures of one track."""
    if not len(read):
        return ()
    first = read[0]
    hue = "grey" if np.isnan(first["hue_deg"]) else f"hue {first['hue_deg']:.0f}°"
    own = f"{hue_deg(int(first['track_code']))}°"
    return (f"not counted: {len(read)} in another colour, the first {hue} in place of {own}",)


def _runs(numbers: NDArray[np.int64]) -> tuple[str, ...]:
    """Numbers, ascending, as runs, at most five of them."""
    if not len(numbers):
        return ()
    runs = np.split(numbers, np.flatnonzero(np.diff(numbers) > 1) + 1)
    words = [f"{run[0]}" if len(run) == 1 else f"{run[0]} to {run[-1]}" for run in runs[:5]]
    more = f" and {len(runs) - 5} more runs" if len(runs) > 5 else ""
    return (f"numbers {', '.join(words)}{more}",)


def _numbers(
    recording: VideoRecording, track_code: int, since_ns: int, until_ns: int
) -> tuple[Pictures, NDArray[np.int64]]:
    """The numbers read, in order of arrival: two at least, else there is no order."""
    pictures = open_pictures(recording)
    read = pictures.of(track_code, since_ns, until_ns)
    if len(read) < 2:
        raise NoEvidenceError(
            f"{pictures.file}: {len(read)} pictures were read in the time asked for, 2 needed"
        )
    return pictures, read["counter"].astype(np.int64)


def _count(pictures: Pictures, value: int, rests_on: int, note: str) -> Measurement:
    return Measurement(
        value=float(value),
        unit="frames",
        rests_on=rests_on,
        notes=(note,) if note else (),
        evidence=(pictures.file,),
    )
