"""How old a picture is when it is seen: arrival minus hand-over of the picture with its number."""

from __future__ import annotations

from pathlib import Path

from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import VideoRecording
from harness.verifiers.answer import in_unit
from harness.verifiers.latency_series import SeenPictures, picture_latencies


@in_unit("ms")
def first_frame_lag(
    recording: VideoRecording, track_code: int, *, sent: Path, since_ns: int, until_ns: int
) -> Measurement:
    """Age of the first picture of a track that was read in [since, until)."""
    track = SeenPictures(recording=recording, track_code=track_code, sent=sent)
    series = picture_latencies(track, since_ns=since_ns, until_ns=until_ns)
    following = ", ".join(f"{lag:.0f}" for lag in series.latency_ms[1:4])
    return Measurement(
        value=float(series.latency_ms[0]),
        unit="ms",
        error=series.error_ms,
        rests_on=1,
        notes=(f"the next ones: {following} ms", *series.notes),
        evidence=series.files,
        seen=Seen(series=Series.AGE, file=series.files[0]),
    )
