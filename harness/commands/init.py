"""`livekit-harness init`."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.commands.command import Command, Example, tell

STARTER = Path(__file__).parent / "starter"
"""What is made: each file as it will be, with `.txt` behind its name."""
IGNORED = "reports/\n"
"""Recordings of every run: nothing for a repository."""


class StarterError(Exception):
    """Nothing can be made there; the text says why and what to do."""


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path("scenarios"),
        metavar="FOLDER",
        help="a new folder, by default `scenarios`",
    )


def _run(arguments: argparse.Namespace) -> int:
    folder: Path = arguments.folder
    names = make_starter(folder)
    tell(f"{folder}: {', '.join(names)}\nnext: cd {folder} && pytest\n")
    return 0


def make_starter(folder: Path) -> list[str]:
    """Write the files of a first project of scenarios; their names.

    Raises:
        StarterError: something is there already, or the folder cannot be made.
    """
    settings = Path("pytest.ini")
    if settings.is_file() and "lk_clauses" in settings.read_text(encoding="utf-8"):
        raise StarterError(f"{settings} names scenarios here: run pytest, or go elsewhere for more")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise StarterError(f"{folder} is there, and nothing is overwritten: name a new folder")
    files = {path.stem: path.read_text(encoding="utf-8") for path in sorted(STARTER.glob("*.txt"))}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in {**files, ".gitignore": IGNORED}.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise StarterError(f"{folder} cannot be written: {error.strerror}") from None
    return list(files)


COMMAND = Command(
    name="init",
    help="make a folder with a first scenario for an application of your own",
    arguments=_arguments,
    run=_run,
    errors=(StarterError,),
    examples=(
        Example(
            line="livekit-harness init",
            does="makes `scenarios`, which runs at once: cd scenarios && pytest",
        ),
        Example(line="livekit-harness init tests/media", does="makes another folder"),
    ),
)
