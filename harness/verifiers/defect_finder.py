"""What is wrong with a sound, each defect located in time, from decoded samples of a sweep.

Kinds, and what they are in the samples:
    gap           silence where sound should be: 20 dB below what was sent, edges at 6 dB
    concealment   sound goes on and media time does not: the jitter buffer makes it up
    repeat        the same media time twice, at once
    skip          media time jumps ahead
    time-stretch  media time runs faster or slower, or moves by no more than a pitch period without
                  a click: what a jitter buffer does to grow or shrink (accelerate, preemptive
                  expand)
    click         a jump of the wave where nothing else is wrong
    clipping      the wave is cut off at full scale

Starts and durations are exact to 10 ms: `tests/verifiers/test_defect_finder.py` puts each kind into
a sound that Opus has coded. A gap must be 10 ms long; a shorter one is a click. Within 25 ms of the
end of the sweep's period, where nothing is read for 15, kinds are told wrong in 1 of 10 cases
(a repeat as concealment, one concealment as two), and in 1 of 100 elsewhere; none is missed.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.recording import AudioRecording
from harness.signals.sound import FULL_SCALE, amplitude
from harness.signals.sweep import Sweep
from harness.signals.sweep_reading import HOP_MS, SweepReading, read_sweep
from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.media_time import JUMP_MS, UNREAD_MS, Disturbance, disturbances
from harness.verifiers.sound import Sound, open_sound
from harness.verifiers.sound_click import Burst, clicks, clipping

Kind = Literal["gap", "concealment", "repeat", "skip", "time-stretch", "click", "clipping"]

PITCH_MS = 16.0
"""libwebrtc, modules/audio_coding/neteq: a pitch period, which is what one operation inserts or
takes out, is at most 15 ms."""
GAP_WINDOW_MS = 5
GAP_EDGE_DB, GAP_DB = -6.0, -20.0
EDGE_MS = GAP_WINDOW_MS / 4 + 0.5
"""A window is at −6 dB when three quarters of it are silent, and windows are 1 ms apart."""
MADE_UP_MS = 10.0
"""The least that a jitter buffer makes up."""
BESIDE_MS = 20.0
"""A click this near to another defect is part of it."""
FLOW_MS = 1.0
LEAST_FLOW = 0.5
SHORT_MS = 20.0
HOLE_NS = 50 * NS_PER_MS
AROUND_MS = 250
"""Read on both sides of a time: what is made up over its edge would be a skip or a repeat there."""
_FILLING: Collection[Kind] = {"gap", "concealment"}
_AROUND = Sweep.sample_rate * AROUND_MS // 1000


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One thing that is wrong."""

    kind: Kind
    start_ns: int
    """Monotonic."""
    duration_ms: float
    """Of a skip: what was left out. Of a repeat: what was heard once more."""
    moved_ms: float = 0.0
    """By which what is heard after it is older (> 0) or younger than before it."""
    evidence: str

    @property
    def end_ns(self) -> int:
        """When it was over; nothing of a skip takes time."""
        lasted_ms = 0.0 if self.kind == "skip" else self.duration_ms
        return self.start_ns + round(lasted_ms * NS_PER_MS)


@dataclass(frozen=True, kw_only=True)
class _Span:
    """A defect with its place in the samples, ms."""

    kind: Kind
    start_ms: float
    end_ms: float
    duration_ms: float
    moved_ms: float = 0.0
    evidence: str


def find_defects(
    recording: AudioRecording, sweep: Sweep, *, since_ns: int, until_ns: int
) -> tuple[Sound, list[Defect]]:
    """All defects that begin in [since, until) or reach 10 ms into it, in order, and their sound.

    Raises NoEvidenceError when the recording does not hold that time without a hole, or holds
    another sound for half of it.
    """
    sound = open_sound(recording)
    start, stop = _place(sound, since_ns, until_ns)
    first = max(0, start - _AROUND)
    around = sound.samples[first : stop + _AROUND, 0]
    reading = read_sweep(around, sweep.direction)
    begin_ms, end_ms = ((place - first) * 1000 / sound.sample_rate for place in (start, stop))
    _require_sweep(sound, reading, begin_ms, end_ms)
    spans = [
        _within(span, begin_ms, end_ms)
        for span in _spans(around, sweep, reading)
        if begin_ms <= span.start_ms < end_ms
        or span.start_ms < begin_ms <= span.end_ms - MADE_UP_MS
    ]
    places = sound.sample_rate * np.array([span.start_ms for span in spans]) / 1000 + first
    times = sound.times_ns(places)
    return sound, [
        Defect(
            kind=span.kind,
            start_ns=int(at_ns),
            duration_ms=span.duration_ms,
            moved_ms=span.moved_ms,
            evidence=span.evidence,
        )
        for span, at_ns in zip(spans, times, strict=True)
    ]


def _place(sound: Sound, since_ns: int, until_ns: int) -> tuple[int, int]:
    """The first sample of a time, and the first after it."""
    if sound.sample_rate != Sweep.sample_rate:
        raise NoEvidenceError(f"{sound.file} has {sound.sample_rate} samples/s: record 48000")
    short_ms = (until_ns - sound.end_ns) / NS_PER_MS
    late_ms = (int(sound.frame_ns[0]) - since_ns) / NS_PER_MS
    if short_ms > SHORT_MS:
        raise NoEvidenceError(f"{sound.file} ends {short_ms:.0f} ms before the time asked for does")
    if late_ms > SHORT_MS:
        raise NoEvidenceError(f"{sound.file} begins {late_ms:.0f} ms after the time asked for does")
    start, stop = sound.span(since_ns, until_ns)
    frame = sound.sample_rate // 100
    steps = np.diff(sound.frame_ns[start // frame : -(-stop // frame)])
    if len(steps) and steps.max() > HOLE_NS:
        raise NoEvidenceError(
            f"{sound.file} has a hole of {steps.max() / NS_PER_MS:.0f} ms: nothing was decoded"
        )
    return start, stop


def _require_sweep(sound: Sound, reading: SweepReading, begin_ms: float, end_ms: float) -> None:
    """Raises NoEvidenceError unless media time passes as time does, for half of the time."""
    within = (reading.at_ms >= begin_ms) & (reading.at_ms < end_ms)
    steps = np.abs(np.diff(reading.lag_ms()[within]))
    flows = int(np.count_nonzero(steps < FLOW_MS))
    if len(steps) == 0 or flows < LEAST_FLOW * len(steps):
        raise NoEvidenceError(
            f"{sound.file}: the sweep was heard in {flows * HOP_MS:.0f} of "
            f"{len(steps) * HOP_MS:.0f} ms where it should have been"
        )


def _spans(samples: NDArray[np.int16], sweep: Sweep, reading: SweepReading) -> list[_Span]:
    gaps = _gaps(samples, sweep.level_dbfs)
    cuts = [
        _burst("clipping", burst, f"{burst.strength:.0f} samples at full scale")
        for burst in clipping(samples)
    ]
    jumps = [
        _burst("click", burst, f"a jump of {burst.strength:.2f} of the amplitude")
        for burst in clicks(samples, amplitude(sweep.level_dbfs))
    ]
    disturbed = [
        span
        for found in disturbances(reading)
        if abs(found.jump_ms) > JUMP_MS or not any(_beside(cut, found) for cut in cuts)
        for span in _outside_gaps(found, gaps, jumps)
    ]
    others = [*gaps, *cuts, *disturbed]
    alone = [jump for jump in jumps if not any(_beside(jump, other) for other in others)]
    return sorted([*others, *alone], key=lambda span: span.start_ms)


def _within(span: _Span, begin_ms: float, end_ms: float) -> _Span:
    """What fills a time fills that part of it; what is left out or heard twice is whole."""
    if span.kind not in _FILLING:
        return span
    start_ms, stop_ms = max(span.start_ms, begin_ms), min(span.end_ms, end_ms)
    return replace(span, start_ms=start_ms, end_ms=stop_ms, duration_ms=stop_ms - start_ms)


def _beside(one: _Span, other: _Span | Disturbance) -> bool:
    return one.start_ms < other.end_ms + BESIDE_MS and one.end_ms > other.start_ms - BESIDE_MS


def _burst(kind: Kind, burst: Burst, evidence: str) -> _Span:
    start_ms, end_ms = (place * 1000 / Sweep.sample_rate for place in (burst.start, burst.stop))
    return _made(kind, start_ms, end_ms, evidence)


def _made(kind: Kind, start_ms: float, end_ms: float, evidence: str) -> _Span:
    return _Span(
        kind=kind,
        start_ms=start_ms,
        end_ms=end_ms,
        duration_ms=end_ms - start_ms,
        evidence=evidence,
    )


def _gaps(samples: NDArray[np.int16], level_dbfs: float) -> list[_Span]:
    """Silence, from a window of 5 ms each millisecond."""
    window, hop = Sweep.sample_rate * GAP_WINDOW_MS // 1000, Sweep.sample_rate // 1000
    sums = np.concatenate([[0.0], np.cumsum((samples / FULL_SCALE) ** 2)])
    power = (sums[window:] - sums[:-window])[::hop] / window
    levels = 10 * np.log10(np.maximum(2 * power, 1e-14)) - level_dbfs
    low = np.concatenate([[0], (levels < GAP_EDGE_DB).astype(np.int8), [0]])
    starts, stops = np.flatnonzero(np.diff(low) > 0), np.flatnonzero(np.diff(low) < 0)
    found = []
    for start, stop in zip(starts.tolist(), stops.tolist(), strict=True):
        deepest = float(levels[start:stop].min())
        if deepest < GAP_DB:
            begin_ms = start + GAP_WINDOW_MS / 2 - EDGE_MS
            end_ms = stop - 1 + GAP_WINDOW_MS / 2 + EDGE_MS
            evidence = f"{max(deepest, -99):.0f} dB at its quietest"
            found.append(_made("gap", begin_ms, end_ms, evidence))
    return found


def _outside_gaps(found: Disturbance, gaps: list[_Span], jumps: list[_Span]) -> list[_Span]:
    """What a disturbance is; beside a gap, whatever sound there was is made up."""
    inside = [gap for gap in gaps if _beside(gap, found)]
    if not inside:
        return [_classified(found, [jump for jump in jumps if _beside(jump, found)])]
    edges = [found.start_ms, *(e for g in inside for e in (g.start_ms, g.end_ms)), found.end_ms]
    return [
        _made("concealment", a, b, "sound without the sweep beside a gap")
        for a, b in zip(edges[::2], edges[1::2], strict=True)
        if b - a >= UNREAD_MS
    ]


def _classified(found: Disturbance, jumps: list[_Span]) -> _Span:
    kind = _kind(found, clicked=bool(jumps))
    start_ms, duration_ms = found.start_ms, found.duration_ms
    if kind in ("repeat", "skip"):
        start_ms = jumps[0].start_ms if jumps else (found.start_ms + found.end_ms) / 2
        duration_ms = abs(found.jump_ms)
    elif kind == "time-stretch":
        duration_ms = max(duration_ms, abs(found.jump_ms))
    return _Span(
        kind=kind,
        start_ms=start_ms,
        end_ms=start_ms + (0.0 if kind == "skip" else duration_ms),
        duration_ms=duration_ms,
        moved_ms=found.jump_ms,
        evidence=f"lag up {found.back_ms:.1f} and down {found.ahead_ms:.1f} ms, "
        f"{found.jump_ms:+.1f} ms in all",
    )


def _kind(found: Disturbance, *, clicked: bool) -> Kind:
    moved, lasted = abs(found.jump_ms), found.duration_ms
    held = min(found.back_ms, found.ahead_ms) >= JUMP_MS or found.unread_ms > UNREAD_MS
    if lasted >= MADE_UP_MS and held:
        return "concealment"
    at_once = lasted < moved / 2
    if moved > PITCH_MS:
        if at_once:
            return "repeat" if found.jump_ms > 0 else "skip"
        stands = found.jump_ms > 0 and lasted < 1.6 * moved
        return "concealment" if stands else "time-stretch"
    if clicked:
        return "repeat" if found.jump_ms > 0 else "skip"
    return "time-stretch"
