"""From one table of a catalogue file to a clause, with an error that names the key."""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from enum import StrEnum
from typing import TypeVar

from harness.clauses.model import CLAIMS, Clause, EvidenceKind, Level, Limit
from harness.clauses.units import is_time, is_timing
from harness.evidence.floors import FLOORS, UNIT
from harness.evidence.nearest import did_you_mean

ID = re.compile(r"[A-Z][A-Z0-9]*-[0-9]{3}")
KEYS = (
    *("statement", "level", "claims", "informs", "source", "evidence"),
    *("measures", "unit", "timing", "only_worse_under_load", "floor"),
    *("limit", "limits_under", "limit_source"),
)
_Word = TypeVar("_Word", bound=StrEnum)
_Value = TypeVar("_Value")


class ClauseTable:
    """The table of one clause as TOML gave it. All errors are ValueError and name the key."""

    def __init__(self, clause_id: str, table: object) -> None:
        if not ID.fullmatch(clause_id):
            raise ValueError("an id is AREA-nnn, for example MUTE-002")
        if not isinstance(table, dict):
            raise ValueError(  # noqa: TRY004 - a wrong file is one kind of error
                f"a clause is a table [{clause_id}] with keys {', '.join(KEYS)}"
            )
        _refuse_unknown(table, KEYS)
        self._id = clause_id
        self._table: dict[str, object] = table

    def clause(self) -> Clause:
        """The checked clause."""
        unit = self._text("unit")
        timing = self._timing(unit)
        limit = _limit("limit", self._required("limit"))
        limits_under = self._limits_under()
        return Clause(
            id=self._id,
            statement=self._text("statement"),
            level=_word("level", self._required("level"), Level),
            claims=self._claims("claims"),
            informs=self._informs(),
            source=self._text("source"),
            evidence=self._evidence(),
            measures=self._text("measures"),
            unit=unit,
            timing=timing,
            only_worse_under_load=self._only_worse(unit, timing, [limit, *limits_under.values()]),
            floor=self._floor(unit),
            limit=limit,
            limits_under=limits_under,
            limit_source=self._text("limit_source"),
        )

    def _required(self, key: str) -> object:
        if key not in self._table:
            raise ValueError(f"{key} is missing")
        return self._table[key]

    def _text(self, key: str) -> str:
        value = self._required(key)
        if not isinstance(value, str) or not value.strip():
            raise ValueError(f"{key}: {value!r} is not a text")
        return " ".join(value.split())

    def _claims(self, key: str) -> tuple[int, ...]:
        value = self._table.get(key, [])
        if not isinstance(value, list) or not all(_is_claim(number) for number in value):
            raise ValueError(f"{key}: {value!r} is not a list of whole numbers 1 to {CLAIMS}")
        return tuple(_once(key, value))

    def _informs(self) -> tuple[int, ...]:
        informs = self._claims("informs")
        for number in informs:
            if number in self._claims("claims"):
                raise ValueError(f"informs: {number} stands in claims, too: it is one or the other")
        return informs

    def _evidence(self) -> tuple[EvidenceKind, ...]:
        value = self._required("evidence")
        if not isinstance(value, list) or not value:
            raise ValueError(f"evidence: {value!r} is not a list of {_allowed(EvidenceKind)}")
        return tuple(_word("evidence", kind, EvidenceKind) for kind in _once("evidence", value))

    def _timing(self, unit: str) -> bool:
        value = self._table.get("timing", is_timing(unit))
        if value is None:
            raise ValueError(
                f"timing is missing, and the unit {unit!r} does not tell whether a time or a rate "
                "is measured (true) or not (false)"
            )
        return _flag("timing", value)

    def _only_worse(self, unit: str, timing: bool, limits: Sequence[Limit]) -> bool:
        key = "only_worse_under_load"
        better = {limit.direction for limit in limits}
        if key not in self._table:
            return timing and is_time(unit) and better == {"smaller"}
        if not timing:
            raise ValueError(f"{key} is said of times and rates alone; a count holds under load")
        value = _flag(key, self._table[key])
        if value and better not in ({"smaller"}, {"larger"}):
            raise ValueError(f"{key}: its limits are neither all a max nor all a min")
        return value

    def _floor(self, unit: str) -> str | None:
        value = self._table.get("floor")
        if value is None:
            return None
        if not isinstance(value, str) or value not in FLOORS:
            raise ValueError(f"floor: {value!r} is not one of {', '.join(FLOORS)}")
        if unit != UNIT:
            raise ValueError(f"floor: {value} is in {UNIT}, the clause in {unit}")
        return value

    def _limits_under(self) -> dict[str, Limit]:
        value = self._table.get("limits_under", {})
        if not isinstance(value, dict):
            raise ValueError(  # noqa: TRY004 - as above
                f"limits_under: {value!r} is not a table of profiles, each with a limit"
            )
        return {name: _limit(f"limits_under.{name}", limit) for name, limit in value.items()}


def _limit(name: str, value: object) -> Limit:
    if not isinstance(value, dict) or not value:
        raise ValueError(f"{name}: {value!r} is not a table with max, min or both")
    _refuse_unknown(value, ("max", "min"), within=f"{name}.")
    for key, end in value.items():
        if isinstance(end, bool) or not isinstance(end, int | float) or not _is_finite(end):
            raise ValueError(f"{name}.{key}: {end!r} is not a finite number")
    limit = Limit(**value)
    if limit.min is not None and limit.max is not None and limit.min > limit.max:
        raise ValueError(f"{name}: min {limit.min:g} is above max {limit.max:g}")
    return limit


def _flag(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(  # noqa: TRY004 - as above
            f"{key}: {value!r} is not true or false"
        )
    return value


def _is_finite(end: float) -> bool:
    """Also of whole numbers that are larger than any of `float`."""
    return abs(end) <= sys.float_info.max


def _is_claim(number: object) -> bool:
    return isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= CLAIMS


def _refuse_unknown(table: dict[str, object], known: tuple[str, ...], within: str = "") -> None:
    for key in table:
        if key not in known:
            hint = did_you_mean(key, known) or f"allowed are {', '.join(known)}"
            raise ValueError(f"{within}{key}: unknown key; {hint}")


def _once(key: str, values: list[_Value]) -> list[_Value]:
    for value in values:
        if values.count(value) > 1:
            raise ValueError(f"{key}: {value!r} is there twice")
    return values


def _word(key: str, value: object, words: type[_Word]) -> _Word:
    if not isinstance(value, str) or value not in list(words):
        raise ValueError(f"{key}: {value!r} is not one of {_allowed(words)}")
    return words(value)


def _allowed(words: type[StrEnum]) -> str:
    return ", ".join(words)
