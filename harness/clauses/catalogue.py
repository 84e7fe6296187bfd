"""The catalogue: clauses read from TOML files, every key checked."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from harness.clauses.clause_table import ClauseTable
from harness.clauses.model import Clause
from harness.evidence.nearest import did_you_mean

SHIPPED = Path(__file__).parent
"""Folder of the catalogue that comes with the harness, one TOML file per area."""


class CatalogueError(ValueError):
    """A catalogue file cannot be used: says which file, clause and key, and what is allowed."""


class UnknownClauseError(LookupError):
    """There is no clause with the id that was asked for: says which ids are near."""


class Catalogue(Mapping[str, Clause]):
    """Clauses by id, in the order of their ids."""

    def __init__(self, clauses: Mapping[str, Clause]) -> None:
        self._clauses = dict(sorted(clauses.items()))

    @classmethod
    def load(cls, *paths: Path) -> Catalogue:
        """Read TOML files, and all `*.toml` of folders; later paths extend earlier ones.

        Raises CatalogueError for what cannot be read, an id that is there twice, and any key
        that is missing, unknown or wrong.
        """
        clauses: dict[str, Clause] = {}
        origin: dict[str, Path] = {}
        for file in (file for path in paths for file in _files(path)):
            for clause in _read(file):
                if clause.id in clauses:
                    raise CatalogueError(
                        f"{file}: {clause.id} is already defined in {origin[clause.id]}; "
                        f"give it another id"
                    )
                clauses[clause.id] = clause
                origin[clause.id] = file
        return cls(clauses)

    def __getitem__(self, clause_id: str) -> Clause:
        try:
            return self._clauses[clause_id]
        except KeyError:
            raise UnknownClauseError(self._unknown(clause_id)) from None

    def __contains__(self, clause_id: object) -> bool:
        return clause_id in self._clauses

    def __iter__(self) -> Iterator[str]:
        return iter(self._clauses)

    def __len__(self) -> int:
        return len(self._clauses)

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas that have clauses, sorted."""
        return tuple(sorted({clause.area for clause in self._clauses.values()}))

    def of_area(self, area: str) -> Catalogue:
        """The clauses of one area.

        Raises UnknownClauseError when the area has none.
        """
        chosen = {clause.id: clause for clause in self._clauses.values() if clause.area == area}
        if not chosen:
            raise UnknownClauseError(f"no area {area!r}; there are {', '.join(self.areas)}")
        return Catalogue(chosen)

    def rows(self) -> tuple[dict[str, Any], ...]:
        """The clauses as JSON values, for a run folder that needs no catalogue to be read."""
        return tuple(msgspec.to_builtins(clause) for clause in self._clauses.values())

    def _unknown(self, clause_id: str) -> str:
        area, _, number = clause_id.upper().partition("-")
        padded = f"{area}-{number:0>3}"
        words = [padded] if padded in self else self._clauses
        hint = did_you_mean(clause_id.upper(), words, most=3)
        return f"no clause {clause_id!r} among {len(self)}{f'; {hint}' if hint else ''}"


def _files(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    files = sorted(path.glob("*.toml"))
    if not files:
        raise CatalogueError(f"{path}: no *.toml file in this folder")
    return files


def _read(file: Path) -> Iterator[Clause]:
    try:
        tables = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise CatalogueError(f"{file}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise CatalogueError(f"{file}: not a TOML file: {error}") from None
    for clause_id, table in tables.items():
        try:
            yield ClauseTable(clause_id, table).clause()
        except ValueError as error:
            raise CatalogueError(f"{file}: {clause_id}: {error}") from None
