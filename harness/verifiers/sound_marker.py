"""Markers: is any missing, and how old is what is heard."""

from __future__ import annotations

import itertools
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording
from harness.evidence.sent import read_sent
from harness.signals.hearing import THRESHOLD, Marker, find_markers
from harness.signals.sound import MARKER_MS, MARKER_ORDER, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

ORDER_RUN = 5
"""Markers in a row that tell their place in the order of 31."""
LEAST_AGREED = 3
OFF_GRID = 0.2
"""Of a period: markers whose distance is further from whole periods are not of one run. Jitter
buffers move sound by up to 30 ms at a time."""


@in_unit("markers")
def missing_markers(
    recording: AudioRecording,
    tone: Tone,
    *,
    since_ns: int,
    until_ns: int,
    least_similarity: float = THRESHOLD,
) -> Measurement:
    """Markers sent every 500 ms that were not found in [since, until).

    Gaps between neighbours count, in periods, so a jitter buffer that stretches time hides and
    invents none; so do the parts before the first and after the last. Two markers closer than half
    a period are noted. A recording that ends less than a period too early is judged to its end.

    Args:
        recording: What was heard.
        tone: What was sent.
        since_ns: From here on,
        until_ns: up to here.
        least_similarity: A marker that is less like the one sent was not found, 0 to 1.
    """
    sound = open_sound(recording)
    short_ms = (until_ns - sound.end_ns) / NS_PER_MS
    if short_ms > MARKER_PERIOD_MS:
        raise NoEvidenceError(f"{sound.file} ends {short_ms:.0f} ms too early")
    until_ns = min(until_ns, sound.end_ns)
    heard = _heard(sound, tone, since_ns, until_ns)
    found = [marker for marker in heard if marker.similarity >= least_similarity]
    times_ms = (_times_ns(sound, found) - since_ns) / NS_PER_MS
    last_ms = (until_ns - since_ns) / NS_PER_MS - MARKER_MS
    if not found:
        lost = int(max(0.0, last_ms) // MARKER_PERIOD_MS)
    else:
        gaps = np.rint(np.diff(times_ms) / MARKER_PERIOD_MS).astype(int)
        before = int(times_ms[0] // MARKER_PERIOD_MS)
        after = int((last_ms - times_ms[-1]) // MARKER_PERIOD_MS)
        lost = int(np.maximum(gaps - 1, 0).sum()) + before + max(0, after)
    close = int(np.count_nonzero(np.diff(times_ms) < MARKER_PERIOD_MS / 2))
    return Measurement(
        value=float(lost),
        unit="markers",
        rests_on=len(found) + lost,
        notes=(f"{close} markers too many: less than half a period apart",) if close else (),
        evidence=(sound.file,),
    )


@in_unit("ms")
def marker_lag(
    recording: AudioRecording, tone: Tone, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Time from sending to hearing of the first whole marker heard in [since, until).

    The value says how old the sound is. With a marker `up` or `down` it is the smallest that fits,
    unambiguous only below 500 ms. With `order` it is told by the first five markers, up to 15.5 s.

    Args:
        recording: What was heard.
        tone: What was sent.
        sent: The publisher's `.sent` file, numbers in samples of the tone's rate.
        since_ns: When listening begins, for example the unmute.
        until_ns: When it ends.
    """
    sound = open_sound(recording)
    run = _Run(sound, tone, sent, since_ns, until_ns)
    first = run.sent(0)
    if first is None:
        raise NoEvidenceError(f"{sound.file}: the markers heard are in an order never sent")
    alike = "all markers are alike: a lag is told only up to 500 ms"
    return Measurement(
        value=(int(run.heard_ns[0]) - first[1]) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=run.least,
        notes=() if tone.marker == "order" else (alike,),
        evidence=(sound.file,),
        seen=Seen(series=Series.AGE, file=sound.file),
    )


@dataclass(frozen=True, kw_only=True)
class HeardMarkers:
    """Markers that were heard, each told from the others, in order of hearing; shapes (n,)."""

    numbers: NDArray[np.int64]
    """Of the marker: it starts at `number`·500 ms of the tone."""
    sent_ns: NDArray[np.int64]
    """Its hand-over, monotonic."""
    heard_ns: NDArray[np.int64]
    places: NDArray[np.float64]
    """Of its onset in the recording, in samples."""
    rejects: dict[str, int]
    """Chirps that are no marker of those sent: reason → how many."""
    file: str


def heard_markers(
    recording: AudioRecording,
    tone: Tone,
    *,
    sent: Path,
    since_ns: int,
    until_ns: int,
    early_ns: int = 0,
) -> HeardMarkers:
    """The markers heard whole in [since, until), at least one; told as `marker_lag` tells one.

    Args:
        recording: What was heard.
        tone: What was sent.
        sent: The publisher's `.sent` file.
        since_ns: From here on,
        until_ns: up to here.
        early_ns: A marker may seem heard before its hand-over by so much.

    Raises:
        NoEvidenceError: too few were heard, or none of them was sent.
    """
    sound = open_sound(recording)
    run = _Run(sound, tone, sent, since_ns, until_ns, early_ns)
    rejects: Counter[str] = Counter()
    known: dict[int, tuple[int, int]] = {}
    for place in range(len(run.heard_ns)):
        told = run.sent(place)
        if told is None:
            rejects["in an order never sent"] += 1
        elif told[0] in known:
            rejects["heard before"] += 1
        else:
            known[told[0]] = (told[1], place)
    if not known:
        raise NoEvidenceError(f"{sound.file}: the markers heard are in an order never sent")
    chosen = [place for _, place in known.values()]
    return HeardMarkers(
        numbers=np.array(list(known), dtype=np.int64),
        sent_ns=np.array([sent_ns for sent_ns, _ in known.values()], dtype=np.int64),
        heard_ns=run.heard_ns[chosen],
        places=run.onsets[chosen],
        rejects=dict(rejects),
        file=sound.file,
    )


class _Run:
    """Markers heard one after the other, and which of those sent each of them can be."""

    def __init__(
        self,
        sound: Sound,
        tone: Tone,
        sent: Path,
        since_ns: int,
        until_ns: int,
        early_ns: int = 0,
    ) -> None:
        numbers, at_ns = _sent_markers(sent, tone)
        self._sent = dict(zip(numbers.tolist(), at_ns.tolist(), strict=True))
        self._numbers, self._at_ns, self._early_ns = numbers, at_ns, early_ns
        self._tone = tone
        heard = _heard(sound, tone, since_ns, until_ns)
        self.least = ORDER_RUN if tone.marker == "order" else 1
        """Markers in a row that tell which they are."""
        if len(heard) < self.least:
            raise NoEvidenceError(
                f"{sound.file}: {len(heard)} markers were heard in the time asked for, "
                f"{self.least} needed"
            )
        self.onsets = np.array([marker.onset for marker in heard])
        self.heard_ns = _times_ns(sound, heard)
        period = MARKER_PERIOD_MS * sound.sample_rate / 1000
        apart = np.diff(self.onsets) / period
        steps = np.rint(apart).astype(int)
        self._places: list[int] = [0, *np.cumsum(steps).tolist()]
        """In periods from the first: neighbours are compared, since time is stretched."""
        self._joined = np.abs(apart - steps) <= OFF_GRID
        """Whether a marker and the next can be of one run; shape (n − 1,)."""
        self._directions = [marker.direction for marker in heard]
        self._chosen = self._choose()

    def sent(self, i: int) -> tuple[int, int] | None:
        """Number and hand-over of the latest marker that can be the one at place i, or None."""
        offset = self._chosen[i]
        if offset is None:
            return None
        number = offset + int(self._places[i])
        return number, self._sent[number]

    def _choose(self) -> list[int | None]:
        """Number less place of each marker: what the most of its neighbours agree on with it.

        One that was misread, or a hole in time, makes the run that holds it tell anything. Such a
        tale ends soon, so the longest one that a marker is part of is taken for true; what fewer
        than three in a row hold for true is not.
        """
        offsets = {self._offset(j) for j in range(len(self._places) - self.least + 1)}
        chosen: list[int | None] = [None] * len(self._places)
        longest = np.full(len(self._places), self.least - 1)
        for offset in sorted(offset for offset in offsets if offset is not None):
            lengths = _run_lengths(self._fits(offset), self._joined)
            for i in np.flatnonzero((lengths >= self.least) & (lengths >= longest)):
                chosen[i], longest[i] = offset, lengths[i]
        agreed = min(self.least, LEAST_AGREED)
        rows = [list(row) for _, row in itertools.groupby(chosen)]
        return [offset if len(row) >= agreed else None for row in rows for offset in row]

    def _fits(self, offset: int) -> NDArray[np.bool_]:
        """At which places what was heard can be what was sent there."""
        return np.array(
            [
                (at_ns := self._sent.get(int(place) + offset)) is not None
                and at_ns <= heard_ns + self._early_ns
                and self._tone.direction(int(place) + offset) == direction
                for place, heard_ns, direction in zip(
                    self._places, self.heard_ns, self._directions, strict=True
                )
            ],
            dtype=np.bool_,
        )

    def _offset(self, j: int) -> int | None:
        """Number less place by the markers from place j on alone: the latest that fits."""
        if not self._joined[j : j + self.least - 1].all():
            return None
        row = [
            (self._places[k] - self._places[j], self._directions[k])
            for k in range(j, j + self.least)
        ]
        latest = int(np.searchsorted(self._at_ns, self.heard_ns[j] + self._early_ns, side="right"))
        for number in reversed(self._numbers[max(0, latest - len(MARKER_ORDER)) : latest].tolist()):
            if all(self._tone.direction(number + step) == direction for step, direction in row):
                return int(number - self._places[j])
        return None


def _run_lengths(fits: NDArray[np.bool_], joined: NDArray[np.bool_]) -> NDArray[np.int64]:
    """For each place the length of the unbroken row of places that fit, of which it is one."""
    goes_on = np.concatenate(([False], fits[1:] & fits[:-1] & joined))
    row = np.cumsum(~goes_on) - 1
    lengths: NDArray[np.int64] = np.bincount(row)[row] * fits
    return lengths


def _heard(sound: Sound, tone: Tone, since_ns: int, until_ns: int) -> list[Marker]:
    """Markers that lie whole in [since, until); onsets are positions in the whole recording."""
    if tone.marker is None:
        raise NoEvidenceError("the tone has no markers")
    start, stop = sound.span(since_ns, until_ns)
    asked = ("markers", tone, start, stop)
    if asked not in sound.found:
        sound.found[asked] = _markers(sound, tone, start, stop)
    heard: list[Marker] = sound.found[asked]
    return heard


def _markers(sound: Sound, tone: Tone, start: int, stop: int) -> list[Marker]:
    try:
        found = find_markers(sound.samples[start:stop, 0], sound.sample_rate, tone)
    except ValueError as error:
        raise NoEvidenceError(str(error)) from error
    return [
        Marker(onset=m.onset + start, similarity=m.similarity, direction=m.direction) for m in found
    ]


def _times_ns(sound: Sound, markers: list[Marker]) -> NDArray[np.int64]:
    return sound.times_ns(np.array([marker.onset for marker in markers], dtype=np.float64))


def _sent_markers(sent: Path, tone: Tone) -> tuple[NDArray[Any], NDArray[Any]]:
    """Number and hand-over of each marker that was sent."""
    try:
        log = read_sent(sent)
    except OSError as error:
        raise NoEvidenceError(f"no record of what was sent: {error}") from error
    period = tone.sample_rate * MARKER_PERIOD_MS // 1000
    starts = log[log["number"] % period == 0]
    if not len(starts):
        raise NoEvidenceError(f"{sent.name} holds no marker that was sent")
    return starts["number"] // period, starts["at_ns"]
