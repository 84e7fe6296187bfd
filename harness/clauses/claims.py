"""What the pages of the LiveKit documentation promise: 71 numbered claims, read from TOML."""

from __future__ import annotations

import functools
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec

from harness.clauses.model import CLAIMS

DOCUMENTATION = Path(__file__).parent / "documentation" / "claims.toml"


class ClaimsError(ValueError):
    """A file of claims cannot be used: says which, and what is wrong."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page of the documentation on which claims stand."""

    label: str
    """Short name, for example `camera-mic`."""
    title: str
    address: str | None = None
    """On the web, of the edition that is there now; None of what is on no page any more."""


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One promise. What is true of it is told by the findings of a run."""

    number: int
    """1 to 71."""
    statement: str
    pages: tuple[Page, ...]
    """Where it stands; at least one."""


@dataclass(frozen=True, kw_only=True)
class Documentation:
    """All claims, and the pages on which they stand."""

    pages: tuple[Page, ...]
    claims: tuple[Claim, ...]
    """In the order of their numbers, each from 1 to 71 once."""

    def claim(self, number: int) -> Claim:
        """The claim with a number from 1 to 71."""
        return self.claims[number - 1]


_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Page(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: _Text
    address: Annotated[str, msgspec.Meta(pattern="^https://")] | None = None


class _Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    statement: _Text
    pages: Annotated[tuple[str, ...], msgspec.Meta(min_length=1)]


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    page: dict[str, _Page]
    claim: dict[int, _Claim]


@functools.cache
def documentation() -> Documentation:
    """The claims that come with the harness."""
    return load_claims(DOCUMENTATION)


def load_claims(path: Path) -> Documentation:
    """Read a file of claims.

    Raises ClaimsError unless each number from 1 to 71 is there once and every page is named.
    """
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
        file = msgspec.convert(tables, _File, str_keys=True)
    except (OSError, ValueError, RecursionError) as error:
        raise ClaimsError(f"{path}: {error}") from None
    wrong = sorted(file.claim.keys() ^ set(range(1, CLAIMS + 1)))
    if wrong:
        raise ClaimsError(f"{path}: claims are numbered 1 to {CLAIMS}; missing or no such: {wrong}")
    pages = {
        label: Page(label=label, title=page.title, address=page.address)
        for label, page in file.page.items()
    }
    claims = [_claim(path, number, said, pages) for number, said in sorted(file.claim.items())]
    return Documentation(pages=tuple(pages.values()), claims=tuple(claims))


def _claim(path: Path, number: int, said: _Claim, pages: dict[str, Page]) -> Claim:
    unknown = [label for label in said.pages if label not in pages]
    if unknown:
        raise ClaimsError(f"{path}: claim {number}: there is no page {unknown[0]!r}")
    return Claim(
        number=number,
        statement=said.statement,
        pages=tuple(pages[label] for label in said.pages),
    )
