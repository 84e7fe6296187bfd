"""Which clauses decide the exit code: a policy in a few words.

    MUST,SHOULD,MAY      what gates where nothing is said
    MUST                 clauses of one level
    MUST,SHOULD:MUTE     and those of another in one area
    MUST,-LAT,-ONS-003   without an area, and without a clause
    -LAT                 what gates where nothing is said, without an area

A clause gates when a word covers it and none with `-` does. What is INFO never gates. A clause that
does not gate is judged and shown as ever; what is said of it changes no exit code. But an ERROR
counts whatever the level, for it says nothing about LiveKit: only an area or a clause that is not
named, or taken out as a whole, is spared it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from harness.clauses.model import Level
from harness.evidence.nearest import did_you_mean

DEFAULT = "MUST,SHOULD,MAY"
_LEVELS = {level.value: level for level in Level if level is not Level.INFO}
_AREA_LIKENESS = 0.65
"""A clause that is none is not near to its area: `LAT-909`."""


class GateError(ValueError):
    """A policy cannot be used: says which word, and what there is."""


@dataclass(frozen=True, kw_only=True)
class Word:
    """Clauses of a level, of an area, or one of them."""

    level: Level | None
    """None: of any level but INFO."""
    place: str
    """An area or the id of a clause; empty: everywhere."""

    def is_about(self, clause_id: str) -> bool:
        """Whether it covers the clause's place, whatever the level."""
        return self.place in {"", clause_id, clause_id.rpartition("-")[0]}

    def covers(self, clause_id: str, level: Level) -> bool:
        """Whether it covers a clause."""
        return self.level in {None, level} and self.is_about(clause_id)


@dataclass(frozen=True, kw_only=True)
class Gate:
    """A policy."""

    text: str
    """As it was written."""
    named: tuple[Word, ...]
    spared: tuple[Word, ...]

    @property
    def is_default(self) -> bool:
        """Whether it leaves nothing out."""
        return self == GATE

    def fails(self, clause_id: str, level: Level) -> bool:
        """Whether a FAIL of the clause fails the run."""
        return (
            level is not Level.INFO
            and any(word.covers(clause_id, level) for word in self.named)
            and not any(word.covers(clause_id, level) for word in self.spared)
        )

    def needs(self, clause_id: str) -> bool:
        """Whether an ERROR of the clause counts."""
        spared = any(word.level is None and word.is_about(clause_id) for word in self.spared)
        return not spared and any(word.is_about(clause_id) for word in self.named)

    def check(self, clauses: Collection[str]) -> None:
        """Raises GateError when a word names what is no area and no clause of the catalogue."""
        areas = {clause.rpartition("-")[0] for clause in clauses}
        for word in (*self.named, *self.spared):
            if word.place and word.place not in areas and word.place not in clauses:
                raise GateError(f"gate {self.text!r}: {_unknown(word.place, areas, clauses)}")


def parse_gate(text: str) -> Gate:
    """Read a policy; an empty one is DEFAULT. Case does not matter.

    Raises GateError.
    """
    words = [word.strip().upper() for word in text.split(",") if word.strip()]
    named = [_word(word, text) for word in words if not word.startswith("-")]
    spared = [_word(word[1:], text) for word in words if word.startswith("-")]
    return Gate(
        text=",".join(words) or DEFAULT,
        named=tuple(named or [Word(level=level, place="") for level in _LEVELS.values()]),
        spared=tuple(spared),
    )


def _word(word: str, text: str) -> Word:
    first, colon, place = word.partition(":")
    if colon and (first not in _LEVELS or not place):
        raise GateError(f"gate {text!r}: {word!r} is not LEVEL:AREA, for example SHOULD:MUTE")
    if first in _LEVELS:
        return Word(level=_LEVELS[first], place=place)
    if first == Level.INFO:
        raise GateError(f"gate {text!r}: what is INFO is judged and shown, and never gates")
    if not first:
        raise GateError(f"gate {text!r}: a - with nothing behind it")
    return Word(level=None, place=first)


def _unknown(place: str, areas: Collection[str], clauses: Collection[str]) -> str:
    hint = (
        did_you_mean(place, [*areas, *_LEVELS], most=3, likeness=_AREA_LIKENESS)
        or did_you_mean(place, clauses, most=3)
        or f"areas are {', '.join(sorted(areas))}"
    )
    return f"there is no level, area or clause {place!r}; {hint}"


GATE = parse_gate("")
"""What gates where nothing is said."""
