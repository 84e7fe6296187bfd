"""What a scenario hands in: which verifier is to answer which clause, on what evidence.

The questions are only collected while media runs. They are answered after the stage has closed,
when all evidence is on disk and no analysis can disturb a measurement.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import ParamSpec

from harness.clauses.model import Clause
from harness.evidence.clock import Ns
from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement
from harness.judging.judge import judge

P = ParamSpec("P")


class MisusedJudge(Exception):
    """A scenario judged a clause that it does not declare, or one clause twice."""


class Judge:
    """Collects the questions of one attempt.

    Called like `asyncio.to_thread`: the verifier, then its arguments.
    """

    def __init__(self, clauses: Sequence[Clause]) -> None:
        self._clauses = {clause.id: clause for clause in clauses}
        self._questions: dict[str, partial[Measurement]] = {}

    def __call__(
        self,
        clause: str,
        verifier: Callable[P, Measurement],
        /,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        """Let `verifier(*args, **kwargs)` answer `clause`, once the stage has closed.

        Raises:
            MisusedJudge: the clause is not declared by this scenario, or was judged already.
        """
        if clause not in self._clauses:
            raise MisusedJudge(f"{clause} is judged but not declared: add it to @clause(...)")
        if clause in self._questions:
            raise MisusedJudge(f"{clause} is judged twice in one scenario: split the scenario")
        self._questions[clause] = partial(verifier, *args, **kwargs)

    def answer(self) -> tuple[ClauseResult, ...]:
        """Put the collected questions to the evidence, in the order of declaration."""
        return tuple(self._answer(clause) for clause in self._clauses.values())

    def _answer(self, clause: Clause) -> ClauseResult:
        question = self._questions.get(clause.id)
        if question is None:
            return error_result(clause, "the scenario declares this clause but never judged it")
        try:
            return replace(judge(question(), clause), window=_window(question))
        except Exception as error:  # a verifier that breaks is our defect, and one clause's ERROR
            return error_result(clause, f"the verifier broke: {type(error).__name__}: {error}")


def _window(question: partial[Measurement]) -> tuple[Ns, Ns] | None:
    """From when until when a verifier was asked, where it takes that by the usual names."""
    since_ns, until_ns = (question.keywords.get(name) for name in ("since_ns", "until_ns"))
    if isinstance(since_ns, int) and isinstance(until_ns, int):
        return since_ns, until_ns
    return None


def error_result(clause: Clause, reason: str) -> ClauseResult:
    """The clause could not be asked."""
    return ClauseResult(clause=clause.id, verdict=Verdict.ERROR, reason=reason)
