"""The summary that ends a run on the terminal: what a person must know, then where to read on."""

from __future__ import annotations

import textwrap

from harness.evidence.finding import Finding, Verdict
from harness.evidence.printable import printable
from harness.judging.outcome import is_failure, is_spared, is_unexpected_pass
from harness.report.coverage import coverage_line
from harness.report.model import Report
from harness.report.proof_text import proof_lines
from harness.report.reproduce import reproduce
from harness.report.words import floor_words

_SHOWN = (Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED)

_LEAST_WAIT_S = 1.0
_HARD = "\N{NO-BREAK SPACE}"


def summary(report: Report, *, changes: str = "", flips: str = "", width: int = 100) -> str:
    """Several lines of plain text, the result first.

    Args:
        report: The run.
        changes: Since a baseline, in a few words.
        flips: How often verdicts changed over the stored runs, in a few words.
        width: Of a line.
    """
    lines = [
        f"{report.headline.upper()}: {report.why}",
        *_wrapped(run_line(report), width, parts=True),
    ]
    if report.proof is not None:
        lines += ["", *proof_lines(report.proof)]
    for finding in _worth_showing(report):
        lines += ["", *_finding(report, finding, width)]
    for cut in report.cut:
        lines += ["", f"  CUT           {', '.join(cut.clauses)}", f"    {cut.scenario}: {cut.why}"]
    if report.proof is None:
        lines += ["", *_wrapped(_numbers(report), width, parts=True)]
        lines += _wrapped(coverage_line(report), width, parts=True)
    lines += [*_wrapped(changes, width), *_wrapped(flips, width)]
    for note in (*report.notes, *report.problems):
        lines += _wrapped(f"note: {note}", width)
    lines += [f"  report: {report.folder / 'report.html'}"]
    return printable("\n".join(lines)) + "\n"


def _wrapped(text: str, width: int, *, parts: bool = False) -> list[str]:
    """Indented lines; names stay whole, and where asked for all that stands between commas."""
    if parts:
        text = ", ".join(part.replace(" ", _HARD) for part in text.split(", "))
    lines = textwrap.wrap(
        text, width, initial_indent="  ", subsequent_indent=" " * 4,
        break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    return [line.replace(_HARD, " ") for line in lines]


def duration(seconds: float) -> str:
    """`8.3 s`, `2 min 14 s`, `1 h 3 min`."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s"
    return f"{minutes // 60} h {minutes % 60} min"


def took(report: Report) -> str:
    """How long the run took: `5 min 10 s (4 min 2 s waited for other runs)`."""
    waited_s = report.finished.waited_s if report.finished else 0.0
    waited = f" ({duration(waited_s)} waited for other runs)" if waited_s >= _LEAST_WAIT_S else ""
    return f"{duration(report.duration_s)}{waited}"


def server_words(report: Report) -> str:
    """`LiveKit 1.13.5`."""
    return f"LiveKit {report.versions.get('livekit-server', '')}".strip()


def run_line(report: Report) -> str:
    """What ran: versions, backend, seed, gate, how long."""
    parts = [f"{name} {version}" for name, version in report.versions.items()]
    if report.started:
        parts += [f"backend {report.started.backend}", f"seed {report.started.seed}"]
        if report.started.sabotage:
            parts.append(f"sabotage {report.started.sabotage}")
        if not report.gate.is_default:
            parts.append(f"gate {report.gate.text}")
    return ", ".join([*parts, took(report)])


def _worth_showing(report: Report) -> list[Finding]:
    """What decided first, and of that what failed; known deviations and passes are only counted.

    Nothing of a proof.
    """
    if report.proof is not None:
        return []
    failed = [finding for finding in report.findings if is_failure(finding, report.clauses)]
    rest = [finding for finding in report.findings if finding.verdict in _SHOWN]
    found = [*failed, *sorted(rest, key=lambda finding: _SHOWN.index(finding.verdict))]
    last = Verdict.UNSUPPORTED
    return sorted(found, key=lambda one: (one.verdict is last, _spared(report, one)))


def _spared(report: Report, finding: Finding) -> bool:
    return is_spared(finding, report.clauses, report.gate)


def _finding(report: Report, finding: Finding, width: int) -> list[str]:
    verdict = "PASS (!)" if is_unexpected_pass(finding) else finding.verdict.value
    clause = report.clauses.get(finding.clause)
    statement = clause.statement if clause else finding.scenario
    reason = finding.reason
    if is_unexpected_pass(finding):
        known = report.deviation_named(finding)
        reason = f"the known deviation {known} says that it fails; remove it ({reason})"
    if _spared(report, finding):
        reason = f"does not gate; {reason}"
    text = [
        textwrap.fill(
            f"  {verdict:<13} {finding.clause}  {statement}",
            width,
            subsequent_indent=" " * (18 + len(finding.clause)),
        ),
        textwrap.fill(reason, width, initial_indent=" " * 4, subsequent_indent=" " * 4),
    ]
    if finding.floor is not None:
        text.append(f"    {floor_words(finding)}")
    if finding.verdict is not Verdict.UNSUPPORTED:
        text.append(f"    {reproduce(finding, report.started)}")
    return text


def _numbers(report: Report) -> str:
    deviations = report.outcome.coverage.deviations
    surprises = report.surprises
    numbers = dict(report.outcome.summary)
    passed = numbers.pop(Verdict.PASS) - surprises
    parts = [
        f"{number} {verdict}"
        + (f" ({deviations} known)" if verdict == Verdict.FAIL and deviations else "")
        for verdict, number in {"PASS": passed, "unexpected PASS": surprises, **numbers}.items()
        if number
    ]
    return ", ".join(parts) or "no findings"
