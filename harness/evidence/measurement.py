"""What a verifier returns: a value with its unit and error, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from harness.evidence.clock import Ns


class NoEvidenceError(Exception):
    """The evidence does not answer: raised where it is read; its text becomes `missing`."""


class Series(StrEnum):
    """What evidence is drawn as, over time."""

    LEVEL = "level"
    """Of a sound: root mean square of each 10 ms, dBFS."""
    PICTURES = "pictures"
    """Which picture was seen when, by its number."""
    HEIGHT = "height"
    """How high each picture was, pixels."""
    AGE = "age"
    """From the capture to the arrival of each picture, or of each marker of a sound, ms."""
    SKEW = "skew"
    """By how much the sound was early, ms."""
    PACKETS_UP = "packets up"
    PACKETS_DOWN = "packets down"
    """Of each track, from and to participants, packets/s."""
    EVENTS = "events"
    """What was asked for, told and noticed, row by row."""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """Where a value can be seen as it is: there, and nowhere else, its limit can be drawn."""

    series: Series
    file: str
    """Of which the series is drawn, one of the measurement's evidence."""
    since_ns: Ns | None = None
    """It is the time from here on, in ms; without one it is a value that the series has."""


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One number read from evidence.

    A missing value is never a number: `value` is None and `missing` says why, which a
    judge turns into INCONCLUSIVE (or UNSUPPORTED, where `unsupported` says why).
    """

    value: float | None
    unit: str
    """`ms`, `packets`, `frames`, `events`, `dB`, `dBFS`, `Hz`, `ratio`, `bool` …"""
    error: float = 0.0
    """Half width of the instrument's stated error, in `unit`."""
    sampling: tuple[float, float] | None = None
    """Where the value lies by what was sampled, in `unit`, for a median, a percentile or a share
    of many (`harness.statistics`); None for what was counted or timed once, and is exact but for
    `error`. Holds `value`."""
    at_least: bool = False
    """What was waited for had not come when the evidence ended: the truth is this value or more.
    It can break a `max`, and keep none."""
    rests_on: int = 0
    """How many samples, frames or packets the value was computed from."""
    missing: str | None = None
    unsupported: str | None = None
    notes: tuple[str, ...] = ()
    """What a reader must know: rejected samples with reason and count, the place of the worst."""
    evidence: tuple[str, ...] = ()
    """Files of the attempt folder on which the value rests, relative to that folder."""
    seen: Seen | None = None
    """None where nothing that is drawn shows it."""

    @property
    def interval(self) -> tuple[float, float] | None:
        """What the truth lies in: the sampling interval, else the value, widened by the error.

        None when there is no value.
        """
        if self.value is None:
            return None
        low, high = self.sampling or (self.value, self.value)
        return (low - self.error, high + self.error)


def missing(unit: str, why: str, *, notes: tuple[str, ...] = ()) -> Measurement:
    """The evidence does not answer the question: `why` in one sentence."""
    return Measurement(value=None, unit=unit, missing=why, notes=notes)


def unsupported(unit: str, why: str) -> Measurement:
    """A check ran that would have noticed the feature, and it is not there."""
    return Measurement(value=None, unit=unit, unsupported=why)
