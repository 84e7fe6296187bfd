"""Facts of an API as measurements, and several measurements as one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from harness.evidence.measurement import Measurement, unsupported


def fact(true: bool, why: str) -> Measurement:
    """Something that holds or does not; `why` names what was looked at."""
    return Measurement(value=float(true), unit="bool", rests_on=1, notes=(why,))


def time_taken(took_ms: float, why: str, *, ended: bool = True) -> Measurement:
    """How long a call took, as who made it saw; `at_least` where it had not ended then."""
    return Measurement(value=took_ms, unit="ms", at_least=not ended, rests_on=1, notes=(why,))


def offered(name: str, members: Mapping[str, bool], otherwise: str) -> Measurement:
    """Whether a name is among those looked at, and can be used as what it is said to be.

    One that is not there is unsupported: for what a page promises of other SDKs. One that is there
    and cannot be used promises in vain.

    Args:
        name: Of a call, a class or an option.
        members: Names that were looked at, and whether each can be used.
        otherwise: Where it is, or why nowhere.
    """
    if name not in members:
        return unsupported("bool", f"there is no `{name}`: {otherwise}")
    usable = members[name]
    return fact(usable, f"`{name}` is there" + ("" if usable else " and cannot be used"))


def largest(*measurements: Measurement) -> Measurement:
    """The largest of some measurements of one unit, resting on all of them.

    One that is missing leaves the question open: the first such is returned. Where one is a lower
    bound, so is the largest.

    Raises:
        ValueError: there are none, or their units differ.
    """
    missing = _missing(measurements)
    if missing is not None:
        return missing
    worst = max(measurements, key=lambda m: (m.value, m.at_least))
    return replace(
        _resting_on_all(worst, measurements), at_least=any(m.at_least for m in measurements)
    )


def smallest(*measurements: Measurement) -> Measurement:
    """As `largest`, the smallest of some measurements, none of which is a lower bound.

    Raises:
        ValueError: there are none, their units differ, or one is a lower bound.
    """
    if any(m.at_least for m in measurements):
        raise ValueError("the smallest of lower bounds is not known")
    missing = _missing(measurements)
    if missing is not None:
        return missing
    return _resting_on_all(min(measurements, key=lambda m: m.value or 0.0), measurements)


def _missing(measurements: Sequence[Measurement]) -> Measurement | None:
    """The first that has no value."""
    if len({m.unit for m in measurements}) != 1:
        raise ValueError("measurements of one unit are needed, and at least one of them")
    return next((m for m in measurements if m.value is None), None)


def _resting_on_all(one: Measurement, measurements: Sequence[Measurement]) -> Measurement:
    return replace(
        one,
        rests_on=sum(m.rests_on for m in measurements),
        evidence=tuple(dict.fromkeys(file for m in measurements for file in m.evidence)),
    )


def at_worst(
    verifier: Callable[..., Measurement],
    varied: str,
    values: Iterable[Any],
    /,
    **arguments: Any,  # noqa: ANN401 - whatever the verifier takes
) -> Measurement:
    """The largest measurement that a verifier makes when one of its arguments takes each value.

    Args:
        verifier: It.
        varied: Name of the argument, `participant` or `track` for example.
        values: What it is in turn, at least one.
        arguments: All others, by name.

    Raises:
        ValueError: there are no values.
    """
    return largest(*(verifier(**{varied: value}, **arguments) for value in values))
