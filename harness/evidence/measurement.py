"""What a verifier returns: a value with its unit and error, or the reason why there is none."""

from __future__ import annotations

from dataclasses import dataclass


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

    @property
    def interval(self) -> tuple[float, float] | None:
        """The value with its error, or None when there is no value."""
        if self.value is None:
            return None
        return (self.value - self.error, self.value + self.error)


def missing(unit: str, why: str, *, notes: tuple[str, ...] = ()) -> Measurement:
    """The evidence does not answer the question: `why` in one sentence."""
    return Measurement(value=None, unit=unit, missing=why, notes=notes)


def unsupported(unit: str, why: str) -> Measurement:
    """A check ran that would have noticed the feature, and it is not there."""
    return Measurement(value=None, unit=unit, unsupported=why)
