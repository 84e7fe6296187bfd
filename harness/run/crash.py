"""What becomes of a scenario whose process ended under it (a worker of pytest-xdist)."""

from __future__ import annotations

from harness.clauses.catalogue import Catalogue
from harness.evidence.clock import now_ns
from harness.evidence.finding import Attempt, Finding
from harness.evidence.run_event import AttemptFinished, AttemptStarted, FindingMade, Note
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolder
from harness.judging.deviations import Deviations
from harness.judging.finding import build_finding
from harness.run.attempt import NOT_PLAYED


def note_crash(
    folder: RunFolder,
    scenario: str,
    why: str,
    *,
    sabotage: str | None = None,
    catalogue: Catalogue,
    deviations: Deviations,
) -> list[Finding]:
    """Write down that a process ended while it ran a scenario, which is an ERROR of its clauses.

    Returns:
        The findings; none where no attempt had begun, or all was judged: then it is a note.
    """
    read = read_events(folder.path)
    begun = [one for one in read.of(AttemptStarted) if _is_of(one, scenario, sabotage)]
    findings = [one.finding for one in read.of(FindingMade)]
    judged = {one.clause for one in findings if _is_of(one, scenario, sabotage)}
    open_ids = [clause for clause in begun[-1].clauses if clause not in judged] if begun else []
    if not open_ids:
        folder.append(Note(at_ns=now_ns(), text=f"{scenario}: {why}"))
        return []
    attempts = [one.attempt for one in read.of(AttemptFinished)]
    done = [one for one in attempts if _is_of(one, scenario, sabotage)]
    cut = _cut(begun[-1], len(done) + 1, why)
    folder.append(AttemptFinished(at_ns=now_ns(), attempt=cut))
    findings = [
        build_finding(clause, [*done, cut], deviations=deviations)
        for clause in (catalogue[name].under(cut.cell.profile) for name in open_ids)
    ]
    for finding in findings:
        folder.append(FindingMade(at_ns=now_ns(), finding=finding))
    return findings


def _is_of(one: AttemptStarted | Attempt | Finding, scenario: str, sabotage: str | None) -> bool:
    """Whether it is of this scenario, under this sabotage of a proof where one is named."""
    return one.scenario == scenario and sabotage in (None, one.cell.sabotage)


def _cut(begun: AttemptStarted, number: int, why: str) -> Attempt:
    """The attempt that nobody ended."""
    return Attempt(
        scenario=begun.scenario,
        number=number,
        cell=begun.cell,
        folder=begun.folder,
        started_ns=begun.at_ns,
        ended_ns=now_ns(),
        media_s=0.0,
        error=why,
        disturbance=NOT_PLAYED,
        final=True,
    )
