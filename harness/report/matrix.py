"""All verdicts of a run as one table: a row for each clause, a column for each way to run it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from harness.clauses.model import Clause
from harness.evidence.finding import CLEAN, Cell
from harness.report.earlier import EarlierView
from harness.report.finding_view import LETTERS, FindingView
from harness.report.words import NOTHING

_BODY = re.compile(r"(RFC|ITU|W3C|3GPP|IETF|EBU|ISO)\b")
"""Who writes standards: one group each."""
_HEAD = re.compile(r"[^,:;(]*")
OTHER = "other"
LEAST_OF_A_GROUP = 3
"""Sources that fewer clauses have are `other`."""
_NUMBER = re.compile(r"(\d{1,9})")
View = FindingView | EarlierView
_View = TypeVar("_View", bound=View)


@dataclass(frozen=True, kw_only=True)
class MatrixCell:
    """What was found about a clause in one column."""

    views: tuple[View, ...]
    """The worst first; at least one."""

    @property
    def worst(self) -> View:
        """The finding whose letter is shown."""
        return self.views[0]

    @property
    def told(self) -> str:
        """For the pointer: `PASS: 41.25 ms, expected ≤ 300 ms`, of each finding."""
        return "\n".join(
            f"{view.words}: {view.measured}, expected {view.expected}" for view in self.views
        )


@dataclass(frozen=True, kw_only=True)
class MatrixRow:
    """A clause."""

    id: str
    clause: Clause | None
    source: str
    """The group that its source is in."""
    cells: tuple[MatrixCell | None, ...]
    """One for each column; None where nothing was found."""

    @property
    def area(self) -> str:
        """The part of the id before the number."""
        return self.id.rpartition("-")[0]

    @property
    def names(self) -> str:
        """Of its findings, for who searches: scenarios and known deviations."""
        found = (view.finding for cell in self.cells if cell for view in cell.views)
        named = [name for one in found for name in (one.scenario, one.deviation) if name]
        return " ".join(dict.fromkeys(named))

    @property
    def letters(self) -> str:
        """Of all findings of this run, the worst first, each once."""
        found = {
            view.letter
            for cell in self.cells
            if cell
            for view in cell.views
            if isinstance(view, FindingView)
        }
        return "".join(letter for letter in LETTERS if letter in found)


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """The table, and what can be chosen of it."""

    columns: tuple[str, ...]
    rows: tuple[MatrixRow, ...]
    areas: Mapping[str, int]
    """Area to how many clauses it has here."""
    sources: Mapping[str, int]
    letters: Mapping[str, int]
    """Letter to how many findings of this run have it, the worst first."""
    earlier: bool
    """Whether some columns are of earlier runs."""


def matrix(views: Sequence[FindingView], earlier: Sequence[EarlierView] = ()) -> Matrix:
    """The table of all findings of a run, and of earlier ones of other versions beside them."""
    everything: list[View] = [*views, *earlier]
    told = _what_differs([view.finding.cell for view in everything])
    columns = sorted({_column(view, told) for view in everything}, key=_order)
    grouped = dict(sorted(by_clause(everything).items())) if earlier else by_clause(everything)
    groups = _groups({id_: found[0].clause for id_, found in grouped.items()})
    rows = tuple(
        MatrixRow(
            id=id_,
            clause=found[0].clause,
            source=groups[id_],
            cells=tuple(
                _cell([view for view in found if _column(view, told) == column])
                for column in columns
            ),
        )
        for id_, found in grouped.items()
    )
    letters = Counter(view.letter for view in views)
    return Matrix(
        columns=tuple(" · ".join(part or NOTHING for part in column) for column in columns),
        rows=rows,
        areas=dict(sorted(Counter(row.area for row in rows).items())),
        sources=dict(sorted(Counter(row.source for row in rows).items(), key=_other_last)),
        letters={letter: letters[letter] for letter in LETTERS if letters[letter]},
        earlier=bool(earlier),
    )


def by_clause(views: Iterable[_View]) -> dict[str, list[_View]]:
    """Findings of each clause, in their order."""
    found: dict[str, list[_View]] = {}
    for view in views:
        found.setdefault(view.finding.clause, []).append(view)
    return found


def sdks_of(cell: Cell) -> str:
    """The SDKs that took part, each once; empty where nobody joined."""
    return " + ".join(sorted(set(cell.sdk.values())))


def _what_differs(cells: Iterable[Cell]) -> tuple[bool, bool]:
    """Whether a column must tell server and SDKs, because there are several of them."""
    cells = list(cells)
    servers = {cell.server for cell in cells if cell.server}
    sdks = {sdks_of(cell) for cell in cells if cell.sdk}
    return len(servers) > 1, len(sdks) > 1


def _column(view: View, told: tuple[bool, bool]) -> tuple[str, ...]:
    cell = view.finding.cell
    parts = [(told[0], cell.server), (told[1], sdks_of(cell)), (True, cell.profile)]
    return tuple(text for shown, text in parts if shown)


def _order(column: tuple[str, ...]) -> tuple[object, ...]:
    """The clean network first; of one network the versions side by side, the oldest first."""
    *versions, profile = column
    return (profile != CLEAN, profile, *map(_by_number, versions))


def _by_number(version: str) -> list[tuple[int, str]]:
    """`1.9.0` before `1.13.0`, and that before what is made of it: `1.13.0-rc1`."""
    parts = _NUMBER.split(version)
    return [(int(part), "") if part.isdecimal() else (0, part) for part in parts]


def _cell(views: list[View]) -> MatrixCell | None:
    if not views:
        return None
    return MatrixCell(views=tuple(sorted(views, key=lambda view: LETTERS.index(view.letter))))


def _groups(clauses: Mapping[str, Clause | None]) -> dict[str, str]:
    """Id of a clause to the group of its source."""
    named = {id_: _source(clause) for id_, clause in clauses.items()}
    sizes = Counter(named.values())
    return {id_: name if sizes[name] >= LEAST_OF_A_GROUP else OTHER for id_, name in named.items()}


def _source(clause: Clause | None) -> str:
    """Who says it: up to the first comma, and of a standard who wrote it."""
    if clause is None:
        return OTHER
    body = _BODY.match(clause.source)
    head = _HEAD.match(clause.source)
    return body[0] if body else (head[0].strip() if head else "") or OTHER


def _other_last(group: tuple[str, int]) -> tuple[bool, str]:
    return group[0] == OTHER, group[0].lower()
