"""Numbers and limits as a person reads them."""

from __future__ import annotations

from harness.clauses.model import Limit
from harness.evidence.measurement import Measurement


def number(value: float, *, unlike: tuple[float, ...] = ()) -> str:
    """At most four digits, or as many as it takes not to look like another number.

    300.004 is "300", but "300.004" where the limit is 300.
    """
    others = [other for other in unlike if other != value]
    for digits in (4, 6, 9):
        text = _plain(value, digits)
        if text not in [_plain(other, digits) for other in others]:
            return text
    return repr(value)


def bare(value: float, unit: str, *, unlike: tuple[float, ...] = ()) -> str:
    """A number as `quantity` shows it, without its unit: 0.3 is "30" where that is `ratio`."""
    if unit != "ratio":
        return number(value, unlike=unlike)
    return number(_hundredths(value), unlike=tuple(map(_hundredths, unlike)))


def quantity(value: float, unit: str, *, unlike: tuple[float, ...] = ()) -> str:
    """A number with its unit, `1 marker`; yes or no for `bool`, `30 %` for 0.3 of `ratio`."""
    if unit == "bool" and value in (0, 1):
        return "yes" if value else "no"
    text = bare(value, unit, unlike=unlike)
    if unit == "ratio":
        return f"{text} %"
    if unit == "bool":
        return text
    return f"{text} {unit[:-1] if value == 1 and _is_count(unit) else unit}"


def expected(limit: Limit, unit: str) -> str:
    """A limit in a few signs: `≤ 300 ms`, `0 packets` of what is counted, `between 1 and 3 s`."""
    if unit == "bool" and limit.min == 1:
        return "yes"
    if unit == "ratio" and limit.min == 1 and limit.max is None:
        return "all (100 %)"
    if limit.max is None:
        return f"≥ {quantity(limit.min or 0.0, unit)}"
    if limit.max == 0 and not limit.min and _is_count(unit):
        return quantity(0.0, unit)
    if limit.min is None:
        return f"≤ {quantity(limit.max, unit)}"
    if limit.min == limit.max:
        return f"exactly {quantity(limit.max, unit)}"
    return f"between {bare(limit.min, unit)} and {quantity(limit.max, unit)}"


def measured(measurement: Measurement, limit: Limit) -> str:
    """A measured value with its error and what it rests on: `41.3 ms ± 10 (of 132 observations)`.

    What was sampled has its interval before the error: `41.3 ms [40.9 to 42] ± 10`.
    Observations: samples, frames, packets, calls, whatever the verifier counts.
    """
    assert measurement.value is not None
    text = quantity(measurement.value, measurement.unit, unlike=tuple(limit.as_dict().values()))
    if measurement.at_least:
        text = f"at least {text}"
    if measurement.sampling:
        low, high = measurement.sampling
        text += f" [{bare(low, measurement.unit)} to {bare(high, measurement.unit)}]"
    if measurement.error:
        text += f" ± {bare(measurement.error, measurement.unit)}"
    if measurement.rests_on:
        text += f" (of {measurement.rests_on} observation{'s' * (measurement.rests_on > 1)})"
    return text


def _hundredths(value: float) -> float:
    """Of a share, without what is left over by a factor that no float holds exactly."""
    return round(value * 100, 10)


def _is_count(unit: str) -> bool:
    """Whether it is a plural of things: `markers`, not `ms` or `frames/s`."""
    return (
        unit.endswith("s") and "/" not in unit and unit not in {"ms", "s", "fps", "kbps", "times"}
    )


def _plain(value: float, digits: int) -> str:
    if float(value).is_integer() and abs(value) < 1e15:
        return str(int(value))
    text = f"{value:.{digits}g}"
    return text if "e" not in text or abs(value) < 1e-4 else f"{value:.0f}"
