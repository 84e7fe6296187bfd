"""`summary.md`: a run in a page of Markdown, for the page of a CI job or a comment."""

from __future__ import annotations

from collections.abc import Sequence

from harness.clauses.model import Level
from harness.evidence.finding import Finding, Verdict
from harness.evidence.printable import printable
from harness.judging.outcome import is_failure, is_spared, is_unexpected_pass, level_of
from harness.report.baseline import read_baseline
from harness.report.changes_section import changes_section
from harness.report.coverage import coverage_line
from harness.report.finding_view import FindingView, finding_views
from harness.report.markdown import cells, code, fenced, linked, plain, sentence
from harness.report.model import Report
from harness.report.proof_text import proof_lines
from harness.report.reproduce import reproduce
from harness.report.terminal import run_line, server_words
from harness.report.thread import common_thread
from harness.report.words import clipped, limit_text, value_text

MOST = 50
"""Rows of a table: a CI job page takes 1 MiB."""
LONGEST = 400
"""Of a reason."""


def summary_markdown(report: Report, views: Sequence[FindingView] | None = None) -> str:
    """The result first, then what decided it, then what to know.

    Args:
        report: The run.
        views: Of its findings; None: they are made.
    """
    if views is None:
        views = finding_views(report)
    lines = [
        f"## {plain(server_words(report))}: {report.headline.lower()}",
        "",
        f"**{plain(sentence(report.why))}**",
        "",
        plain(run_line(report)),
    ]
    if report.proof is not None:
        lines += ["", *fenced(proof_lines(report.proof))]
    else:
        lines += _judged(report, views)
    notes = (*report.notes, *report.problems)
    if notes:
        lines += ["", "### To know", "", *(f"- {plain(sentence(note))}" for note in notes)]
    return printable("\n".join(lines)) + "\n"


def _judged(report: Report, views: Sequence[FindingView]) -> list[str]:
    lines = [
        "",
        *_counts(report),
        "",
        f"{sentence(coverage_line(report))}",
        *_at_a_glance(report, views),
    ]
    failed, surprises, spared, undecided = [], [], [], []
    for finding in report.findings:
        if is_unexpected_pass(finding) and is_failure(finding, report.clauses, report.gate):
            surprises.append(finding)
        elif is_failure(finding, report.clauses, report.gate):
            failed.append(finding)
        elif is_spared(finding, report.clauses, report.gate):
            spared.append(finding)
        elif finding.verdict in {Verdict.ERROR, Verdict.INCONCLUSIVE}:
            undecided.append(finding)
    lines += _table(report, "Fails", failed)
    lines += _table(report, "Passes, and is listed as failing", surprises)
    lines += _table(report, "Is not decided", undecided)
    left_out = f"Fails or is not decided, and does not gate ({report.gate.text})"
    lines += _table(report, left_out, spared)
    again = _again(report, [*failed, *surprises, *undecided, *spared])
    return [*lines, *_cut(report), *again, *_known(report)]


def _at_a_glance(report: Report, views: Sequence[FindingView]) -> list[str]:
    """What changed since a baseline, and what many failures have in common."""
    changes = changes_section(report, views, read_baseline(report.folder))
    said = [f"since the baseline: {changes.short}"] if changes else []
    said += common_thread(views)
    return ["", *(f"- {plain(sentence(one))}" for one in said)] if said else []


def _counts(report: Report) -> list[str]:
    known = report.outcome.coverage.deviations
    numbers = report.outcome.summary
    row = {
        "PASS": numbers[Verdict.PASS] - report.surprises,
        "unexpected PASS": report.surprises,
        "FAIL": numbers[Verdict.FAIL] - known,
        "known FAIL": known,
        **{verdict: numbers[verdict] for verdict in ("ERROR", "INCONCLUSIVE", "UNSUPPORTED")},
    }
    return [
        cells(*row),
        cells(*("---:" for _ in row)),
        cells(*(str(number) for number in row.values())),
    ]


def _table(report: Report, title: str, findings: Sequence[Finding]) -> list[str]:
    if not findings:
        return []
    lines = ["", f"### {plain(title)}: {len(findings)}", ""]
    lines += [cells("clause", "what must hold", "expected", "measured"), cells(*["---"] * 4)]
    lines += [_row(report, finding) for finding in findings[:MOST]]
    return lines + _more(len(findings))


def _row(report: Report, finding: Finding) -> str:
    clause = report.clauses.get(finding.clause)
    level = level_of(finding, report.clauses)
    name = f"**{plain(finding.clause)}**" + ("" if level is Level.MUST else f" ({level})")
    said = f"{finding.verdict}: {finding.reason}"
    if is_unexpected_pass(finding):
        known = report.deviation_named(finding)
        said = f"unexpected PASS: the known deviation {known} says that it fails"
    lines = [plain(clause.statement)] if clause else []
    lines.append(plain(clipped(said, LONGEST)))
    lines.append(code(clipped(finding.scenario.removeprefix("scenarios/"), LONGEST)))
    return cells(name, "<br>".join(lines), plain(limit_text(finding)), plain(value_text(finding)))


def _cut(report: Report) -> list[str]:
    if not report.cut:
        return []
    lines = ["", f"### Cut: {len(report.cut)}", ""]
    lines += [
        f"- {code(clipped(cut.scenario, LONGEST))}: {plain(cut.why)}; nothing is said of "
        f"{plain(', '.join(cut.clauses))}"
        for cut in report.cut[:MOST]
    ]
    return lines + _more(len(report.cut))


def _again(report: Report, findings: Sequence[Finding]) -> list[str]:
    """The commands that repeat what decided; folded."""
    commands = list(dict.fromkeys(reproduce(one, report.started) for one in findings))
    if not commands:
        return []
    return [
        *("", "<details><summary>Run them again</summary>", ""),
        *fenced([clipped(command, LONGEST) for command in commands[:MOST]]),
        *("", "</details>"),
    ]


def _known(report: Report) -> list[str]:
    """The known deviations that were seen; folded."""
    seen = {one.deviation for one in report.findings if one.verdict is Verdict.FAIL}
    entries = [entry for entry in report.deviations if entry.id in seen]
    if not entries:
        return []
    lines = ["", f"<details><summary>Known deviations: {len(entries)}</summary>", ""]
    lines += [cells("deviation", "clause", "why", "listed in", "until"), cells(*["---"] * 5)]
    for entry in entries[: 4 * MOST]:
        why = plain(clipped(entry.reason, LONGEST))
        where, until = plain(entry.listed_in), str(entry.expires or "never expires")
        name = linked(entry.id, entry.link)
        lines.append(cells(name, plain(entry.clause), why, where, until))
    return [*lines, "", "</details>"]


def _more(number: int) -> list[str]:
    return ["", f"… and {number - MOST} more: see report.html."] if number > MOST else []
