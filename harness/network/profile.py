"""Profiles: a named timeline of impairments, from a TOML file with the source of its numbers."""

from __future__ import annotations

import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from harness.evidence.clock import NS_PER_S
from harness.evidence.ledger_records import Direction
from harness.network.impairment import Target
from harness.network.impairments import DropList, Impairment, Loss
from harness.network.phase import Phase

_FOLDER = Path(__file__).parent / "profiles"


class ProfileError(Exception):
    """A profile that is not there, or whose file is wrong; the text names file and key."""


class _Way(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the file says of one direction in one phase."""

    loss_ratio: Annotated[float, Meta(ge=0, le=1)] = 0.0
    drop_indices: tuple[Annotated[int, Meta(ge=0)], ...] = ()


class _Udp(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    up: _Way = _Way()
    down: _Way = _Way()


class _PhaseTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    at_s: Annotated[float, Meta(ge=0)]
    udp: _Udp = _Udp()


class _File(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    title: Annotated[str, Meta(min_length=1)]
    cite: Annotated[str, Meta(min_length=1)]
    phase: Annotated[tuple[_PhaseTable, ...], Meta(min_length=1)]


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """A named timeline."""

    name: str
    title: str
    cite: str
    """Where the numbers come from."""
    ice_tcp: bool = False
    """Whether media over TCP is offered too."""
    phases: tuple[Phase, ...]
    """In order of time; the first begins at 0."""

    @property
    def needs_toxiproxy(self) -> bool:
        """Whether a phase has toxics; stalls and cuts of TCP are the gateway's own."""
        return any(phase.signal.toxics or phase.media.toxics for phase in self.phases)


def profile_names() -> list[str]:
    """Names of the profiles that come with the harness."""
    return sorted(path.stem for path in _FOLDER.glob("*.toml"))


def load_profile(name: str, *, participant: str | None = None) -> Profile:
    """A profile by name, or a user's own by the path of its `.toml` file.

    Args:
        name: One of `profile_names()`, or a path.
        participant: Whose network it is; None is everybody's.

    Raises: ProfileError.
    """
    path = Path(name) if name.endswith(".toml") else _FOLDER / f"{name}.toml"
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        known = ", ".join(profile_names())
        raise ProfileError(
            f"no profile {name!r}; known are {known}, or name a .toml file"
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise ProfileError(f"cannot read the profile {path}: {error}") from error
    return parse_profile(text, name=path.stem, file=str(path), participant=participant)


def parse_profile(text: str, *, name: str, file: str, participant: str | None = None) -> Profile:
    """The profile that a file's text says.

    Args:
        text: TOML.
        name: Of the profile.
        file: Named in errors.
        participant: Whose network it is; None is everybody's.

    Raises: ProfileError with file and line, or file and key.
    """
    try:
        parsed = msgspec.convert(tomllib.loads(text), _File)
    except tomllib.TOMLDecodeError as error:
        raise ProfileError(f"{file}: {error}") from error
    except msgspec.ValidationError as error:
        raise ProfileError(f"{file}: {str(error).replace('`$.', '`')}") from error
    times = [phase.at_s for phase in parsed.phase]
    if times[0] != 0 or any(later <= earlier for earlier, later in pairwise(times)):
        raise ProfileError(f"{file}: `phase` - `at_s` must begin at 0 and grow, not {times}")
    return Profile(
        name=name,
        title=parsed.title,
        cite=parsed.cite,
        phases=tuple(_phase(table, participant) for table in parsed.phase),
    )


def _phase(table: _PhaseTable, participant: str | None) -> Phase:
    up = _impairments(table.udp.up, "up", participant)
    down = _impairments(table.udp.down, "down", participant)
    return Phase(at_ns=round(table.at_s * NS_PER_S), impairments=(*up, *down))


def _impairments(way: _Way, direction: Direction, participant: str | None) -> list[Impairment]:
    """In the fixed order in which they act: exact drops, then loss."""
    target = Target(participant=participant, direction=direction)
    made: list[Impairment] = []
    if way.drop_indices:
        made.append(DropList(indices=way.drop_indices, target=target))
    if way.loss_ratio:
        made.append(Loss(ratio=way.loss_ratio, target=target))
    return made
