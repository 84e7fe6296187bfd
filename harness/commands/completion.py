"""`livekit-harness completion`.

What an argument takes is told by its metavar, so that an argument says it once: to who reads the
help, and to who presses Tab.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.commands.command import Command, Example
from harness.network.profile import profile_names
from harness.sabotage.registry import SABOTAGES

SHELLS = ("bash", "zsh", "fish")
FILES, FOLDERS = "file", "directory"
"""As shtab names them; a folder is also a file."""
CLAUSES, AREAS, PROFILE, PROFILES = "clauses", "areas", "profile", "profiles"
PROVABLE = "clauses and sabotages"
TAKES: Mapping[str, str | None] = {
    "BASE": FILES,
    "DIR": FOLDERS,
    "FILE": FILES,
    "FOLDER": FOLDERS,
    "NEW": FILES,
    "PATH": FILES,
    "PEM": FILES,
    "RUN": FILES,
    "AREA": AREAS,
    "CLAUSE": CLAUSES,
    "CLAUSE|SABOTAGE": PROVABLE,
    "ID": CLAUSES,
    "NAME": PROFILE,
    "NAME|FILE": PROFILE,
    "NAME|FILE,…": PROFILES,
    "-- …": FILES,
    "ADDRESS:PORT": None,
    "HOST": None,
    "IDENTITY": None,
    "IDENTITY=PROFILE": None,
    "N": None,
    "URL": None,
    "WORDS": None,
}
"""Metavar of an argument to what it takes; None: nobody can know it. Choices are known anyway."""
_FUNCTION = "_livekit_harness_%s_or_file"
"""shtab has bash escape what comes from a function with `_file` in its name, as files need it."""


class NoGeneratorError(Exception):
    """The scripts cannot be made: says what to install."""


def script(parser: argparse.ArgumentParser, shell: str) -> str:
    """What a shell must read to complete the command line of a parser.

    Args:
        parser: Of the whole program; it is changed and good for nothing else afterwards.
        shell: One of SHELLS.

    Raises:
        NoGeneratorError: shtab is not installed.
    """
    try:
        import shtab
    except ImportError:
        raise NoGeneratorError(
            "shtab, which makes these scripts, is not installed: "
            "pip install 'livekit-harness[completion]'"
        ) from None
    words = _words()
    for action in arguments_of(parser):
        takes = TAKES.get(str(action.metavar))
        if takes is None:
            continue
        if takes in words:
            action.choices = words[takes]
        else:
            how = (
                _profiles(takes) if takes in {PROFILE, PROFILES} else shtab.CHOICE_FUNCTIONS[takes]
            )
            action.complete = how  # type: ignore[attr-defined]  # where shtab looks for it
    return shtab.complete(parser, shell=shell)


def arguments_of(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments that take a value, those of subcommands too."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to ask
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
            for command in action.choices.values():
                yield from arguments_of(command)
        elif action.nargs != 0:
            yield action


def _words() -> Mapping[str, Sequence[str]]:
    clauses = Catalogue.load(SHIPPED)
    return {
        CLAUSES: tuple(clauses),
        PROVABLE: (*clauses, *SABOTAGES),
        AREAS: tuple(sorted({clause.area for clause in clauses.values()})),
    }


def _profiles(takes: str) -> dict[str, str | dict[str, str]]:
    """The names of profiles, and files: by shell, and what each must know before."""
    names, function = " ".join(profile_names()), _FUNCTION % takes
    if takes == PROFILES:
        bash = f'compgen -P "${{1%"${{1##*,}}"}}" -W "{names}" -- "${{1##*,}}"'
        zsh = f"_values -s , profiles {names}"
        fish = f"(__fish_complete_list , 'string join \\n {names}')"
    else:
        bash = f'compgen -W "{names}" -- "$1"'
        zsh, fish = f"compadd -- {names}", names
    return {
        "bash": function,
        "zsh": function,
        "fish": f"{fish} (__fish_complete_path (commandline -ct))",
        "preamble": {
            "bash": f'{function}() {{\n  {bash}\n  compgen -f -- "$1"\n}}',
            "zsh": f'{function}() {{\n  {zsh}\n  _files -g "*.toml"\n}}',
        },
    }


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=SHELLS, help="for which shell; it goes to standard output")


def _run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(script(arguments.parser, arguments.shell) + "\n")
    return 0


COMMAND = Command(
    name="completion",
    help="print what a shell must read to complete commands, options, profiles and clauses",
    arguments=_arguments,
    run=_run,
    errors=(NoGeneratorError,),
    examples=(
        Example(
            line="livekit-harness completion zsh > _livekit-harness",
            does="for zsh, into a file that is then moved to a folder of $fpath",
        ),
    ),
    note="Put it where your shell looks, and again after an upgrade. "
    "bash: ~/.local/share/bash-completion/completions/livekit-harness; "
    "zsh: _livekit-harness in a folder of $fpath; "
    "fish: ~/.config/fish/completions/livekit-harness.fish",
)
