"""Skew against what standards allow: how far outside, for how long, and how soon inside again.

A band is data with its source. Whether a skew is inside is known to `skew.ERROR_MS`; when it comes
into a band to stay, to half a period of the markers and to the times between which that holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.evidence.clock import NS_PER_MS
from harness.evidence.measurement import Measurement
from harness.statistics.bootstrap import share_interval
from harness.verifiers.answer import NoEvidenceError, in_unit
from harness.verifiers.skew import (
    ERROR_MS,
    NEIGHBOURS,
    PERIOD_NS,
    SkewSeries,
    SoundAndPicture,
    picture_skews,
    require_sound,
    skew_series,
)

STAYS_MS = 3000
"""A skew that was inside a band for so long, up to the end, has come to stay."""


@dataclass(frozen=True, kw_only=True)
class Band:
    """Skew that a standard allows. Positive: the sound is early."""

    name: str
    early_ms: float
    """The sound may be so much early,"""
    late_ms: float
    """or so much late."""
    source: str

    def beyond_ms(self, skew_ms: NDArray[np.float64]) -> NDArray[np.float64]:
        """How far each skew is outside; negative: how far inside it is, from the nearer end."""
        return np.maximum(skew_ms - self.early_ms, -self.late_ms - skew_ms)


DETECTABILITY = Band(name="detectability", early_ms=45, late_ms=125, source="ITU-R BT.1359-1")
ACCEPTABILITY = Band(name="acceptability", early_ms=90, late_ms=185, source="ITU-R BT.1359-1")
BROADCAST = Band(name="end of the broadcast chain", early_ms=40, late_ms=60, source="EBU R37")


@in_unit("ms")
def worst_skew(pair: SoundAndPicture, *, band: Band, since_ns: int, until_ns: int) -> Measurement:
    """The skew, with its sign, of all pictures seen in [since, until) that a band likes least.

    That is the one farthest outside, else the one nearest to an end: early sound is minded sooner
    than late sound, so it is not the largest.
    """
    series = picture_skews(pair, since_ns=since_ns, until_ns=until_ns)
    place = int(band.beyond_ms(series.skew_ms).argmax())
    after_ms = (int(series.heard_ns[place]) - since_ns) / NS_PER_MS
    note = f"{after_ms:.0f} ms into the time judged; {_ends(band)}"
    worst_ms = float(series.skew_ms[place])
    return series.measured(worst_ms, "ms", ERROR_MS, note, seen=series.seen())


@in_unit("ratio")
def outside_ratio(
    pair: SoundAndPicture, *, band: Band, since_ns: int, until_ns: int
) -> Measurement:
    """Share of the time in which pictures were seen whose skew is outside a band.

    How long each is: see `SkewSeries.seen_ns`. The interval is from the share of those that are
    outside by more than the skew's error to that of those that are not inside by as much, with what
    was sampled.
    """
    series = picture_skews(pair, since_ns=since_ns, until_ns=until_ns)
    seen_ns = series.seen_ns(until_ns)
    beyond = band.beyond_ms(series.skew_ms)
    outside_ns = seen_ns[beyond > 0].sum()
    note = f"outside for {outside_ns / NS_PER_MS:.0f} ms of {seen_ns.sum() / NS_PER_MS:.0f} ms: "
    drawn = seen_ns > 0
    seen_ns, beyond = seen_ns[drawn], beyond[drawn]
    least, _ = share_interval(beyond > ERROR_MS, seen_ns)
    _, most = share_interval(beyond > -ERROR_MS, seen_ns)
    value = float(outside_ns / seen_ns.sum())
    sampling = (min(least, value), max(most, value))
    return series.measured(value, "ratio", 0.0, note + _ends(band), sampling=sampling)


@in_unit("ms")
def time_to_band(
    pair: SoundAndPicture, *, band: Band, changed_ns: int, until_ns: int
) -> Measurement:
    """Time from a change of the network until the skew is inside a band and stays there.

    0 where it never left; `at_least` where it had not been inside for three seconds at the end.
    Jitter buffers adapt to a change for many seconds and may overshoot: it is how long that takes,
    no error of what was inserted. Markers that are missing before the skew has come to stay belong
    to the way there; after it they are missing evidence.

    What is nearer to an end of the band than can be told may be inside or outside: the interval is
    from the time to a band that is as much wider to the time to one that is as much narrower. Where
    the skew had not come to stay in the narrower one, the value is the time to the wider one,
    `at_least`.
    """
    require_sound(pair, since_ns=changed_ns, until_ns=until_ns)
    series = skew_series(pair, since_ns=changed_ns, until_ns=until_ns)
    seen = series.seen(changed_ns)
    beyond = band.beyond_ms(series.skew_ms)
    notes = [f"worst {series.skew_ms[beyond.argmax()]:+.1f} ms; until it is inside {_ends(band)}"]
    soonest, middle, latest = (
        _stays_ms(series, beyond > spare_ms, changed_ns, until_ns)
        for spare_ms in (ERROR_MS, 0.0, -ERROR_MS)
    )
    if soonest != latest:
        notes.append(f"nearer to an end than {ERROR_MS:.0f} ms, which cannot be told, for a time")
    if soonest is None:
        waited_ms = (until_ns - changed_ns) / NS_PER_MS
        return series.measured(waited_ms, "ms", 0.0, *notes, at_least=True, seen=seen)
    if middle is None or latest is None:
        return series.measured(soonest[0], "ms", 0.0, *notes, at_least=True, seen=seen)
    middle_ms, half_ms = sum(middle) / 2, (middle[1] - middle[0]) / 2
    sampling = min(middle_ms, soonest[0] + half_ms), max(middle_ms, latest[1] - half_ms)
    return series.measured(middle_ms, "ms", half_ms, *notes, sampling=sampling, seen=seen)


def _stays_ms(
    series: SkewSeries, outside: NDArray[np.bool_], changed_ns: int, until_ns: int
) -> tuple[float, float] | None:
    """From when to when after the change the skew came to stay; None: it did not.

    Raises:
        NoEvidenceError: nothing was compared at the time.
    """
    heard_ns, left = series.heard_ns, np.flatnonzero(outside)
    first = int(left[-1]) + 1 if len(left) else 0
    hole_ns = int(np.diff(np.append(heard_ns[max(0, first - 1) :], until_ns)).max())
    if hole_ns > NEIGHBOURS * PERIOD_NS:
        raise NoEvidenceError(
            f"{', '.join(series.files)}: nothing was compared for {hole_ns / NS_PER_MS:.0f} ms "
            "when the skew may have come to stay"
        )
    if first == len(heard_ns) or until_ns - heard_ns[first] < STAYS_MS * NS_PER_MS:
        return None
    if not first and heard_ns[0] - changed_ns <= NEIGHBOURS * PERIOD_NS:
        return 0.0, 0.0
    left_ns = int(heard_ns[first - 1]) if first else changed_ns
    return (left_ns - changed_ns) / NS_PER_MS, (int(heard_ns[first]) - changed_ns) / NS_PER_MS


def _ends(band: Band) -> str:
    return f"{-band.late_ms:+.0f} to {band.early_ms:+.0f} ms ({band.source}, {band.name})"
