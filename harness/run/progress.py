"""What a person sees while scenarios run: which, how far, how long, what came out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from harness.evidence.finding import Finding, Verdict
from harness.judging.outcome import is_unexpected_pass
from harness.judging.proof import cell_proof
from harness.sabotage.sabotage import Sabotage

WIDTH = 100


@dataclass(frozen=True, kw_only=True)
class Ended:
    """A scenario that is over, in words: all that processes of a run tell each other about it."""

    verdict: str
    text: str
    """Which scenario, how long, what each clause got."""
    failed: bool
    total: int
    """Scenarios of the run."""


def ended(
    scenario: str, findings: Sequence[Finding], *, seconds: float, failed: bool, total: int
) -> Ended:
    """Worst verdict first, then what each clause got."""
    each = " ".join(f"{f.clause}{_mark(f)}" for f in findings)
    text = f"{_short(scenario)} ({seconds:.0f} s)  {each}"
    return Ended(verdict=_worst(findings), text=text, failed=failed, total=total)


def cell_ended(
    scenario: str, sabotage: Sabotage, findings: Sequence[Finding], *, seconds: float, total: int
) -> Ended:
    """Whether a scenario under a sabotage is as declared, and what each clause got that counts."""
    cell = cell_proof(findings, sabotage)
    survivors = (*cell.missed, *cell.undecided)
    word = "MISSED HERE" if cell.missed else "UNDECIDED" if survivors else "AS DECLARED"
    verdict = "UNEXPECTED" if cell.unexpected else word
    counted = (*cell.killed, *survivors, *cell.unexpected, *cell.starved)
    each = " ".join(f"{f.clause}={f.verdict}" for f in counted)
    text = f"{sabotage.name}: {_short(scenario)} ({seconds:.0f} s)  {each}"
    return Ended(verdict=verdict, text=text, failed=not cell.as_declared, total=total)


def canary_ended(verdict: Verdict, *, seconds: float, total: int) -> Ended:
    """The hidden sabotage, by what the clause got; what it was, the end of the run says."""
    ends = {Verdict.FAIL: ("PASS", "noticed"), Verdict.PASS: ("ERROR", "not noticed")}
    word, became = ends.get(verdict, ("INCONCLUSIVE", "could not be judged"))
    text = f"the canary ({seconds:.0f} s)  {became}"
    return Ended(verdict=word, text=text, failed=verdict is not Verdict.FAIL, total=total)


def finished_line(number: int, scenario: Ended) -> str:
    """The line about the scenario that was the n-th to end."""
    return f"{scenario.verdict:<12} {number:>3}/{scenario.total} {scenario.text}"


def running_line(
    *,
    number: int,
    total: int,
    scenario: str,
    others: int = 0,
    failed: int,
    to_go: str = "",
    width: int = WIDTH,
) -> str:
    """What runs now; fits on a line of a terminal, where the name makes room for the rest.

    Args:
        number: Scenarios that have begun.
        total: Of the run.
        scenario: One of those that run.
        others: How many more run beside it.
        failed: Scenarios so far.
        to_go: How long still, in words; empty where nothing is known.
        width: Characters that there is room for, where these are less than WIDTH.
    """
    head = f"running {number}/{total} "
    beside = f" and {others} more" if others else ""
    so_far = f", {failed} failed so far" if failed else ""
    tail = f"{beside}{so_far}{f', {to_go}' if to_go else ''}"
    room = min(width, WIDTH)
    name = _short(scenario)[: max(0, room - len(head) - len(tail))]
    return f"{head}{name}{tail}"[:room]


def _worst(findings: Sequence[Finding]) -> str:
    surprise = "PASS (!)"
    order = (
        *(Verdict.ERROR, Verdict.FAIL, surprise),
        *(Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED, Verdict.PASS),
    )
    unexplained = [f.verdict for f in findings if f.deviation is None]
    surprises = [surprise for f in findings if is_unexpected_pass(f)]
    for verdict in order:
        if verdict in (*unexplained, *surprises):
            return verdict
    return "DEVIATION" if findings else "NO FINDING"


def _mark(finding: Finding) -> str:
    if is_unexpected_pass(finding):
        return f"=PASS(expected FAIL:{finding.deviation})"
    if finding.deviation is not None:
        return f"=known:{finding.deviation}"
    return "" if finding.verdict is Verdict.PASS else f"={finding.verdict}"


def _short(scenario: str) -> str:
    return scenario.removeprefix("scenarios/").replace(".py::test_", ": ").replace(".py::", ": ")
