"""How many bare SDK calls ended in some way, with what their caller was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from harness.evidence.measurement import Measurement
from harness.evidence.sdk_call import End, SdkCall, that_ended
from harness.verifiers.answer import NoEvidenceError, in_unit

CALLS = "calls"
_SHOWN = 12
"""Calls that are told one by one."""


@in_unit(CALLS)
def calls_that_ended(calls: Sequence[SdkCall], *ends: End) -> Measurement:
    """How many calls ended in one of these ways."""
    _refuse_unfinished(calls)
    return _counted(that_ended(calls, *ends), of=len(calls))


@in_unit(CALLS)
def calls_without(calls: Sequence[SdkCall], wanted: Mapping[str, Any]) -> Measurement:
    """How many calls did not give what was wanted.

    Args:
        calls: All that were made.
        wanted: Name of a call to its value, for each of them.
    """
    _refuse_unfinished(calls)
    return _counted(
        [c for c in calls if c.end != "returned" or c.value != wanted[c.name]], of=len(calls)
    )


@in_unit(CALLS)
def calls_not_refused_with(
    calls: Sequence[SdkCall], words: Mapping[str, Sequence[str]]
) -> Measurement:
    """How many calls were not refused by an exception that has these words, in whatever case.

    Args:
        calls: All that were made.
        words: Name of a call to what the text of its exception should contain, for each of them.
    """
    _refuse_unfinished(calls)

    def right(call: SdkCall) -> bool:
        says = call.says.lower()
        return call.end == "raised" and all(word.lower() in says for word in words[call.name])

    return _counted([call for call in calls if not right(call)], of=len(calls))


@in_unit(CALLS)
def calls_not_raising(calls: Sequence[SdkCall], kind: str) -> Measurement:
    """How many calls did not end in an exception of this kind."""
    _refuse_unfinished(calls)
    wrong = [call for call in calls if call.end != "raised" or call.kind != kind]
    return _counted(wrong, of=len(calls))


def distance_of(calls: Sequence[SdkCall], truth: Sequence[float], unit: str) -> Measurement:
    """Largest distance of the numbers that the one call gave from those that are true."""

    @in_unit(unit)
    def distance() -> Measurement:
        _refuse_unfinished(calls)
        [call] = calls
        if call.end != "returned":
            raise NoEvidenceError(_sentence(call))
        given = call.value if isinstance(call.value, list) else [call.value]
        return Measurement(
            value=max(abs(float(a) - b) for a, b in zip(given, truth, strict=True)),
            unit=unit,
            rests_on=1,
            notes=(f"{call.name}: {', '.join(f'{one:.4g}' for one in given)} {unit}",),
        )

    return distance()


def _refuse_unfinished(calls: Sequence[SdkCall]) -> None:
    if not calls:
        raise NoEvidenceError("no call was made")
    if unfinished := that_ended(calls, "began"):
        raise NoEvidenceError(f"nobody knows how {unfinished[0].name} ended")


def _counted(found: Sequence[SdkCall], *, of: int) -> Measurement:
    notes = [_sentence(call) for call in found[:_SHOWN]]
    if len(found) > _SHOWN:
        notes.append(f"and {len(found) - _SHOWN} more")
    return Measurement(value=float(len(found)), unit=CALLS, rests_on=of, notes=tuple(notes))


def _sentence(call: SdkCall) -> str:
    if call.end == "returned":
        return f"{call.name}: gave {call.value!r}"
    how = "the process was" if call.end == "died" else "raised"
    return f"{call.name}: {how} {call.kind}" + (f": {call.says}" if call.says else "")
