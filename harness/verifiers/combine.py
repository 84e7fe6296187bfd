"""Facts of an API as measurements, and several measurements as one."""

from __future__ import annotations

from dataclasses import replace

from harness.evidence.measurement import Measurement


def fact(true: bool, why: str) -> Measurement:
    """Something that holds or does not; `why` names what was looked at."""
    return Measurement(value=float(true), unit="bool", rests_on=1, notes=(why,))


def largest(*measurements: Measurement) -> Measurement:
    """The largest of some measurements of one unit, resting on all of them.

    One that is missing leaves the question open: the first such is returned. Where one is a lower
    bound, so is the largest.

    Raises:
        ValueError: there are none, or their units differ.
    """
    if len({m.unit for m in measurements}) != 1:
        raise ValueError("measurements of one unit are needed, and at least one of them")
    for measurement in measurements:
        if measurement.value is None:
            return measurement
    worst = max(measurements, key=lambda m: (m.value, m.at_least))
    return replace(
        worst,
        at_least=any(m.at_least for m in measurements),
        rests_on=sum(m.rests_on for m in measurements),
        evidence=tuple(dict.fromkeys(file for m in measurements for file in m.evidence)),
    )
