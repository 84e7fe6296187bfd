"""Freezes and pauses of a picture, as W3C webrtc-stats defines them, located in time.

A freeze (`freezeCount`): the interval between two rendered frames is at least the larger of three
times the average and the average and 150 ms; the average is the linear one of the last 30
intervals. A pause (`pauseCount`): more than 5 s since the last frame.

As libwebrtc counts, where the text leaves it open: the interval in question is one of the 30, the
first four intervals are too few to tell, and a pause is no part of the average. Otherwise than
libwebrtc: a pause is a freeze as well, by the letter of the text, so that nothing long is called
none; what has not ended counts; and rendered is only a picture whose number is above all before
it: one that is repeated, or comes late, moves nothing on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS, NS_PER_S
from harness.evidence.measurement import Measurement, Seen, Series
from harness.evidence.recording import VideoRecording
from harness.evidence.statistics_sample import StatisticsSample
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.pictures import TIME_ERROR_MS, new_pictures, open_pictures
from harness.verifiers.proof import Witness, require_alive
from harness.verifiers.recorded import require_recorded

AVERAGED = 30
LEAST_INTERVALS = 5
LONGER_RATIO = 3
LONGER_NS = 150 * NS_PER_MS
PAUSE_NS = 5 * NS_PER_S


@dataclass(frozen=True, kw_only=True)
class Freeze:
    """An interval between two new pictures that is a freeze."""

    start_ns: int
    """Arrival of the last new picture before it, monotonic."""
    end_ns: int
    """Arrival of the first new picture after it; the end of watching where none had come."""
    last: int
    """Number of the picture that stood still."""
    next: int | None
    """Number of the first new picture after it; None: none had come."""

    @property
    def duration_ns(self) -> int:
        """How long, or how long at least, the picture stood still."""
        return self.end_ns - self.start_ns

    @property
    def lasting(self) -> bool:
        """Whether it went on when watching ended."""
        return self.next is None

    @property
    def paused(self) -> bool:
        """Whether it is a pause as well."""
        return self.duration_ns > PAUSE_NS

    @property
    def skipped(self) -> int | None:
        """Pictures between the two that were not seen in time; None where it is lasting."""
        return None if self.next is None else self.next - self.last - 1


def freeze_bound_ns(average_ns: float) -> float:
    """The interval from which on it is a freeze, by the average interval."""
    return max(LONGER_RATIO * average_ns, average_ns + LONGER_NS)


def find_freezes(
    times_ns: Sequence[int] | NDArray[np.int64],
    numbers: Sequence[int] | NDArray[np.int64],
    until_ns: int,
) -> tuple[Freeze, ...]:
    """All freezes of a track from its first picture up to `until_ns`, in order.

    Args:
        times_ns: Arrivals of new pictures, ascending, none after `until_ns`.
        numbers: Of these pictures, ascending.
        until_ns: When watching ended.
    """
    found = []
    intervals: deque[int] = deque(maxlen=AVERAGED)
    count = len(times_ns)
    for place in range(count):
        came = place + 1 < count
        start_ns, end_ns = int(times_ns[place]), int(times_ns[place + 1]) if came else until_ns
        interval = end_ns - start_ns
        paused = interval > PAUSE_NS
        if not paused:
            intervals.append(interval)
        enough = len(intervals) >= LEAST_INTERVALS
        if paused or (enough and interval >= freeze_bound_ns(sum(intervals) / len(intervals))):
            following = int(numbers[place + 1]) if came else None
            freeze = Freeze(
                start_ns=start_ns, end_ns=end_ns, last=int(numbers[place]), next=following
            )
            found.append(freeze)
    return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Freezes:
    """The freezes that touch a time, and what that rests on."""

    found: tuple[Freeze, ...]
    since_ns: int
    until_ns: int
    pictures: int
    """New pictures in that time."""
    notes: tuple[str, ...]
    evidence: tuple[str, ...]

    @property
    def frozen_ns(self) -> int:
        """How much of the time was frozen."""
        return sum(freeze.end_ns - max(freeze.start_ns, self.since_ns) for freeze in self.found)

    @property
    def lasting(self) -> bool:
        """Whether one went on at the end."""
        return bool(self.found) and self.found[-1].lasting

    def measured(
        self,
        value: float,
        unit: str,
        error: float,
        *notes: str,
        at_least: bool = False,
        timed_from_ns: int | None = None,
    ) -> Measurement:
        """A measurement that rests on the pictures of that time.

        `timed_from_ns`: where the value is the time to a moment at which a picture was seen.
        """
        return Measurement(
            value=value,
            unit=unit,
            error=error,
            at_least=at_least,
            rests_on=self.pictures,
            notes=(*self.notes, *notes),
            evidence=self.evidence,
            seen=None
            if timed_from_ns is None
            else Seen(series=Series.PICTURES, file=self.evidence[0], since_ns=timed_from_ns),
        )


def freezes(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Freezes:
    """The freezes that touch [since, until); the averages are those of all pictures from the first.

    Args:
        recording: What was seen.
        track_code: Whose picture it is.
        since_ns: From here on; five pictures must have come before, else no average is known.
        until_ns: When watching ended.
        alive: Another track of the receiver. Without it a picture that stands still at the end is
            a finding only where the recording goes on after `until_ns`.
        statistics: What the receiver's SDK counted: a recording that they contradict is no
            evidence, and where they cover the time no other witness is needed.

    Raises:
        NoEvidenceError: The recording does not answer.
    """
    pictures = open_pictures(recording)
    counted = bool(statistics) and require_recorded(
        recording, statistics, since_ns=since_ns, until_ns=until_ns
    )
    times, numbers = new_pictures(pictures, track_code, until_ns)
    before = int(np.searchsorted(times, since_ns))
    if before < LEAST_INTERVALS:
        raise NoEvidenceError(
            f"{pictures.file}: {before} pictures of track code {track_code} were read before the "
            f"time asked for, {LEAST_INTERVALS} needed"
        )
    everything = find_freezes(times, numbers, until_ns)
    found = tuple(freeze for freeze in everything if freeze.end_ns > since_ns)
    evidence = [pictures.file]
    if found and found[-1].lasting and not (counted or pictures.goes_on(until_ns)):
        if alive is None:
            raise NoEvidenceError(
                f"{pictures.file} ends with a picture that stands still, and no witness was named"
            )
        evidence.append(require_alive(alive, max(since_ns, found[-1].start_ns), until_ns))
    return Freezes(
        found=found,
        since_ns=since_ns,
        until_ns=until_ns,
        pictures=len(times) - before,
        notes=(*_places(found, since_ns), *pictures.rejects(track_code, since_ns, until_ns)),
        evidence=tuple(evidence),
    )


@in_unit("events")
def freeze_count(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """Freezes that touch [since, until), pauses among them."""
    seen = freezes(
        recording,
        track_code,
        since_ns=since_ns,
        until_ns=until_ns,
        alive=alive,
        statistics=statistics,
    )
    return seen.measured(float(len(seen.found)), "events", 0.0)


@in_unit("ms")
def frozen_time(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """How much of [since, until) was frozen or paused."""
    seen = freezes(
        recording,
        track_code,
        since_ns=since_ns,
        until_ns=until_ns,
        alive=alive,
        statistics=statistics,
    )
    return seen.measured(seen.frozen_ns / NS_PER_MS, "ms", len(seen.found) * TIME_ERROR_MS)


@in_unit("ratio")
def frozen_ratio(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """Share of [since, until) that was frozen or paused."""
    seen = freezes(
        recording,
        track_code,
        since_ns=since_ns,
        until_ns=until_ns,
        alive=alive,
        statistics=statistics,
    )
    watched_ns = seen.until_ns - seen.since_ns
    error = len(seen.found) * TIME_ERROR_MS * NS_PER_MS / watched_ns
    return seen.measured(seen.frozen_ns / watched_ns, "ratio", error)


@in_unit("ms")
def longest_freeze(
    recording: VideoRecording,
    track_code: int,
    *,
    since_ns: int,
    until_ns: int,
    alive: Witness | None = None,
    statistics: Sequence[StatisticsSample] = (),
) -> Measurement:
    """The longest freeze that touches [since, until), from its beginning; 0 where there is none.

    `at_least` where the last one had not ended.
    """
    seen = freezes(
        recording,
        track_code,
        since_ns=since_ns,
        until_ns=until_ns,
        alive=alive,
        statistics=statistics,
    )
    longest = max(seen.found, key=lambda freeze: freeze.duration_ns, default=None)
    return seen.measured(
        longest.duration_ns / NS_PER_MS if longest else 0.0,
        "ms",
        TIME_ERROR_MS if longest else 0.0,
        at_least=seen.lasting,
        timed_from_ns=longest.start_ns if longest else None,
    )


def _places(found: Sequence[Freeze], since_ns: int) -> tuple[str, ...]:
    """Where the freezes are, at most five of them."""
    if not found:
        return ()
    words = [
        f"{freeze.duration_ns / NS_PER_MS:.0f} ms "
        f"from {(freeze.start_ns - since_ns) / NS_PER_MS:.0f} ms"
        f"{', a pause' if freeze.paused else ''}{', to the end' if freeze.lasting else ''}"
        for freeze in found[:5]
    ]
    more = f"; and {len(found) - 5} more" if len(found) > 5 else ""
    return (f"frozen for {'; '.join(words)}{more}",)
