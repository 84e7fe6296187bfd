"""What is fuzzed: a name, good input, and something that takes input and keeps its promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

Take = Callable[[bytes], None]
"""Takes one input. Any exception is a finding: what input may cause is taken inside."""


class BrokenPromise(AssertionError):
    """What must hold for any input does not."""


@dataclass(frozen=True, kw_only=True)
class Target:
    """One input from outside."""

    name: str
    seeds: Callable[[Path], list[bytes]]
    """Good input, made by our own writers in an empty folder."""
    open: Callable[[Path], AbstractContextManager[Take]]
    """Starts what takes the input, in an empty folder."""


def opened(take: Callable[[bytes, Path], None]) -> Callable[[Path], AbstractContextManager[Take]]:
    """`Target.open` of something that needs nothing but a folder."""

    @contextmanager
    def start(folder: Path) -> Iterator[Take]:
        yield lambda data: take(data, folder)

    return start


def require(holds: object, what: str) -> None:
    """Raises BrokenPromise unless it holds."""
    if not holds:
        raise BrokenPromise(what)
