"""Latency of sound and pictures as figures, each with what it is made of.

A figure rests on the whole series. Where nothing came for a while, and it is known that nothing
did (`latency_holes`), a median is of what came and says so, and of the slow end what never came is
as old as it was when the hole was over, at least; where it is not known, there is none.

Where the gateway's record is given each latency is split into its parts, and there is no figure
where they do not close: the median of the remainder was 1.1 to 4.2 ms for pictures and 5.0 to
16.8 ms for sound, in 51 calls over five networks and 47 on an overloaded machine; between two
statistics it was never further from that than 13 and 20 ms.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from harness.evidence.measurement import Measurement, Seen, Series
from harness.statistics.bootstrap import TooFewError, quantile_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.budget import NETWORK, PARTS, Budget, budget
from harness.verifiers.latency_holes import never_came_ms, whole_series
from harness.verifiers.latency_series import HeardSound, LatencySeries, Track

PICTURE_REMAINDER_MS = (-5.0, 10.0)
SOUND_REMAINDER_MS = (-5.0, 25.0)
"""Where the median of a remainder lies, with room of half as much and more: a clock that is off by
20 ms, or another's sound, is outside."""
PICTURE_JUMP_MS = 20.0
SOUND_JUMP_MS = 40.0
"""A remainder that is further from its median between two statistics jumps: above the worst
measured, see there, and below what a clock that steps or a part that is misread would be."""
SPLIT_ERROR_MS = 5.0
"""Of what is left of a sound's latency when the packet's and the buffer's time is taken out."""
TOLD_MS = 0.05
"""Parts below are not worth a word."""


@in_unit("ms")
def latency(track: Track, *, since_ns: int, until_ns: int, q: float = 0.5) -> Measurement:
    """Quantile `q` of the latency of what arrived in [since, until); 0.5 is the median.

    Above the median what was sent before the end of a hole and never came counts as well:
    `at_least` where it is not later than the quantile.
    """
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    never_ms = never_came_ms(track, series) if q > 0.5 else np.empty(0)
    values = np.concatenate((series.latency_ms, never_ms))
    measured = _quantile(series, values, q, series.error_ms, _split(track, series))
    return _aged(_or_more(measured, never_ms), series)


@in_unit("ms")
def longest_latency(track: Track, *, since_ns: int, until_ns: int) -> Measurement:
    """The largest latency of what arrived in [since, until), or should have: as `latency`."""
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    never_ms = never_came_ms(track, series)
    longest_ms = float(np.concatenate((series.latency_ms, never_ms)).max())
    measured = _measured(series, longest_ms, None, series.error_ms, _split(track, series))
    return _aged(_or_more(measured, never_ms), series)


@in_unit("ms")
def added_latency(track: Track, *, since_ns: int, until_ns: int) -> Measurement:
    """Median of what is no delay of the network: that of codecs, server, repairs and buffers.

    The network's own is what the gateway held the packets up. What a source queues is not counted.
    """
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    split = budget(track, series)
    _require_closed(track, split)
    values = split.whole_ms - split.sum_ms("source queue", *NETWORK)
    return _quantile(series, values, 0.5, series.error_ms, split)


@in_unit("ms")
def network_latency(track: Track, *, since_ns: int, until_ns: int) -> Measurement:
    """What is left of the latency without source, encoder and jitter buffer.

    Network, server and remainder, as heard or seen: when a sound began to tick and at which level
    its jitter buffer stands is taken out, by which runs on the same network differ. The median of
    the means between two statistics, as the jitter buffer's time is one.
    """
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    split = budget(track, series)
    _require_closed(track, split)
    values = split.between_ms(
        split.whole_ms - split.sum_ms("source queue", "encoder", "jitter buffer")
    )
    error = SPLIT_ERROR_MS if isinstance(track, HeardSound) else series.error_ms
    return _measured(series, float(np.median(values)), None, error, split)


@in_unit("ms")
def slow_network_latency(track: Track, *, since_ns: int, until_ns: int, q: float) -> Measurement:
    """Quantile `q` of what `network_latency` is, of each picture or marker for itself.

    What the jitter buffer did to it differently than to the others around is in it. What never came
    has no such time: there is none where there is a hole.
    """
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns, holes=False)
    split = budget(track, series)
    _require_closed(track, split)
    values = split.whole_ms - split.sum_ms("source queue", "encoder", "jitter buffer")
    error = SPLIT_ERROR_MS if isinstance(track, HeardSound) else series.error_ms
    return _quantile(series, values, q, error, split)


@in_unit("ms")
def remainder(track: Track, *, since_ns: int, until_ns: int) -> Measurement:
    """Median of what no part explains, over the times between two statistics."""
    series = whole_series(track, since_ns=since_ns, until_ns=until_ns)
    split = budget(track, series)
    error = SPLIT_ERROR_MS if isinstance(track, HeardSound) else series.error_ms
    return _measured(series, float(np.median(split.remainder_ms)), None, error, split)


def _split(track: Track, series: LatencySeries) -> Budget | None:
    """The parts, where there is evidence of them; raises NoEvidenceError where they jump."""
    if track.wire is None:
        return None
    split = budget(track, series)
    _require_closed(track, split)
    return split


def _require_closed(track: Track, split: Budget) -> None:
    why = why_unclosed(track, split)
    if why is not None:
        raise NoEvidenceError(f"{split.files[0]}: {why}")


def why_unclosed(track: Track, split: Budget) -> str | None:
    """Why the parts do not explain the latency, or None where they do."""
    heard = isinstance(track, HeardSound)
    most_ms = SOUND_JUMP_MS if heard else PICTURE_JUMP_MS
    low_ms, high_ms = SOUND_REMAINDER_MS if heard else PICTURE_REMAINDER_MS
    left_ms = split.remainder_ms
    middle_ms = float(np.median(left_ms))
    if not low_ms <= middle_ms <= high_ms:
        return (
            f"what no part of the latency explains is {middle_ms:.1f} ms in the middle, usual are "
            f"{low_ms:.0f} to {high_ms:.0f} ms: a clock is off, a part is misread, or it is "
            "another's recording"
        )
    if _jump_ms(split) > most_ms:
        told = ", ".join(f"{left:.0f}" for left in left_ms)
        return (
            f"what no part of the latency explains jumps by more than {most_ms:.0f} ms: {told} ms"
        )
    return None


def _jump_ms(split: Budget) -> float:
    left = split.remainder_ms
    return float(np.abs(left - np.median(left)).max())


def _aged(measured: Measurement, series: LatencySeries) -> Measurement:
    """Of what is an age itself, and no part of one."""
    return replace(measured, seen=Seen(series=Series.AGE, file=series.files[0]))


def _or_more(measured: Measurement, never_ms: NDArray[np.float64]) -> Measurement:
    """With what never came, which may be older than it counted for."""
    if not len(never_ms):
        return measured
    assert measured.value is not None
    note = (
        f"{len(never_ms)} that never came are in it, {never_ms.min():.0f} to "
        f"{never_ms.max():.0f} ms old at least"
    )
    later = bool((never_ms <= measured.value).any())
    return replace(measured, at_least=later, notes=(note, *measured.notes))


def _quantile(
    series: LatencySeries,
    values: NDArray[np.float64],
    q: float,
    error: float,
    split: Budget | None,
) -> Measurement:
    try:
        low, high = quantile_interval(values, q)
    except TooFewError as few:
        raise NoEvidenceError(f"{series.files[0]}: {few}") from few
    # An interval that was widened may reach below all that there is.
    sampling = max(low, float(values.min())), high
    return _measured(series, float(np.quantile(values, q)), sampling, error, split)


def _measured(
    series: LatencySeries,
    value: float,
    sampling: tuple[float, float] | None,
    error: float,
    split: Budget | None,
) -> Measurement:
    low, high = series.latency_ms.min(), series.latency_ms.max()
    return Measurement(
        value=value,
        unit="ms",
        error=error,
        sampling=sampling,
        rests_on=len(series.numbers),
        notes=(f"latency {low:.1f} to {high:.1f} ms", *_parts(split), *series.notes),
        evidence=series.files if split is None else split.files,
    )


def _parts(split: Budget | None) -> tuple[str, ...]:
    """The budget in words."""
    if split is None:
        return ()
    medians = {name: float(np.median(split.parts_ms[name])) for name in PARTS}
    told = ", ".join(f"{name} {ms:.1f}" for name, ms in medians.items() if abs(ms) >= TOLD_MS)
    left = split.remainder_ms
    words = (
        f"parts, ms: {told}; remainder {np.median(left):.1f}, {left.min():.1f} to {left.max():.1f}"
    )
    if not split.left_out:
        return (words,)
    lacking = ", ".join(f"{number} {why}" for why, number in split.left_out.items())
    return (words, f"not split: {lacking}")
