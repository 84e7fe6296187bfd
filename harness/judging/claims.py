"""From the findings of a run to what is said of each claim of the documentation.

    clauses of a claim that were judged            the claim
    all PASS                                       holds
    some PASS, others FAIL or UNSUPPORTED          partly
    a FAIL among them, no PASS                     does not hold
    all UNSUPPORTED                                not in the SDK
    none                                           not judged

A FAIL that is a known deviation is a FAIL. What is INFO decides only where no other clause of the
claim was judged. A clause that only informs of a claim never decides it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from harness.clauses.claims import Claim
from harness.clauses.model import Clause, Level
from harness.evidence.finding import Finding, Verdict
from harness.judging.outcome import is_judgement


class ClaimVerdict(StrEnum):
    """What is said of a claim."""

    HOLDS = "holds"
    PARTLY = "partly"
    DOES_NOT_HOLD = "does not hold"
    NOT_IN_SDK = "not in the SDK"
    NOT_JUDGED = "not judged"


_ONE_AND_MANY = {
    ClaimVerdict.HOLDS: ("holds", "hold"),
    ClaimVerdict.PARTLY: ("holds in part", "hold in part"),
    ClaimVerdict.DOES_NOT_HOLD: ("does not hold", "do not hold"),
    ClaimVerdict.NOT_IN_SDK: ("is not in the SDK", "are not in the SDK"),
}


@dataclass(frozen=True, kw_only=True)
class ClauseOfClaim:
    """A clause that decides a claim or informs of it, with its findings in one run."""

    clause: Clause
    findings: tuple[Finding, ...]
    verdict: Verdict | None
    """Of all scenarios together: FAIL if there is one, then PASS. None without a finding."""
    judged: bool
    decides: bool
    """Whether the claim's verdict rests on it."""


@dataclass(frozen=True, kw_only=True)
class JudgedClaim:
    """A claim, its verdict, and the clauses that speak about it."""

    claim: Claim
    verdict: ClaimVerdict
    clauses: tuple[ClauseOfClaim, ...]
    """Those that name it among their `claims`."""
    besides: tuple[ClauseOfClaim, ...]
    """Those that inform of it."""

    @property
    def share(self) -> tuple[int, int]:
        """How many of the clauses that decide it hold, of how many."""
        deciding = [one for one in self.clauses if one.decides]
        return sum(one.verdict is Verdict.PASS for one in deciding), len(deciding)

    @property
    def musts_failing_besides(self) -> int:
        """How many MUST clauses that only inform of it fail."""
        return sum(
            one.verdict is Verdict.FAIL and one.clause.level is Level.MUST for one in self.besides
        )


def judge_claims(
    claims: Iterable[Claim], clauses: Mapping[str, Clause], findings: Sequence[Finding]
) -> tuple[JudgedClaim, ...]:
    """What the findings of one run say of each claim, in the order of the claims."""
    found: dict[str, list[Finding]] = {}
    for finding in findings:
        found.setdefault(finding.clause, []).append(finding)
    members = [(clause, found.get(clause.id, [])) for clause in clauses.values()]
    return tuple(_judged(claim, members) for claim in claims)


def in_numbers(claims: Sequence[JudgedClaim]) -> str:
    """`71 of 71 claims judged: 40 hold, 9 hold in part, 16 do not hold, 6 are not in the SDK`."""
    numbers = Counter(claim.verdict for claim in claims)
    judged = len(claims) - numbers[ClaimVerdict.NOT_JUDGED]
    parts = [
        f"{numbers[verdict]} {words[numbers[verdict] > 1]}"
        for verdict, words in _ONE_AND_MANY.items()
        if numbers[verdict]
    ]
    return f"{judged} of {len(claims)} claims judged" + (f": {', '.join(parts)}" if parts else "")


def _judged(claim: Claim, members: list[tuple[Clause, list[Finding]]]) -> JudgedClaim:
    own = [member for member in members if claim.number in member[0].claims]
    judged = [clause for clause, findings in own if _is_judged(findings)]
    binding = [clause for clause in judged if clause.level is not Level.INFO]
    deciding = {clause.id for clause in binding or judged}
    said = tuple(_said(*member, decides=member[0].id in deciding) for member in own)
    return JudgedClaim(
        claim=claim,
        verdict=_verdict({one.verdict for one in said if one.decides}),
        clauses=said,
        besides=tuple(
            _said(*member, decides=False) for member in members if claim.number in member[0].informs
        ),
    )


def _said(clause: Clause, findings: Sequence[Finding], *, decides: bool) -> ClauseOfClaim:
    return ClauseOfClaim(
        clause=clause,
        findings=tuple(findings),
        verdict=_together(findings),
        judged=_is_judged(findings),
        decides=decides,
    )


def _is_judged(findings: Sequence[Finding]) -> bool:
    return any(map(is_judgement, findings))


def _together(findings: Sequence[Finding]) -> Verdict | None:
    verdicts = [f.verdict for f in findings if is_judgement(f)] or [f.verdict for f in findings]
    order = (Verdict.FAIL, Verdict.PASS, Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED)
    return next((verdict for verdict in order if verdict in verdicts), None)


def _verdict(verdicts: set[Verdict | None]) -> ClaimVerdict:
    if not verdicts:
        return ClaimVerdict.NOT_JUDGED
    if verdicts == {Verdict.UNSUPPORTED}:
        return ClaimVerdict.NOT_IN_SDK
    if Verdict.PASS not in verdicts:
        return ClaimVerdict.DOES_NOT_HOLD
    return ClaimVerdict.HOLDS if verdicts == {Verdict.PASS} else ClaimVerdict.PARTLY
