"""Profiles: a named timeline of impairments, from a TOML file with the source of its numbers."""

from __future__ import annotations

from pathlib import Path

import msgspec

from harness.evidence.nearest import did_you_mean
from harness.network.phase import Phase
from harness.network.profile_phases import phases_of
from harness.network.profile_problems import ProfileError, refuse
from harness.network.profile_reader import read_tables
from harness.network.profile_rules import rule_problems
from harness.network.profile_tables import File

__all__ = [
    "Profile",
    "ProfileError",
    "load_profile",
    "parse_profile",
    "profile_names",
    "read_profile",
]

_FOLDER = Path(__file__).parent / "profiles"
_LIKENESS, _FILE_LIKENESS = 0.5, 0.8
"""Names are short: `4g` is near to `3g`. All names of files end alike."""


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A named timeline. Its impairments name no participant: it is given to one."""

    name: str
    title: str
    cite: str
    """Where the numbers come from; a line for the file and one for each phase that has its own."""
    ice_tcp: bool = False
    """Whether media over TCP is offered too."""
    phases: tuple[Phase, ...]
    """In order of time; the first begins at 0, the last holds for good."""

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether a phase has toxics; stalls and cuts of TCP are the gateway's own."""
        return any(phase.signal.toxics or phase.media.toxics for phase in self.phases)


def profile_names() -> list[str]:
    """Names of the profiles that come with the harness."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def load_profile(name_or_path: str, *, beside: Path | None = None) -> Profile:
    """A profile by name, or a user's own by the path of its `.toml` file.

    Args:
        name_or_path: One of `profile_names()`, or a path that ends in `.toml`.
        beside: Folder in which such a file is looked for first, before the working folder.

    Raises: ProfileError.
    """
    if name_or_path.endswith(".toml"):
        return read_profile(_file(name_or_path, beside))
    names = profile_names()
    if name_or_path in names:
        return read_profile(_FOLDER / f"{name_or_path}.toml")
    hint = did_you_mean(name_or_path, names, most=2, likeness=_LIKENESS)
    meant = f" ({hint})" if hint else ""
    known = ", ".join(names)
    raise ProfileError(
        f"no profile {name_or_path!r}{meant}; known are {known}, or name a .toml file"
    )


def _file(path: str, beside: Path | None) -> Path:
    """As short as it can be said.

    Raises: ProfileError where there is none.
    """
    here = Path.cwd()
    own = beside / path if beside else here / path
    if own.is_file():
        return own.relative_to(here) if own.is_relative_to(here) else own
    if Path(path).is_file():
        return Path(path)
    folders = dict.fromkeys((own.parent, (here / path).parent))
    there = [file.name for folder in folders for file in folder.glob("*.toml")]
    hint = did_you_mean(own.name, there, likeness=_FILE_LIKENESS)
    raise ProfileError(
        f"cannot read the profile {path}: No such file in {' or '.join(map(str, folders))}"
        + (f"; {hint}" if hint else "")
    )


def read_profile(path: Path) -> Profile:
    """The profile in a file, whatever its name ends in.

    Raises: ProfileError.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, ValueError) as error:
        raise ProfileError(f"cannot read the profile {path}: {error}") from None
    return parse_profile(text, name=path.stem, file=str(path))


def parse_profile(text: str, *, name: str, file: str) -> Profile:
    """The profile that a file's text says.

    Args:
        text: TOML.
        name: Of the profile.
        file: Named in errors; traces are looked for beside it.

    Raises: ProfileError with file and line of each problem.
    """
    tables, lines = read_tables(text, file)
    refuse(file, lines, rule_problems(tables))
    phases, problems = phases_of(tables, Path(file).parent)
    refuse(file, lines, problems)
    return Profile(
        name=name,
        title=tables.title or "",
        cite=_citations(tables),
        ice_tcp=tables.ice_tcp,
        phases=phases,
    )


def _citations(tables: File) -> str:
    of_phases = [f"from {phase.at_s} s: {phase.cite}" for phase in tables.phase if phase.cite]
    return "\n".join([tables.cite or "", *of_phases])
