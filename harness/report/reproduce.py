"""The command that runs a scenario again as it was."""

from __future__ import annotations

import shlex

from harness.evidence.finding import Finding
from harness.evidence.run_event import RunStarted


def reproduce(finding: Finding, started: RunStarted | None) -> str:
    """One line for a shell, in the folder of the project: same scenario, seed, server, defect."""
    words = ["pytest", finding.scenario, f"--lk-seed={finding.cell.seed}"]
    if started is not None:
        words += started.server_options
    if finding.cell.sabotage:
        words.append(f"--lk-sabotage={finding.cell.sabotage}")
    return shlex.join(words)
