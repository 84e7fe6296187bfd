"""What `measure` was asked for, checked: a user's mistake is told before anything starts."""

from __future__ import annotations

import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from harness.network.profile import Profile, load_profile

FOLDER = Path("measurements")
SETTLING_S = 5.0
LEAST_MINUTES, MOST_MINUTES = 0.1, 60.0


class MeasureError(Exception):
    """What was asked for cannot be done: says what, and what to do."""


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Calls to be made one after the other."""

    profiles: tuple[Profile, ...]
    minutes: float
    """Steady state of each call."""
    seed: int
    folder: Path
    """Existing and empty."""

    @property
    def call_s(self) -> float:
        """About how long a call takes, with joining and settling."""
        return self.minutes * 60 + SETTLING_S


def parse_profiles(text: str) -> tuple[Profile, ...]:
    """Profiles from `clean,3g,mine.toml`.

    Raises:
        ProfileError: one is not there, or wrong.
        MeasureError: none, nothing beside a comma, or one twice: their evidence lies in folders
            of their names.
    """
    names = [name.strip() for name in text.split(",")]
    if not any(names):
        raise MeasureError("--profiles names none: `livekit-harness profiles` lists them")
    if not all(names):
        raise MeasureError(f"--profiles {text}: nothing stands beside a comma, name one or drop it")
    profiles = tuple(load_profile(name) for name in names)
    for name, times in Counter(profile.name for profile in profiles).items():
        if times > 1:
            raise MeasureError(f"--profiles names {name} {times} times: each makes one call")
    return profiles


def check_minutes(minutes: float) -> float:
    """Refuse what is too short to be steady, or too long to be kept."""
    if not LEAST_MINUTES <= minutes <= MOST_MINUTES:
        raise MeasureError(
            f"--minutes {minutes:g}: choose {LEAST_MINUTES:g} to {MOST_MINUTES:g}, for each call"
        )
    return minutes


def check_folder(wanted: Path | None) -> None:
    """Refuse a folder that holds something: nothing is ever written over."""
    if wanted is None or not wanted.exists():
        return
    if not wanted.is_dir() or any(wanted.iterdir()):
        raise MeasureError(f"{wanted} is not an empty folder: name another one with --out")


def make_folder(wanted: Path | None) -> Path:
    """The folder for reports and evidence, by default a new one under `measurements/`.

    Raises:
        MeasureError: it cannot be made.
    """
    folder = wanted or FOLDER / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{secrets.token_hex(2)}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MeasureError(f"cannot make the folder {folder}: {error.strerror}") from None
    return folder.resolve()
