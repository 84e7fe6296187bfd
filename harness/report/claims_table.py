"""The rows of the table of claims: claim → verdict → what really happens, in words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from harness.clauses.claims import Claim
from harness.clauses.model import Clause, Level
from harness.evidence.finding import Finding, Verdict
from harness.judging.claims import ClaimVerdict, ClauseOfClaim, JudgedClaim
from harness.judging.deviations import Deviation
from harness.judging.outcome import is_unexpected_pass
from harness.report.model import ENDS, Report, RunState
from harness.report.words import clipped, limit_text, value_range

NOTES = 2
"""Notes of a finding that are shown."""
NOTE_LENGTH = 160
_LEFT_OUT = re.compile(r"and (\d+) more")
"""The last note of a verifier that names only the first of what it found."""
INSTEAD = 6
"""Clauses that hold where the claim does not, and are shown."""


@dataclass(frozen=True, kw_only=True)
class Told:
    """A finding that is told in full: it is no PASS, or its clause is INFO."""

    clause: Clause
    verdict: str
    """And in which scenario, where several judge the clause."""
    reason: str
    deviation: Deviation | None
    known: str
    """The deviation's words, `in fact: …`, or `said to be: …` of a PASS; empty without one."""
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A clause that holds."""

    clause: Clause
    measured: str
    """In all scenarios, with the limit: `67.7 ms (≤ 300 ms)`."""


@dataclass(frozen=True, kw_only=True)
class ClaimRow:
    """What is said about one claim."""

    claim: Claim
    verdict: ClaimVerdict
    share: str
    """`5 of 9 clauses hold` where the claim holds in part, else empty."""
    but: str
    """`1 MUST besides fails` where the claim holds and a MUST that informs of it fails."""
    told: tuple[Told, ...]
    kept: tuple[Kept, ...]
    besides: tuple[Told, ...]
    """What fails of the clauses that do not decide the claim."""
    instead: tuple[Kept, ...]
    """What holds of them, where the claim does not."""
    silent: tuple[str, ...]
    """Ids of clauses that would decide it and that the run has no finding about."""


def claim_rows(claims: Iterable[JudgedClaim], report: Report) -> tuple[ClaimRow, ...]:
    """A row for each claim; reasons and links come from the deviations of the run."""
    deviations = {deviation.id: deviation for deviation in report.deviations}
    return tuple(_row(claim, deviations) for claim in claims)


def ran_as(report: Report) -> str:
    """`run 2026…-791d74 of 2026-11-21: livekit-server 1.13.5, livekit 1.2.0`, and how it ended."""
    started = report.started
    names = ("livekit-server", "livekit", "livekit-harness")
    parts = [f"{name} {report.versions[name]}" for name in names if name in report.versions]
    if started:
        parts.append(f"seed {started.seed}")
    if started and started.sabotage:
        parts.append(f"broken on purpose by the sabotage {started.sabotage}")
    if report.state is not RunState.FINISHED:
        parts.append(f"which {ENDS[report.state]}")
    if report.problems:
        parts.append(f"unreadable lines: {len(report.problems)}")
    when = f" of {started.started[:10]}" if started else ""
    return f"run {report.folder.name}{when}: {', '.join(parts)}"


def judged_with(report: Report) -> str:
    """`judged with the Python SDK `livekit` 1.2.0 alone; other SDKs were not asked`."""
    version = f" {report.versions['livekit']}" if "livekit" in report.versions else ""
    return f"judged with the Python SDK `livekit`{version} alone; other SDKs were not asked"


def how_to_judge_more(rows: Iterable[ClaimRow]) -> str:
    """How to run what is not in this run; empty where every clause of the rows is."""
    if not any(row.silent for row in rows):
        return ""
    return "what is not in this run: `pytest scenarios/ -m 'long or not long'` runs everything"


def _row(judged: JudgedClaim, deviations: Mapping[str, Deviation]) -> ClaimRow:
    told = [
        _told(one, finding, deviations)
        for one in judged.clauses
        for finding in one.findings
        if not _is_kept(one.clause, finding)
    ]
    told.sort(key=lambda one: one.clause.level is Level.INFO)
    return ClaimRow(
        claim=judged.claim,
        verdict=judged.verdict,
        share=_share(judged),
        but=_but(judged),
        told=tuple(told),
        kept=tuple(
            Kept(clause=one.clause, measured=_measured(findings))
            for one in judged.clauses
            if (findings := [f for f in one.findings if _is_kept(one.clause, f)])
        ),
        besides=tuple(
            replace(_told(one, finding, deviations), notes=())
            for one in judged.besides
            for finding in one.findings
            if finding.verdict is Verdict.FAIL or is_unexpected_pass(finding)
        ),
        instead=_instead(judged),
        silent=tuple(one.clause.id for one in judged.clauses if not one.findings),
    )


def _instead(judged: JudgedClaim) -> tuple[Kept, ...]:
    """The most binding clauses that hold all the same, where nothing of the claim does."""
    if judged.verdict not in {ClaimVerdict.DOES_NOT_HOLD, ClaimVerdict.NOT_IN_SDK}:
        return ()
    levels = list(Level)
    kept = [one for one in judged.besides if one.verdict is Verdict.PASS]
    kept.sort(key=lambda one: levels.index(one.clause.level))
    return tuple(
        Kept(clause=one.clause, measured=_measured(one.findings)) for one in kept[:INSTEAD]
    )


def _share(judged: JudgedClaim) -> str:
    if judged.verdict is not ClaimVerdict.PARTLY:
        return ""
    kept, deciding = judged.share
    return f"{kept} of {deciding} clauses hold"


def _but(judged: JudgedClaim) -> str:
    number = judged.musts_failing_besides
    if judged.verdict is not ClaimVerdict.HOLDS or not number:
        return ""
    return f"{number} MUST besides {'fails' if number == 1 else 'fail'}"


def _is_kept(clause: Clause, finding: Finding) -> bool:
    passed = finding.verdict is Verdict.PASS and not is_unexpected_pass(finding)
    return passed and clause.level is not Level.INFO


def _measured(findings: Sequence[Finding]) -> str:
    """`67.7 ms (≤ 300 ms)`; a truth and a none that is asked for are not said twice."""
    value, limit = value_range(findings), limit_text(findings[0])
    said = limit == value or (limit == f"≤ {value}" and findings[0].measured == 0)
    return value if said else f"{value} ({limit})"


def _told(one: ClauseOfClaim, finding: Finding, deviations: Mapping[str, Deviation]) -> Told:
    verdict, known = finding.verdict.value, "in fact"
    if is_unexpected_pass(finding):
        verdict, known = "PASS, although it is a known deviation", "said to be"
    deviation = deviations.get(finding.deviation or "")
    where = f" in {finding.scenario.rpartition('::')[2]}" if len(one.findings) > 1 else ""
    return Told(
        clause=one.clause,
        verdict=verdict + where,
        reason=finding.reason,
        deviation=deviation,
        known=f"{known}: {deviation.reason}" if deviation else "",
        notes=_notes(finding),
    )


def _notes(finding: Finding) -> tuple[str, ...]:
    notes = list(finding.notes)
    left_out = _LEFT_OUT.fullmatch(notes[-1]) if notes else None
    if left_out:
        notes.pop()
    shown = [clipped(note, NOTE_LENGTH) for note in notes[:NOTES]]
    more = len(notes) - len(shown) + (int(left_out[1]) if left_out else 0)
    return (*shown, f"and {more} more") if more else tuple(shown)
