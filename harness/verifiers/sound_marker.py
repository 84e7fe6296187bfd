"""Markers: is any missing, and how old is what is heard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording
from harness.evidence.sent import read_sent
from harness.signals.hearing import Marker, find_markers
from harness.signals.sound import MARKER_MS, MARKER_PERIOD_MS, Tone
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.sound import TIME_ERROR_MS, Sound, open_sound

ORDER_RUN = 5
"""Markers in a row that tell their place in the order of 31."""


@in_unit("markers")
def missing_markers(
    recording: AudioRecording, tone: Tone, *, since_ns: int, until_ns: int
) -> Measurement:
    """Markers sent every 500 ms that were not found in [since, until).

    Gaps between neighbours count, in periods, so a jitter buffer that stretches time hides and
    invents none; so do the parts before the first and after the last. Two markers closer than half
    a period are noted. A recording that ends less than a period too early is judged to its end.
    """
    sound = open_sound(recording)
    short_ms = (until_ns - sound.end_ns) / NS_PER_MS
    if short_ms > MARKER_PERIOD_MS:
        raise NoEvidenceError(f"{sound.file} ends {short_ms:.0f} ms too early")
    until_ns = min(until_ns, sound.end_ns)
    found = _heard(sound, tone, since_ns, until_ns)
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
    sent_ns = run.sent_ns(0)
    if sent_ns is None:
        raise NoEvidenceError(f"{sound.file}: the markers heard are in an order never sent")
    alike = "all markers are alike: a lag is told only up to 500 ms"
    return Measurement(
        value=(int(run.heard_ns[0]) - sent_ns) / NS_PER_MS,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=run.least,
        notes=() if tone.marker == "order" else (alike,),
        evidence=(sound.file,),
    )


def marker_times(
    recording: AudioRecording, tone: Tone, *, sent: Path, since_ns: int, until_ns: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """When each whole marker heard in [since, until) was sent, and when it was heard.

    In order of hearing, both in monotonic ns, at least one; told as `marker_lag` tells the first.
    Markers in an order that was never sent are left out.

    Raises:
        NoEvidenceError: too few were heard, or none of them was sent.
    """
    sound = open_sound(recording)
    run = _Run(sound, tone, sent, since_ns, until_ns)
    told = [(run.sent_ns(i), int(at_ns)) for i, at_ns in enumerate(run.heard_ns)]
    known = [(sent_ns, heard_ns) for sent_ns, heard_ns in told if sent_ns is not None]
    if not known:
        raise NoEvidenceError(f"{sound.file}: the markers heard are in an order never sent")
    pairs = np.array(known, dtype=np.int64)
    return pairs[:, 0], pairs[:, 1]


class _Run:
    """Markers heard one after the other, and which of those sent each of them can be."""

    def __init__(self, sound: Sound, tone: Tone, sent: Path, since_ns: int, until_ns: int) -> None:
        numbers, at_ns = _sent_markers(sent, tone)
        self._sent = list(zip(numbers.tolist(), at_ns.tolist(), strict=True))
        self._tone = tone
        heard = _heard(sound, tone, since_ns, until_ns)
        self.least = ORDER_RUN if tone.marker == "order" else 1
        """Markers in a row that tell which they are."""
        if len(heard) < self.least:
            raise NoEvidenceError(
                f"{sound.file}: {len(heard)} markers were heard in the time asked for, "
                f"{self.least} needed"
            )
        self.heard_ns = _times_ns(sound, heard)
        period = MARKER_PERIOD_MS * sound.sample_rate / 1000
        steps = np.rint(np.diff([marker.onset for marker in heard]) / period).astype(int)
        self._places = [0, *np.cumsum(steps).tolist()]
        """In periods from the first: neighbours are compared, since time is stretched."""
        self._directions = [marker.direction for marker in heard]

    def sent_ns(self, i: int) -> int | None:
        """Hand-over of the latest marker that can be the one heard at place i, or None."""
        first = min(i, len(self._places) - self.least)
        row = [
            (self._places[j] - self._places[i], self._directions[j])
            for j in range(first, first + self.least)
        ]
        fitting = (
            at_ns
            for number, at_ns in self._sent
            if at_ns <= self.heard_ns[i]
            and all(self._tone.direction(number + step) == direction for step, direction in row)
        )
        return max(fitting, default=None)


def _heard(sound: Sound, tone: Tone, since_ns: int, until_ns: int) -> list[Marker]:
    """Markers that lie whole in [since, until); onsets are positions in the whole recording."""
    if tone.marker is None:
        raise NoEvidenceError("the tone has no markers")
    start, stop = sound.span(since_ns, until_ns)
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
