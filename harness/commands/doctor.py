"""`livekit-harness doctor`."""

from __future__ import annotations

import argparse
from pathlib import Path

from harness.commands.command import NOTHING_FOUND, Command, Example, tell
from harness.server.choose import Wanted
from harness.server.doctor import examine
from harness.server.model import ServerError


def _arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lk-server-binary", type=Path, metavar="PATH", help="as pytest takes it")


def _run(arguments: argparse.Namespace) -> int:
    found = examine(Wanted(server_binary=arguments.lk_server_binary))
    tell("\n".join(found.lines()) + "\n")
    return 0 if found.auto else NOTHING_FOUND


COMMAND = Command(
    name="doctor",
    help="say where a livekit-server would come from, and what would help if from nowhere",
    arguments=_arguments,
    run=_run,
    errors=(ServerError,),
    examples=(
        Example(
            line="livekit-harness doctor",
            does="the ways to a server in the order in which they are tried",
        ),
        Example(
            line="livekit-harness doctor --lk-server-binary ./livekit-server",
            does="whether this program would do",
        ),
    ),
    exit_codes={0: "there is a way", NOTHING_FOUND: "there is none"},
)
