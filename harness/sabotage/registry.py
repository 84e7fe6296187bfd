"""All sabotages, by name: each file below a folder of its kind has a `SABOTAGE` or `SABOTAGES`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Sequence
from types import ModuleType

from harness import sabotage
from harness.evidence.nearest import did_you_mean
from harness.sabotage.sabotage import Sabotage

LISTED = "`livekit-harness sabotages` lists them"
KINDS = ("signalling", "packets", "signals", "participants", "sdk", "server")
"""Folders, in the order in which sabotages are listed."""


class UnknownSabotage(ValueError):
    """No sabotage has this name: says which names are near, or where all are listed."""


def declared(module: ModuleType) -> tuple[Sabotage, ...]:
    """What a file declares; nothing where it only helps others."""
    single = getattr(module, "SABOTAGE", None)
    return (single,) if single else tuple(getattr(module, "SABOTAGES", ()))


def by_name(found: Sequence[tuple[str, Sabotage]]) -> dict[str, Sabotage]:
    """Sabotages, each given with its kind, by their names.

    Raises:
        ValueError: several have one name.
    """
    names = [one.name for _, one in found]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"several sabotages are called {', '.join(twice)}: rename all but one")
    return {one.name: one for _, one in found}


def _found() -> Iterator[tuple[str, Sabotage]]:
    """Kind and sabotage, sorted by kind, file and place in it."""
    for kind in KINDS:
        folder = importlib.import_module(f"{sabotage.__name__}.{kind}")
        for name in sorted(module.name for module in pkgutil.iter_modules(folder.__path__)):
            for one in declared(importlib.import_module(f"{folder.__name__}.{name}")):
                yield kind, one


_ALL = tuple(_found())
SABOTAGES = by_name(_ALL)
KIND_OF = {one.name: kind for kind, one in _ALL}


def sabotage_named(name: str) -> Sabotage:
    """The sabotage of that name.

    Raises:
        UnknownSabotage: there is none.
    """
    try:
        return SABOTAGES[name]
    except KeyError:
        hint = did_you_mean(name.lower(), SABOTAGES, most=3) or LISTED
        raise UnknownSabotage(f"there is no sabotage {name!r}: {hint}") from None
