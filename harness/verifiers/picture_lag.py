"""How old a picture is when it is seen: arrival minus hand-over of the picture with its number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.pictures import TIME_ERROR_MS, Pictures, open_pictures


@in_unit("ms")
def frame_lag(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Median age of the pictures of a track that were read in [since, until)."""
    pictures, _, lags_ms = picture_lags(
        recording, track_code, sent=sent, since_ns=since_ns, until_ns=until_ns
    )
    note = f"smallest {lags_ms.min():.1f}, largest {lags_ms.max():.1f} ms"
    return _measurement(pictures, float(np.median(lags_ms)), len(lags_ms), note)


@in_unit("ms")
def first_frame_lag(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Age of the first picture of a track that was read in [since, until)."""
    pictures, _, lags_ms = picture_lags(
        recording, track_code, sent=sent, since_ns=since_ns, until_ns=until_ns
    )
    note = f"the next ones: {', '.join(f'{lag:.0f}' for lag in lags_ms[1:4])} ms"
    return _measurement(pictures, float(lags_ms[0]), 1, note)


def picture_lags(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> tuple[Pictures, NDArray[np.int64], NDArray[np.float64]]:
    """The recording, and of each picture read in [since, until) its hand-over and age.

    In order of arrival, at least one; hand-overs in monotonic ns, ages in ms.

    Raises:
        NoEvidenceError: none of those sent was read.
    """
    pictures = open_pictures(recording)
    log = sent_pictures(sent)
    log = log[np.argsort(log["number"], kind="stable")]
    read = pictures.of(track_code, since_ns, until_ns)
    numbers = read["counter"].astype(np.int64)
    places = np.minimum(np.searchsorted(log["number"], numbers), len(log) - 1)
    known = log["number"][places] == numbers
    if not known.any():
        raise NoEvidenceError(
            f"{pictures.file}: no picture of track code {track_code} in the time asked for "
            f"is one of those sent"
        )
    sent_ns = log["at_ns"][places][known]
    return pictures, sent_ns, (read["arrival_ns"][known] - sent_ns) / NS_PER_MS


def _measurement(pictures: Pictures, value_ms: float, rests_on: int, note: str) -> Measurement:
    return Measurement(
        value=value_ms,
        unit="ms",
        error=TIME_ERROR_MS,
        rests_on=rests_on,
        notes=(note,),
        evidence=(pictures.file,),
    )
