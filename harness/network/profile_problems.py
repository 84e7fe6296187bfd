"""What is wrong with a profile, in lines that name file and line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from harness.network.profile_lines import Path, line_of

MOST_SHOWN = 20
"""Problems of one file; what comes after them is likely to be their echo."""


class Problem(NamedTuple):
    """Something wrong at a place of a file."""

    path: Path
    text: str


class ProfileError(Exception):
    """A profile that is not there, or whose file is wrong.

    Args:
        problems: One line each, with file and line where there is one.
    """

    def __init__(self, *problems: str) -> None:
        self.problems = problems
        more = len(problems) - 1
        super().__init__(
            f"{problems[0]} (and {more} more: see livekit-harness profiles check)"
            if more
            else problems[0]
        )


def refuse(file: str, lines: dict[Path, int], problems: Iterable[Problem]) -> None:
    """Raises ProfileError when there are problems, in the order of their lines."""
    placed = sorted((line_of(lines, problem.path), problem) for problem in problems)
    if placed:
        raise ProfileError(*(_line(file, line, problem) for line, problem in placed[:MOST_SHOWN]))


def dotted(path: Sequence[str | int]) -> str:
    """A path as people write it, from the phase that it is in: `udp.up.drop[1].indices`."""
    inside = path[2:] if path[:1] == ("phase",) and len(path) > 2 else path
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in inside)
    return text.removeprefix(".")


def _line(file: str, line: int, problem: Problem) -> str:
    where = dotted(problem.path)
    text = f"{where}: {problem.text}" if where else problem.text
    return f"{file}:{line}: " + "".join(char if char.isprintable() else "\\n" for char in text)
