"""`livekit-harness sabotages`."""

from __future__ import annotations

import argparse
import sys

from harness.commands.command import Command
from harness.sabotage.registry import SABOTAGES


def _run(_: argparse.Namespace) -> int:
    for sabotage in SABOTAGES.values():
        kills = ", ".join(sorted(sabotage.kills))
        sys.stdout.write(f"{sabotage.name:<18} {sabotage.breaks}; turns to FAIL: {kills}\n")
    return 0


COMMAND = Command(
    name="sabotages",
    help="list what --lk-sabotage can break on purpose, and which clauses must notice",
    arguments=lambda parser: None,
    run=_run,
)
