"""A soak in words: what runs and how long still, how a run ended, what all of them say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from harness.evidence.finding import Finding, Verdict
from harness.evidence.plural import plural
from harness.evidence.printable import printable
from harness.judging.outcome import is_failure
from harness.report.flips_text import (
    count_text,
    flip_text,
    flips_line,
    load_text,
)
from harness.report.model import Report
from harness.report.stored_runs import StoredRuns
from harness.report.terminal import duration
from harness.report.words import clipped
from harness.soak.soak import Plan, Soaked, SoakRun, flips_of, repeats_of

WIDTH = 100
SHOWN = 5
"""Findings of one run; its report has all."""


def begins_line(plan: Plan, number: int, done: Sequence[SoakRun]) -> str:
    """`run 3 of 20, with one core kept busy; about 26 min to go; 1 run failed: MUTE-002`."""
    parts = [head(plan, number)]
    if done:
        mean_s = sum(run.took_s for run in done) / len(done)
        parts.append(f"about {duration(mean_s * (plan.times - len(done)))} to go")
    failed = [run for run in done if failures(run)]
    if failed:
        clauses = sorted({finding.clause for run in failed for finding in failures(run)})
        parts.append(f"{plural(len(failed), 'run')} failed: {', '.join(clauses)}")
    return "; ".join(parts)


def running_line(plan: Plan, number: int, text: str) -> str:
    """What the run said last; fits on a line of a terminal."""
    return clipped(printable(f"{number}/{plan.times} {text}"), WIDTH)


def ended_lines(plan: Plan, run: SoakRun) -> list[str]:
    """How a run ended, and what did not hold in it."""
    first = f"{head(plan, run.number)}: {_result(run)} in {duration(run.took_s)}"
    if run.report is None:
        return [first, *(f"  {printable(line)}" for line in run.ended.last_lines)]
    first += f", {_numbers(run.report)}"
    lines = [first, *(f"  {_finding(one)}" for one in failures(run)[:SHOWN])]
    if len(failures(run)) > SHOWN:
        lines.append(f"  and {len(failures(run)) - SHOWN} more in {run.report.folder}")
    return lines


def summary_lines(plan: Plan, soaked: Soaked, stored: StoredRuns) -> list[str]:
    """What all runs say: how they ended, what stayed open, flips of them and of all stored runs."""
    done = soaked.runs
    if not done:
        return ["no run came to its end"]
    ends = Counter(_result(run) for run in done)
    took_s = sum(run.took_s for run in done)
    lines = [
        f"{len(done)} of {plan.times} runs in {duration(took_s)}: "
        + ", ".join(f"{number} {result}" for result, number in ends.most_common())
    ]
    if soaked.idle:
        lines.append(f"  no further run: {soaked.idle}")
    repeats = repeats_of(stored, done)
    loads = sorted({run.load for run in done})
    for load in loads:
        lines += _open_lines([run for run in done if run.load == load], load)
    lines.append(f"  these runs: {count_text(flips_of(repeats))}")
    if len(loads) > 1:
        for load in loads:
            lines.append(f"    {load_text(load)}: {count_text(flips_of(repeats, load))}")
    lines += [f"    {one.after.finding.clause}: {flip_text(one)}" for one in repeats if one.flipped]
    if overall := flips_line(stored):
        lines.append(f"  {overall}")
    return [*lines, f"  each clause: livekit-harness flips --reports {plan.reports}"]


def head(plan: Plan, number: int) -> str:
    """`run 3 of 20, with one core kept busy`; of load nothing where no run has any."""
    load = f", {load_text(plan.load(number))}" if plan.busy else ""
    return f"run {number} of {plan.times}{load}"


def failures(run: SoakRun) -> list[Finding]:
    """What made it fail, or could not be tried."""
    report = run.report
    if report is None:
        return []
    return [
        finding
        for finding in report.findings
        if is_failure(finding, report.clauses, report.gate) or finding.verdict is Verdict.ERROR
    ]


def _result(run: SoakRun) -> str:
    if run.ended.too_long:
        return "took too long"
    if run.ended.interrupted:
        return "interrupted"
    if run.report is None:
        return f"no run, exit code {run.ended.code}"
    return run.report.headline.lower()


def _numbers(report: Report) -> str:
    counted = [f"{number} {verdict}" for verdict, number in report.outcome.summary.items()]
    return ", ".join(one for one in counted if not one.startswith("0 ")) or "no findings"


def _finding(finding: Finding) -> str:
    return printable(f"{finding.verdict} {finding.clause}  {clipped(finding.reason, WIDTH)}")


def _open_lines(done: Sequence[SoakRun], load: str) -> list[str]:
    """What stayed INCONCLUSIVE, and in how many runs."""
    counted = Counter(
        clause
        for run in done
        if run.report is not None
        for clause in {
            finding.clause
            for finding in run.report.findings
            if finding.verdict is Verdict.INCONCLUSIVE
        }
    )
    if not counted:
        return []
    each = ", ".join(f"{clause} in {number}" for clause, number in counted.most_common())
    return [f"  INCONCLUSIVE {load_text(load)}, of {len(done)} runs: {each}"]
