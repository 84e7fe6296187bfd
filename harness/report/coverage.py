"""How much of the clauses was judged, and of the claims, in words."""

from __future__ import annotations

from harness.judging.outcome import is_judgement
from harness.report.model import Report


def coverage_line(report: Report) -> str:
    """`judged 504 of 531 clauses, 71 of 71 claims of the documentation`.

    Where a run has clauses of the user's own, first of all `2 of 2 clauses of yours`; of the
    others nothing then, where no scenario asks about them.
    """
    return f"judged {', '.join(_parts(report))}"


def clauses_judged(report: Report) -> str:
    """`504 of 531 clauses`; the user's own alone, where there are such."""
    return _own(report) or _shipped(report)


def own_alone(report: Report) -> bool:
    """Whether the scenarios ask about clauses of the user's own and about no other."""
    ids = _own_ids(report)
    return bool(ids) and not report.asked - ids


def _parts(report: Report) -> list[str]:
    own = _own(report)
    if not own:
        return [_shipped(report), *_claims(report)]
    parts = [f"{own} of yours"]
    if not own_alone(report):
        parts.append(f"{_shipped(report)} of the catalogue")
    return [*parts, *_claims(report)]


def _claims(report: Report) -> list[str]:
    asked = (report.clauses.get(name) for name in report.asked)
    if not any(clause.claims for clause in asked if clause):
        return []
    coverage = report.outcome.coverage
    return [f"{coverage.claims_judged} of {coverage.claims} claims of the documentation"]


def _own(report: Report) -> str:
    ids = _own_ids(report)
    return f"{len(_judged(report) & ids)} of {len(ids)} clauses" if ids else ""


def _shipped(report: Report) -> str:
    ids, judged = _own_ids(report), _judged(report)
    return f"{len(judged - ids)} of {len((report.clauses.keys() | judged) - ids)} clauses"


def _own_ids(report: Report) -> frozenset[str]:
    return frozenset(report.started.own_clauses if report.started else ())


def _judged(report: Report) -> frozenset[str]:
    return frozenset(one.clause for one in report.findings if is_judgement(one))
