"""The command that runs a scenario again as it was."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from harness.evidence.finding import Finding
from harness.evidence.run_event import RunStarted

_JUDGING = ("--lk-deviations", "--lk-gate")
"""Options that change what a finding means, and not how it was made."""


def reproduce(finding: Finding, started: RunStarted | None) -> str:
    """One line for a shell, in the folder of the project: all as it was.

    Scenario, seed, server, sabotage, and what the run was judged by.
    """
    words = ["pytest", finding.scenario, f"--lk-seed={finding.cell.seed}"]
    if started is not None:
        words += started.server_options
    if finding.cell.sabotage is not None and not finding.cell.is_control:
        words.append(f"--lk-sabotage={finding.cell.sabotage}")
    if started is not None:
        words += _judging(started.command)
    return shlex.join(words)


def _judging(command: Sequence[str]) -> list[str]:
    """Those of a command line; settings apply without being named."""
    found = []
    for word, value in zip(command, [*command[1:], ""], strict=True):
        name, is_joined, _ = word.partition("=")
        if name in _JUDGING:
            found.append(word if is_joined else f"{word}={value}")
    return found
