"""`livekit-harness profiles`."""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from pathlib import Path

from harness.commands.command import NOTHING_FOUND, Command, Example, may_be_left_out, tell
from harness.network.profile import (
    Profile,
    ProfileError,
    load_profile,
    profile_names,
    read_profile,
)
from harness.network.profile_chart import chart
from harness.network.profile_text import length, needs, timeline

_ROW = "{:<17} {:<9} {:<10} {}"


def _arguments(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="show NAME, check FILE")
    show = actions.add_parser("show", help="the timeline of a profile in words and drawn")
    show.add_argument("profile", metavar="NAME", help="of a profile, or the path of a .toml file")
    check = actions.add_parser("check", help="say which lines of a file are wrong, and what")
    check.add_argument("files", metavar="FILE", nargs="+", type=Path, help="path of a .toml file")
    may_be_left_out(parser, "show NAME, check FILE")


def _run(arguments: argparse.Namespace) -> int:
    if "files" in arguments:
        return _check(arguments.files)
    if "profile" in arguments:
        lines = describe(load_profile(arguments.profile), shutil.get_terminal_size().columns)
    else:
        lines = _listed()
    tell("".join(f"{line}\n" for line in lines))
    return 0


def describe(profile: Profile, columns: int) -> Iterator[str]:
    """All about one profile.

    Args:
        profile: It.
        columns: Width of the terminal.
    """
    yield f"{profile.name}  {profile.title}"
    if wanted := needs(profile):
        yield f"needs {wanted}"
    yield ""
    yield from timeline(profile, columns)
    yield ""
    yield from chart(profile, columns)
    yield ""
    yield from profile.cite.strip().splitlines()


def _listed() -> Iterator[str]:
    yield _ROW.format("NAME", "LENGTH", "NEEDS", "TITLE")
    for name in profile_names():
        profile = load_profile(name)
        yield _ROW.format(name, length(profile), needs(profile) or "-", profile.title)


def _check(files: list[Path]) -> int:
    absent = [str(file) for file in files if not file.is_file()]
    if absent:
        raise ProfileError(f"no such file: {', '.join(absent)}")
    wrong = False
    for file in files:
        try:
            read_profile(file)
        except ProfileError as error:
            wrong = True
            tell("".join(f"{problem}\n" for problem in error.problems))
        else:
            tell(f"{file}: good\n")
    return NOTHING_FOUND if wrong else 0


COMMAND = Command(
    name="profiles",
    help="list the network profiles, show one, or check a file of your own",
    arguments=_arguments,
    run=_run,
    errors=(ProfileError,),
    examples=(
        Example(
            line="livekit-harness profiles show 3g",
            does="what this network does when, drawn, and where its numbers are from",
        ),
        Example(
            line="livekit-harness profiles check mine.toml",
            does="which lines of a file of your own are wrong, and what would be right",
        ),
    ),
    exit_codes={
        0: "told, or every file that was checked is good",
        NOTHING_FOUND: "a file that was checked is wrong",
    },
)
