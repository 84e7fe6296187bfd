"""What load on the machine can bring about, and what it cannot.

Load makes media late and lets some of it be lost. It makes nothing come sooner, and brings nothing
back, so a time that kept its maximum or a share that reached its minimum holds under it. But what
should not be there may be what gets lost, and a time that is compared with another may be too
short: each clause says whether load can only make it worse (`only_worse_under_load`). What a call
answers without media does not depend on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from harness.clauses.model import Clause, EvidenceKind
from harness.evidence.finding import Attempt, ClauseResult, Verdict
from harness.judging.deviations import Deviations


def holds_all_the_same(clause: Clause, result: ClauseResult) -> bool:
    """Whether no disturbance can have brought the verdict about a time or rate about."""
    passed = result.verdict is Verdict.PASS and clause.only_worse_under_load
    return passed or result.verdict is Verdict.UNSUPPORTED


def counts_beside(clause: Clause, result: ClauseResult) -> bool:
    """Whether the result of an attempt counts that ran beside others on the same machine.

    A PASS of what is no time or rate does, and of what load can only make worse. A FAIL does not:
    the scenario beside it may have brought it about, unless the clause rests on calls alone.
    """
    if result.verdict is Verdict.UNSUPPORTED or _rests_on_calls(clause):
        return True
    return result.verdict is Verdict.PASS and _pass_counts_beside(clause)


def may_run_beside(clauses: Iterable[Clause], deviations: Deviations) -> bool:
    """Whether an attempt beside others can decide all of the clauses, as far as one knows before.

    It cannot where a clause is known to fail, for such a FAIL would not count.
    """
    return all(
        _rests_on_calls(clause) or (_pass_counts_beside(clause) and not deviations.know(clause.id))
        for clause in clauses
    )


def fails_beside(clauses: Iterable[Clause]) -> bool:
    """Whether a FAIL of an attempt beside others decides each of the clauses."""
    return all(_rests_on_calls(clause) for clause in clauses)


def load_words(clause: Clause, attempts: Sequence[Attempt]) -> str:
    """Whether load can explain that a clause failed; empty where no attempt that counts failed."""
    failed = [
        (attempt, result)
        for attempt in attempts
        for result in attempt.results
        if result.clause == clause.id and result.verdict is Verdict.FAIL
    ]
    quiet = [str(one.number) for one, _ in failed if one.disturbance is None and not one.beside]
    if quiet and len(attempts) == 1:
        return "does not explain it: the attempt was not disturbed"
    if quiet:
        which = f"attempt {quiet[0]}" if len(quiet) == 1 else f"attempts {' and '.join(quiet)}"
        return f"does not explain it: {which} failed undisturbed"
    if not failed:
        return ""
    if not clause.timing:
        return (
            "no time or rate, so it counts under load, too; each attempt that failed was disturbed"
        )
    return ""


def _pass_counts_beside(clause: Clause) -> bool:
    return not clause.timing or clause.only_worse_under_load


def _rests_on_calls(clause: Clause) -> bool:
    return not clause.timing and set(clause.evidence) == {EvidenceKind.API}
