"""Known deviations: clauses that named versions are known not to meet, read from TOML, strict.

A FAIL that is listed stays a FAIL and carries the deviation's id. A PASS that is listed is
unexpected and fails the run, so that the list cannot outlive what it excuses. An entry that expired
excuses nothing: what it is about is judged as if it were not there, and the report says so.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import msgspec

from harness.clauses.catalogue import Catalogue, UnknownClauseError
from harness.evidence.finding import Cell, Verdict

SOON = timedelta(days=14)
"""How long before an entry expires it is said that it will."""


class DeviationError(ValueError):
    """A list of known deviations cannot be used: says which file, entry and key, and why."""


@dataclass(frozen=True, kw_only=True)
class Deviation:
    """One clause that some versions are known not to meet."""

    id: str
    clause: str
    server: tuple[str, ...] = ("*",)
    """Versions of livekit-server, with `*` as in file names; one must match."""
    sdk: tuple[str, ...] = ("*",)
    """SDKs, for example `python 1.2.*`; that of one participant must match."""
    profile: tuple[str, ...] = ("*",)
    """Network profiles under which it fails; one must match."""
    reason: str
    link: str
    expires: date | None = None
    """Last day on which the entry is accepted."""
    listed_in: str = ""
    """File and line of the entry: `scenarios/known_deviations.toml:12`; empty where not known."""

    @property
    def named(self) -> str:
        """With where to find it: `late-speakers (deviations.toml:12, until 2027-01-31)`."""
        until = f"until {self.expires}" if self.expires else "never expires"
        return f"{self.id} ({', '.join(filter(None, [self.listed_in, until]))})"

    def expired(self, today: date) -> bool:
        """Whether it is accepted no longer."""
        return self.expires is not None and self.expires < today

    def covers(self, clause: str, cell: Cell) -> bool:
        """Whether `clause` is known to fail in `cell`."""
        return (
            clause == self.clause
            and any(fnmatchcase(cell.server, pattern) for pattern in self.server)
            and any(fnmatchcase(cell.profile, pattern) for pattern in self.profile)
            and any(
                fnmatchcase(sdk, pattern)
                for sdk in (cell.sdk.values() or [""])
                for pattern in self.sdk
            )
        )


class Deviations:
    """A checked list of known deviations, and what it excuses on a day."""

    def __init__(self, entries: Iterable[Deviation] = (), *, today: date = date.min) -> None:
        self.entries = tuple(entries)
        self._accepted = tuple(entry for entry in self.entries if not entry.expired(today))
        self.clauses = frozenset(entry.clause for entry in self._accepted)
        """Those that some version is known not to meet."""

    @classmethod
    def load(cls, *paths: Path, catalogue: Catalogue, today: date) -> Deviations:
        """Read the `[[deviation]]` tables of some files.

        Raises DeviationError for what cannot be read, an unknown clause, an id that is there
        twice, and any key that is missing, unknown or wrong.
        """
        entries: dict[str, Deviation] = {}
        tables = ((path, *row) for path in paths for row in enumerate(_tables(path), start=1))
        for path, number, (place, table) in tables:
            name = str(table.get("id", f"entry {number}"))
            try:
                entry = replace(_entry(table, catalogue), listed_in=place)
                _refuse_twice(entry.id, entries)
            except (ValueError, UnknownClauseError) as error:
                raise DeviationError(f"{path}: {name}: {error}") from None
            entries[entry.id] = entry
        return cls(entries.values(), today=today)

    def of(self, clause: str, cell: Cell, verdict: Verdict) -> str | None:
        """Id of the entry that speaks about a FAIL or a PASS; other verdicts have none."""
        if verdict not in {Verdict.FAIL, Verdict.PASS}:
            return None
        return next((entry.id for entry in self._accepted if entry.covers(clause, cell)), None)

    def know(self, clause: str) -> bool:
        """Whether some version is known not to meet the clause."""
        return clause in self.clauses

    def rows(self) -> tuple[dict[str, Any], ...]:
        """The entries as JSON values, for a run folder that needs no list to be read."""
        return tuple(msgspec.to_builtins(entry) for entry in self.entries)


def expiry_notes(deviations: Sequence[Deviation], today: date) -> list[str]:
    """What a reader must know of entries that expired, or will soon."""
    notes = []
    for entry in deviations:
        place = f" ({entry.listed_in})" if entry.listed_in else ""
        name = f"the known deviation {entry.id} of {entry.clause}{place}"
        if entry.expires is None or entry.expires - today > SOON:
            continue
        if entry.expired(today):
            notes.append(
                f"{name} expired on {entry.expires} and excuses nothing: look at it again, then "
                "remove it or move the date"
            )
        else:
            notes.append(
                f"{name} expires on {entry.expires}: from the day after, it excuses nothing"
            )
    return notes


_TEXTS = ("id", "clause", "reason", "link")
_PATTERNS = ("server", "sdk", "profile")
_KEYS = (*_TEXTS, *_PATTERNS, "expires")


def _tables(path: Path) -> Iterator[tuple[str, dict[str, object]]]:
    """The tables of a file, each with where it begins."""
    try:
        text = path.read_text(encoding="utf-8")
        document = tomllib.loads(text)
    except OSError as error:
        raise DeviationError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise DeviationError(f"{path}: not a TOML file: {error}") from None
    tables = document.pop("deviation", [])
    wanted = isinstance(tables, list) and all(isinstance(table, dict) for table in tables)
    if document or not wanted:
        raise DeviationError(f"{path}: only [[deviation]] tables belong here")
    yield from zip(_places(path, text, len(tables)), tables, strict=True)


def _places(path: Path, text: str, number: int) -> list[str]:
    """File and line of each table; of the file alone where they are not written as one expects."""
    shown = path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
    lines = [
        place
        for place, line in enumerate(text.splitlines(), start=1)
        if line.partition("#")[0].strip() == "[[deviation]]"
    ]
    return [f"{shown}:{line}" for line in lines] if len(lines) == number else [f"{shown}"] * number


def _entry(table: dict[str, object], catalogue: Catalogue) -> Deviation:
    for key in table:
        if key not in _KEYS:
            raise ValueError(f"{key}: unknown key; allowed are {', '.join(_KEYS)}")
    texts = {key: _text(key, table.get(key)) for key in _TEXTS}
    catalogue[texts["clause"]]
    expires = table.get("expires")
    if expires is not None and type(expires) is not date:
        raise ValueError(f"expires: {expires!r} is not a date such as 2027-01-31")
    patterns = {key: _patterns(key, table[key]) for key in _PATTERNS if key in table}
    return Deviation(**texts, **patterns, expires=expires)  # type: ignore[arg-type]


def _refuse_twice(entry_id: str, entries: Mapping[str, Deviation]) -> None:
    if entry_id in entries:
        raise ValueError("the id is there twice")


def _text(key: str, value: object) -> str:
    if value is None:
        raise ValueError(f"{key} is missing")
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"{key}: {value!r} is not a text")
    return value.strip()


def _patterns(key: str, value: object) -> tuple[str, ...]:
    patterns = value if isinstance(value, list) else [value]
    if not patterns:
        raise ValueError(f"{key}: an empty list matches nothing; leave the key out for all")
    return tuple(_text(key, pattern) for pattern in patterns)
