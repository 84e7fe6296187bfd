"""The command that runs a scenario again as it was."""

from __future__ import annotations

import shlex

from harness.evidence.finding import Finding


def reproduce(finding: Finding, backend: str | None) -> str:
    """One line for a shell, in the folder of the project: same scenario, seed, backend, defect."""
    words = ["pytest", finding.scenario, "--lk-seed", str(finding.cell.seed)]
    if backend:
        words += ["--lk-backend", backend]
    if finding.cell.sabotage:
        words += ["--lk-sabotage", finding.cell.sabotage]
    return shlex.join(words)
