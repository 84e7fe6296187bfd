"""How far sound and picture of one participant are apart, and whether they drift.

Skew = age of the picture − age of the sound, for what was captured at the same instant: positive
where the sound is early, as in ITU-R BT.1359 and EBU R37. There are two series of it: at each
picture, with the age of the sound between the markers around it (`picture_skews`), which is what a
viewer sees; and at each marker, with the middle of the pictures captured within half a period of it
(`skew_series`), which a picture that came late alone does not move: for what changes over time.

The stated error is that of the two instruments on the common clock. Differences inside a run are
good to CHANGE_ERROR_MS, as long as no jitter buffer moves; where one does, that is what is seen.

While a picture stands still there is no skew: that is for `freeze`. Where most of the time has none
there is no figure either.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.evidence.sent import read_sent
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.sound import MARKER_PERIOD_MS, Tone
from harness.statistics.bootstrap import least_values, median_interval
from harness.statistics.looks import LEVEL
from harness.statistics.trend import MAX_POINTS, theil_sen
from harness.verifiers import pictures, sound
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.latency_series import (
    HeardSound,
    SeenPictures,
    picture_latencies,
    sound_latencies,
)
from harness.verifiers.recorded import require_recorded

ERROR_MS = sound.TIME_ERROR_MS + pictures.TIME_ERROR_MS
CHANGE_ERROR_MS = 2.0
PERIOD_NS = MARKER_PERIOD_MS * NS_PER_MS
TICK_NS = 5 * NS_PER_MS
"""A share of how long a picture is seen where none is late."""
NEAR_NS = PERIOD_NS // 2
NEIGHBOURS = 3
"""Periods between two markers that still tell the age of the sound between them."""
ARRIVAL_NS = 2 * NS_PER_S
"""Pictures captured with a marker may arrive this much before or after it is heard."""
DRIFT_MARKERS = 5
"""Markers that a slope needs at least."""
LEAST_IN_HALF = 5
"""Markers of either half of a time, for a slope of its own."""
NS_PER_MIN = 60 * NS_PER_S
HOLE_MS = 500
"""Frames of sound come every 10 ms, whatever is in them: more than this without one is a hole."""
LEAST_COMPARED_RATIO = 0.5
"""Of the time asked for, for a figure about it."""


@dataclass(frozen=True, kw_only=True)
class SoundAndPicture:
    """What one subscriber received of two tracks of one publisher, and what was sent."""

    sound: AudioRecording
    tone: Tone
    sound_sent: Path
    """Capture times of the sound: see `harness.evidence.sent`."""
    picture: VideoRecording
    track_code: int
    picture_sent: Path
    sound_emitted: AudioRecording | None = None
    """What the publisher's own track emitted, where its source has a queue: see `HeardSound`."""
    statistics: Sequence[StatisticsSample] = ()
    """What the subscriber's SDK counted: recordings that it contradicts are no evidence."""

    @property
    def heard(self) -> HeardSound:
        """The sound."""
        return HeardSound(
            recording=self.sound,
            tone=self.tone,
            sent=self.sound_sent,
            monitor=self.sound_emitted,
        )

    @property
    def seen(self) -> SeenPictures:
        """The picture."""
        return SeenPictures(
            recording=self.picture, track_code=self.track_code, sent=self.picture_sent
        )


@dataclass(frozen=True, kw_only=True)
class SkewSeries:
    """The skew at each marker, in order of hearing, or at each picture, in order of arrival."""

    heard_ns: NDArray[np.int64]
    """When the marker was heard, or the picture seen, monotonic."""
    skew_ms: NDArray[np.float64]
    notes: tuple[str, ...] = ()
    files: tuple[str, ...]

    def measured(
        self,
        value: float,
        unit: str,
        error: float,
        *notes: str,
        sampling: tuple[float, float] | None = None,
        at_least: bool = False,
        seen: Seen | None = None,
    ) -> Measurement:
        """A measurement that rests on the whole series."""
        low, high = float(self.skew_ms.min()), float(self.skew_ms.max())
        return Measurement(
            value=value,
            unit=unit,
            error=error,
            sampling=sampling,
            at_least=at_least,
            rests_on=len(self.skew_ms),
            notes=(
                f"skew {low:+.1f} to {high:+.1f} ms; positive: the sound is early",
                *notes,
                *self.notes,
            ),
            evidence=self.files,
            seen=seen,
        )

    def seen_ns(self, until_ns: int) -> NDArray[np.int64]:
        """How long each picture was seen: until the next one, for a period of the markers at most.

        What stands still longer has no skew.
        """
        return np.minimum(np.diff([*self.heard_ns.tolist(), until_ns]), PERIOD_NS)

    def seen(self, since_ns: int | None = None) -> Seen:
        """Where the skew itself can be seen, or the time from a moment on until it is as it is."""
        return Seen(series=Series.SKEW, file=self.files[0], since_ns=since_ns)


@in_unit("ms")
def median_skew(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """The skew that is exceeded half of the time in [since, until). Positive: the sound is early.

    Each picture counts as long as it is seen: those that come late in one go, after a loss, are
    gone at once. With the bootstrap interval of the median, blocks as long as √n pictures are seen.
    """
    series = picture_skews(pair, since_ns=since_ns, until_ns=until_ns)
    pictures_read = len(series.skew_ms)
    if pictures_read < least_values(0.5):
        raise NoEvidenceError(f"{series.files[1]}: {pictures_read} pictures tell no median")
    ends_ns = np.cumsum(series.seen_ns(until_ns))
    ticks_ns = np.arange(TICK_NS // 2, ends_ns[-1], TICK_NS)
    by_time_ms = series.skew_ms[np.searchsorted(ends_ns, ticks_ns, side="right")]
    block = math.ceil(len(by_time_ms) / math.sqrt(pictures_read))
    sampling = median_interval(by_time_ms, block=block)
    middle_ms = float(np.median(by_time_ms))
    return series.measured(middle_ms, "ms", ERROR_MS, sampling=sampling, seen=series.seen())


@in_unit("ms")
def skew_spread(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """Largest less smallest skew of the markers heard in [since, until)."""
    series = whole_skews(pair, since_ns=since_ns, until_ns=until_ns)
    return series.measured(float(np.ptp(series.skew_ms)), "ms", CHANGE_ERROR_MS)


@in_unit("ms/min")
def skew_drift(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """Slope of the skew of the markers heard in [since, until), in ms a minute.

    The median of the slopes between any two markers (Theil and Sen), with its interval: a marker
    that stands out does not turn it. Positive: the sound gets earlier. Needs five markers.

    A jitter buffer that settles, or steps, is no drift that goes on: where the two halves of the
    time disagree the interval reaches to the slope of either, and the notes say so. One that
    settles all the time looks as a drift does: ask over minutes where there is a network.
    """
    series = whole_skews(pair, since_ns=since_ns, until_ns=until_ns)
    if len(series.heard_ns) < DRIFT_MARKERS:
        raise NoEvidenceError(
            f"{len(series.heard_ns)} markers were compared with pictures, {DRIFT_MARKERS} needed"
        )
    every = -(-len(series.heard_ns) // MAX_POINTS)
    minutes = (series.heard_ns[::every] - series.heard_ns[0]) / NS_PER_MIN
    skew_ms = series.skew_ms[::every]
    whole = theil_sen(minutes, skew_ms, level=LEVEL)
    error = CHANGE_ERROR_MS / float(minutes[-1])
    ends, notes = [whole.low, whole.high], []
    middle = len(minutes) // 2
    if middle >= LEAST_IN_HALF:
        first = theil_sen(minutes[:middle], skew_ms[:middle])
        second = theil_sen(minutes[middle:], skew_ms[middle:])
        # A half takes half of the time, so that its slope has twice the error, and there are two.
        if max(first.low, second.low) - min(first.high, second.high) > 4 * error:
            ends += [first.slope, second.slope]
            notes.append(
                f"{first.slope:+.1f} ms/min in the first half, {second.slope:+.1f} in the second: "
                "a jitter buffer settled or stepped, which is no drift"
            )
    sampling = (min(whole.slope, *ends), max(whole.slope, *ends))
    return series.measured(whole.slope, "ms/min", error, *notes, sampling=sampling)


def whole_skews(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> SkewSeries:
    """The skew at each marker, where the recordings fill the time asked for.

    Raises:
        NoEvidenceError: the sound's recording begins too late, ends too early or has a hole, or
            most of the markers due could not be compared with pictures.
    """
    require_sound(pair, since_ns=since_ns, until_ns=until_ns)
    series = skew_series(pair, since_ns=since_ns, until_ns=until_ns)
    compared, due = len(series.skew_ms), (until_ns - since_ns) // PERIOD_NS
    if compared < LEAST_COMPARED_RATIO * due:
        raise NoEvidenceError(
            f"{', '.join(series.files)}: {compared} of {due} markers could be compared with "
            f"pictures, {LEAST_COMPARED_RATIO:.0%} needed"
        )
    return series


def picture_skews(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> SkewSeries:
    """The skew at each picture seen in [since, until) that was captured between two markers.

    The age of the sound is taken on the line between those at the two markers.

    Raises:
        NoEvidenceError: as `whole_skews`, of the pictures due.
    """
    require_sound(pair, since_ns=since_ns, until_ns=until_ns)
    heard = sound_latencies(
        pair.heard, since_ns=since_ns - ARRIVAL_NS, until_ns=until_ns + ARRIVAL_NS
    )
    seen = picture_latencies(pair.seen, since_ns=since_ns, until_ns=until_ns)
    sent_ns, heard_ns = heard.captured_ns, heard.arrived_ns
    captured_ns, lags_ms = seen.captured_ns, seen.latency_ms
    after = np.clip(np.searchsorted(sent_ns, captured_ns), 1, max(1, len(sent_ns) - 1))
    inside = (captured_ns >= sent_ns[0]) & (captured_ns <= sent_ns[-1])
    if len(sent_ns) > 1:
        inside &= sent_ns[after] - sent_ns[after - 1] <= NEIGHBOURS * PERIOD_NS
    arrived_ns = seen.arrived_ns
    _require_most(seen.files[0], arrived_ns[inside], since_ns, until_ns)
    sound_ms = np.interp(captured_ns, sent_ns, (heard_ns - sent_ns) / NS_PER_MS)
    return SkewSeries(
        heard_ns=arrived_ns[inside],
        skew_ms=(lags_ms - sound_ms)[inside],
        notes=() if inside.all() else (f"{int(np.sum(~inside))} pictures not compared",),
        files=(sound.file_of(pair.sound), *seen.files),
    )


def _require_most(file: str, arrived_ns: NDArray[np.int64], since_ns: int, until_ns: int) -> None:
    """Raises NoEvidenceError where most of the time has no picture that was compared."""
    periods = (until_ns - since_ns) // PERIOD_NS
    filled = len(np.unique((arrived_ns - since_ns) // PERIOD_NS))
    if not filled or filled < LEAST_COMPARED_RATIO * periods:
        raise NoEvidenceError(
            f"{file}: {filled} of {periods} times of {MARKER_PERIOD_MS} ms have pictures that "
            f"could be compared with sound, {LEAST_COMPARED_RATIO:.0%} needed"
        )


def require_sound(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> None:
    """Raises NoEvidenceError where the sound's recording does not fill [since, until).

    Or where the hand-overs of either do not reach to its end, or the SDK's counts contradict one.
    """
    for sent in (pair.sound_sent, pair.picture_sent):
        try:
            last_ns = int(read_sent(sent)["at_ns"].max(initial=0))
        except OSError as error:
            raise NoEvidenceError(f"no record of what was sent: {error}") from error
        if last_ns < until_ns - ARRIVAL_NS:
            raise NoEvidenceError(f"{sent.name} ends before the time asked for does")
    if pair.statistics:
        for recording in (pair.sound, pair.picture):
            require_recorded(recording, pair.statistics, since_ns=since_ns, until_ns=until_ns)
    due_ns = sound.open_sound(pair.sound).frame_ns
    inside = due_ns[(due_ns >= since_ns) & (due_ns < until_ns)]
    hole_ms = float(np.diff([since_ns, *inside.tolist(), until_ns]).max()) / NS_PER_MS
    if hole_ms > HOLE_MS:
        raise NoEvidenceError(
            f"{sound.file_of(pair.sound)}: nothing was recorded for {hole_ms:.0f} ms of the time "
            "asked for"
        )


def skew_series(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> SkewSeries:
    """The skew at each marker heard in [since, until) of which pictures were seen.

    Raises:
        NoEvidenceError: there is none: no marker, no picture, or none captured at the same time.
    """
    heard = sound_latencies(pair.heard, since_ns=since_ns, until_ns=until_ns)
    seen = picture_latencies(
        pair.seen, since_ns=since_ns - ARRIVAL_NS, until_ns=until_ns + ARRIVAL_NS
    )
    sent_ns, heard_ns = heard.captured_ns, heard.arrived_ns
    captured_ns, lags_ms = seen.captured_ns, seen.latency_ms
    near = np.abs(captured_ns - sent_ns[:, None]) <= NEAR_NS
    with_pictures = np.flatnonzero(near.any(axis=1))
    if not len(with_pictures):
        raise NoEvidenceError(f"{seen.files[0]}: no picture captured with a marker was seen")
    ages_ms = np.array([np.median(lags_ms[near[i]]) for i in with_pictures])
    heard_ns, sent_ns = heard_ns[with_pictures], sent_ns[with_pictures]
    return SkewSeries(
        heard_ns=heard_ns,
        skew_ms=ages_ms - (heard_ns - sent_ns) / NS_PER_MS,
        files=(sound.file_of(pair.sound), *seen.files),
    )
