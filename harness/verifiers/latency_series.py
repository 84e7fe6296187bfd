"""How old sound and pictures are when they are heard and seen: a complete series of each.

Latency = arrival − capture on the one clock, of each marker of a sound and of each picture, told
by what is in the sound and in the picture. What came and is no latency is counted with its reason;
nothing is left out for its value.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import AudioRecording, FrameStatus, VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.signals.sound import Tone
from harness.verifiers import pictures, sound
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.picture_order import sent_pictures
from harness.verifiers.pictures import open_pictures
from harness.verifiers.sound_marker import heard_markers
from harness.verifiers.wire import PacketRecord

LATEST_HAND_OVER_NS = 250 * NS_PER_MS
"""A publisher drops sound that is later than 200 ms: nothing is handed over later than this after
the steady ticks of its source."""
FOREVER_NS = 2**62


@dataclass(frozen=True, kw_only=True)
class HeardSound:
    """What one subscriber heard of a sound, what was sent, and what was seen on its way."""

    recording: AudioRecording
    tone: Tone
    sent: Path
    """The publisher's hand-overs: see `harness.evidence.sent`."""
    monitor: AudioRecording | None = None
    """What the publisher's own track emitted; without it a hand-over is taken for the capture,
    which is true of a source without a queue."""
    wire: PacketRecord | None = None
    """The gateway's record."""
    statistics: Sequence[StatisticsSample] = ()
    """What the subscriber's SDK counted, two samples at least."""


@dataclass(frozen=True, kw_only=True)
class SeenPictures:
    """What one subscriber saw of a picture, what was sent, and what was seen on its way."""

    recording: VideoRecording
    track_code: int
    sent: Path
    wire: PacketRecord | None = None
    statistics: Sequence[StatisticsSample] = ()


Track = HeardSound | SeenPictures


@dataclass(frozen=True, kw_only=True)
class LatencySeries:
    """Each marker or picture in order of arrival, at least one; shapes (n,)."""

    numbers: NDArray[np.int64]
    """Of the marker, counted from sample 0 in periods, or of the picture."""
    captured_ns: NDArray[np.int64]
    """When it entered WebRTC: its hand-over, or where a queue was watched its end of that."""
    arrived_ns: NDArray[np.int64]
    rejects: dict[str, int]
    """What came and is no latency: reason → how many."""
    error_ms: float
    """Of the instrument, half width."""
    files: tuple[str, ...]
    holes: tuple[tuple[int, int], ...] = ()
    """From when to when nothing came, where that was looked for and is known."""
    hole_notes: tuple[str, ...] = ()
    """The same, for a reader."""

    @property
    def latency_ms(self) -> NDArray[np.float64]:
        """Arrival − capture."""
        return (self.arrived_ns - self.captured_ns) / NS_PER_MS

    @property
    def notes(self) -> tuple[str, ...]:
        """Holes and rejects, for a reader."""
        if not self.rejects:
            return self.hole_notes
        rejected = ", ".join(f"{number} {why}" for why, number in self.rejects.items())
        return (*self.hole_notes, f"not counted: {rejected}")


def latencies(track: Track, *, since_ns: int, until_ns: int) -> LatencySeries:
    """The series of what arrived in [since, until).

    Raises:
        NoEvidenceError: there is no marker or picture of those sent, or the clock stepped.
    """
    if isinstance(track, HeardSound):
        return sound_latencies(track, since_ns=since_ns, until_ns=until_ns)
    return picture_latencies(track, since_ns=since_ns, until_ns=until_ns)


def picture_latencies(track: SeenPictures, *, since_ns: int, until_ns: int) -> LatencySeries:
    """The series of the pictures that arrived in [since, until); one seen twice counts once.

    Raises:
        NoEvidenceError: none of those sent was read, or one came before it was sent.
    """
    seen = open_pictures(track.recording)
    frames = seen.between(since_ns, until_ns)
    log = sent_pictures(track.sent)
    log = log[np.argsort(log["number"], kind="stable")]
    why = _rejected(frames, track.track_code, log["number"])
    own = frames[why == ""]
    if not len(own):
        raise NoEvidenceError(
            f"{seen.file}: no picture of track code {track.track_code} in the time asked for "
            f"is one of those sent"
        )
    numbers = own["counter"].astype(np.int64)
    captured_ns = log["at_ns"][np.searchsorted(log["number"], numbers)]
    _require_order(captured_ns, own["arrival_ns"], seen.file)
    return LatencySeries(
        numbers=numbers,
        captured_ns=captured_ns,
        arrived_ns=own["arrival_ns"],
        rejects=dict(Counter(str(reason) for reason in why if reason)),
        error_ms=pictures.TIME_ERROR_MS,
        files=(seen.file,),
    )


def sound_latencies(track: HeardSound, *, since_ns: int, until_ns: int) -> LatencySeries:
    """The series of the markers heard whole in [since, until).

    With a marker `up` or `down` all markers are alike, and a latency is told up to 500 ms only;
    with `order` up to 15.5 s.

    Raises:
        NoEvidenceError: too few were heard, none of them was sent, or the monitor has none.
    """
    heard = heard_markers(
        track.recording, track.tone, sent=track.sent, since_ns=since_ns, until_ns=until_ns
    )
    numbers, captured_ns, arrived_ns = heard.numbers, heard.sent_ns, heard.heard_ns
    rejects, files = dict(heard.rejects), [heard.file]
    if track.monitor is not None:
        emitted = emissions(track.monitor, track.tone, sent=track.sent)
        known = np.isin(numbers, emitted.numbers)
        if not known.any():
            raise NoEvidenceError(f"{emitted.file}: none of the markers heard was emitted")
        if not known.all():
            rejects["not seen at the monitor"] = int(np.count_nonzero(~known))
        numbers, arrived_ns = numbers[known], arrived_ns[known]
        captured_ns = emitted.at_ns[np.searchsorted(emitted.numbers, numbers)]
        files.append(emitted.file)
    _require_order(captured_ns, arrived_ns, heard.file)
    return LatencySeries(
        numbers=numbers,
        captured_ns=captured_ns,
        arrived_ns=arrived_ns,
        rejects=rejects,
        error_ms=sound.TIME_ERROR_MS,
        files=tuple(files),
    )


@dataclass(frozen=True, kw_only=True)
class Emissions:
    """When a source gave each marker to WebRTC, in order of markers; shapes (n,)."""

    numbers: NDArray[np.int64]
    handed_over_ns: NDArray[np.int64]
    at_ns: NDArray[np.int64]
    places: NDArray[np.float64]
    """Of the marker in what was emitted, in samples."""
    file: str


def emissions(monitor: AudioRecording, tone: Tone, *, sent: Path) -> Emissions:
    """What a source's queue did to each marker, seen at a stream of the publisher's own track.

    A native thread takes 10 ms from a queue every 10 ms, and zeros where it is empty: sample n
    comes out at its first tick + n/rate + 10 ms for each frame of zeros so far. The stream holds
    the zeros too, so that the lower envelope of its arrivals is those ticks. Nothing comes out
    before it was put in: without a queue that is the moment, and the stream tells it late.

    Raises:
        NoEvidenceError: no monitor, or no markers in it.
    """
    heard = heard_markers(
        monitor, tone, sent=sent, since_ns=0, until_ns=FOREVER_NS, early_ns=LATEST_HAND_OVER_NS
    )
    order = np.argsort(heard.numbers, kind="stable")
    return Emissions(
        numbers=heard.numbers[order],
        handed_over_ns=heard.sent_ns[order],
        at_ns=np.maximum(heard.heard_ns, heard.sent_ns)[order],
        places=heard.places[order],
        file=heard.file,
    )


def _rejected(frames: NDArray[Any], track_code: int, sent: NDArray[np.int64]) -> NDArray[np.str_]:
    """Why each picture is no latency; empty for one that is."""
    why = np.full(len(frames), "", dtype="<U32")
    for status in FrameStatus:
        if status != FrameStatus.READ:
            name = status.name.lower().replace("_", " ")
            why[frames["status"] == status] = f"not read ({name})"
    why[(why == "") & (frames["track_code"] != track_code)] = "of another track"
    why[(why == "") & ~np.isin(frames["counter"], sent)] = "with a number never sent"
    own = np.flatnonzero(why == "")
    first = np.unique(frames["counter"][own], return_index=True)[1]
    why[np.delete(own, first)] = "seen before"
    return why


def _require_order(
    captured_ns: NDArray[np.int64], arrived_ns: NDArray[np.int64], file: str
) -> None:
    """Nothing arrives before it was captured, unless the clocks are two."""
    early = np.flatnonzero(arrived_ns < captured_ns)
    if len(early):
        raise NoEvidenceError(
            f"{file}: {len(early)} arrived before they were captured, the first by "
            f"{(captured_ns[early[0]] - arrived_ns[early[0]]) / NS_PER_MS:.1f} ms: "
            "the clock stepped, or the record of what was sent is another's"
        )
