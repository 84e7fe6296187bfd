"""How far sound and picture of one participant are apart, and whether they drift.

Skew = age of the picture − age of the sound, for what was captured at the same instant: positive
where the sound is early, as in ITU-R BT.1359 and EBU R37. Each marker of the sound is compared with
the pictures that were captured within half a period of it.

The stated error is that of the two instruments on the common clock. Differences inside a run are
good to CHANGE_ERROR_MS, as long as no jitter buffer moves; where one does, that is what is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement
from harness.evidence.recording import AudioRecording, VideoRecording
from harness.signals.sound import MARKER_PERIOD_MS, Tone
from harness.verifiers import pictures, sound
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.picture_lag import picture_lags
from harness.verifiers.sound_marker import marker_times

ERROR_MS = sound.TIME_ERROR_MS + pictures.TIME_ERROR_MS
CHANGE_ERROR_MS = 2.0
NEAR_NS = MARKER_PERIOD_MS * NS_PER_MS // 2
ARRIVAL_NS = 2 * NS_PER_S
"""Pictures captured with a marker may arrive this much before or after it is heard."""
DRIFT_MARKERS = 5
"""Markers that a slope needs at least."""
NS_PER_MIN = 60 * NS_PER_S


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


@dataclass(frozen=True, kw_only=True)
class SkewSeries:
    """The skew at each marker, in order of hearing."""

    heard_ns: NDArray[np.int64]
    """When the marker was heard, monotonic."""
    skew_ms: NDArray[np.float64]
    files: tuple[str, ...]

    def measured(self, value: float, unit: str, error: float) -> Measurement:
        """A measurement that rests on the whole series."""
        low, high = float(self.skew_ms.min()), float(self.skew_ms.max())
        return Measurement(
            value=value,
            unit=unit,
            error=error,
            rests_on=len(self.skew_ms),
            notes=(f"skew {low:+.1f} to {high:+.1f} ms; positive: the sound is early",),
            evidence=self.files,
        )


@in_unit("ms")
def median_skew(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """Median skew of the markers heard in [since, until). Positive: the sound is early."""
    series = skew_series(pair, since_ns=since_ns, until_ns=until_ns)
    return series.measured(float(np.median(series.skew_ms)), "ms", ERROR_MS)


@in_unit("ms")
def skew_spread(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """Largest less smallest skew of the markers heard in [since, until)."""
    series = skew_series(pair, since_ns=since_ns, until_ns=until_ns)
    return series.measured(float(np.ptp(series.skew_ms)), "ms", CHANGE_ERROR_MS)


@in_unit("ms/min")
def skew_drift(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> Measurement:
    """Slope of the skew of the markers heard in [since, until), in ms a minute.

    The median of the slopes between any two markers (Theil and Sen): a marker that stands out does
    not turn it. Positive: the sound gets earlier. Needs five markers.
    """
    series = skew_series(pair, since_ns=since_ns, until_ns=until_ns)
    if len(series.heard_ns) < DRIFT_MARKERS:
        raise NoEvidenceError(
            f"{len(series.heard_ns)} markers were compared with pictures, {DRIFT_MARKERS} needed"
        )
    minutes = (series.heard_ns - series.heard_ns[0]) / NS_PER_MIN
    first, second = np.triu_indices(len(minutes), k=1)
    slopes = (series.skew_ms[second] - series.skew_ms[first]) / (minutes[second] - minutes[first])
    error = CHANGE_ERROR_MS / float(minutes[-1])
    return series.measured(float(np.median(slopes)), "ms/min", error)


def skew_series(pair: SoundAndPicture, *, since_ns: int, until_ns: int) -> SkewSeries:
    """The skew at each marker heard in [since, until) of which pictures were seen.

    Raises:
        NoEvidenceError: there is none: no marker, no picture, or none captured at the same time.
    """
    sent_ns, heard_ns = marker_times(
        pair.sound, pair.tone, sent=pair.sound_sent, since_ns=since_ns, until_ns=until_ns
    )
    seen, captured_ns, lags_ms = picture_lags(
        pair.picture,
        pair.track_code,
        sent=pair.picture_sent,
        since_ns=since_ns - ARRIVAL_NS,
        until_ns=until_ns + ARRIVAL_NS,
    )
    near = np.abs(captured_ns - sent_ns[:, None]) <= NEAR_NS
    with_pictures = np.flatnonzero(near.any(axis=1))
    if not len(with_pictures):
        raise NoEvidenceError(f"{seen.file}: no picture captured with a marker was seen")
    ages_ms = np.array([np.median(lags_ms[near[i]]) for i in with_pictures])
    heard_ns, sent_ns = heard_ns[with_pictures], sent_ns[with_pictures]
    return SkewSeries(
        heard_ns=heard_ns,
        skew_ms=ages_ms - (heard_ns - sent_ns) / NS_PER_MS,
        files=(sound.file_of(pair.sound), seen.file),
    )
