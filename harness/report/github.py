"""What GitHub Actions shows of a run: a summary on the job's page, and annotations.

GitHub keeps ten errors and ten warnings of a step. Workflow commands and their escapes:
https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from harness.evidence.finding import Finding
from harness.evidence.printable import printable
from harness.judging.outcome import decides, is_spared, is_unexpected_pass
from harness.report.model import Report
from harness.report.reproduce import reproduce
from harness.report.summary_markdown import summary_markdown
from harness.report.terminal import server_words
from harness.report.words import clipped

MOST = 10
"""Annotations of a kind."""
_LONGEST = 600


def tell_github(report: Report, *, environ: Mapping[str, str], root: Path) -> list[str]:
    """Add the summary to the job's page; the annotations, a line for standard output each.

    Nothing where the environment is not that of GitHub Actions.

    Args:
        report: The run.
        environ: Of this process.
        root: Folder that scenarios are named from.
    """
    if environ.get("GITHUB_ACTIONS") != "true":
        return []
    lines = annotation_lines(
        report, root=root, workspace=Path(environ.get("GITHUB_WORKSPACE") or root)
    )
    page = environ.get("GITHUB_STEP_SUMMARY")
    if page:
        try:
            with Path(page).open("a", encoding="utf-8", errors="replace") as file:
                file.write(summary_markdown(report))
        except OSError as error:
            lines.append(_command("warning", f"no summary on the job's page: {error.strerror}"))
    return lines


def annotation_lines(report: Report, *, root: Path, workspace: Path) -> list[str]:
    """What decided the exit code as errors, what the gate left out as warnings, and notes."""
    told: dict[str, list[str]] = {"error": [], "warning": [], "notice": []}
    for finding in report.findings if report.proof is None else ():
        kind = _kind(report, finding)
        if kind is not None:
            title = f"{finding.clause} {_verdict(finding)} ({server_words(report)})"
            place = _place(finding, root, workspace)
            told[kind].append(_command(kind, _says(report, finding), title=title, **place))
    if not told["error"] and not report.passed:
        told["error"].append(_command("error", f"{report.headline}: {report.why}"))
    told["warning"] += [_command("warning", problem) for problem in report.problems]
    told["notice"] += [_command("notice", note) for note in report.notes]
    return [line for kind, lines in told.items() for line in _at_most(kind, lines)]


def _kind(report: Report, finding: Finding) -> str | None:
    if decides(finding, report.clauses, report.gate):
        return "error"
    return "warning" if is_spared(finding, report.clauses, report.gate) else None


def _verdict(finding: Finding) -> str:
    return "unexpected PASS" if is_unexpected_pass(finding) else finding.verdict.value


def _says(report: Report, finding: Finding) -> str:
    clause = report.clauses.get(finding.clause)
    reason = finding.reason
    if is_unexpected_pass(finding):
        reason = (
            f"the known deviation {report.deviation_named(finding)} says that it fails: remove it"
        )
    if is_spared(finding, report.clauses, report.gate):
        reason = f"does not gate: {reason}"
    parts = [clause.statement] if clause else []
    return "\n".join([*parts, reason, f"again: {reproduce(finding, report.started)}"])


def _place(finding: Finding, root: Path, workspace: Path) -> dict[str, str]:
    """File of the scenario as the repository names it, and line; none where not part of it."""
    name, _, scenario = finding.scenario.partition("::")
    path = (root / name).resolve()
    if not path.is_relative_to(workspace.resolve()):
        return {}
    file = {"file": path.relative_to(workspace.resolve()).as_posix()}
    line = _line(path, scenario.partition("[")[0].rpartition("::")[2])
    return file if line is None else {**file, "line": str(line)}


def _line(path: Path, function: str) -> int | None:
    """Where it is defined, from 1; None where that cannot be seen."""
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = re.search(rf"^[ \t]*(async )?def {re.escape(function)}\(", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else None


def _command(kind: str, message: str, **properties: str) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(clipped(printable(line), _LONGEST) for line in message.splitlines())
    return f"::{kind}{' ' * bool(told)}{told}::{_data(text)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def _at_most(kind: str, lines: Sequence[str]) -> list[str]:
    if len(lines) <= MOST:
        return list(lines)
    rest = len(lines) - MOST + 1
    return [*lines[: MOST - 1], _command(kind, f"and {rest} more: see the summary, or report.html")]
