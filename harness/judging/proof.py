"""What scenarios under sabotages prove: which clause can fail, and which fails without cause.

A clause is killed by a sabotage that names it and under which it turned to FAIL, in one scenario at
least. A clause that a known deviation explains fails without any sabotage: it is killed where it
was seen to in the control, under which nothing is broken, and no other FAIL of it counts, for or
against. What is neither FAIL nor named may be anything else: a sabotage takes evidence from some
clauses (INCONCLUSIVE) and breaks attempts (ERROR).
What is named and without a verdict, where the machine disturbed each attempt, is undecided: neither
proven nor missed.
A sabotage that leaves nothing to judge by names clauses that it starves instead: they must be left
without a verdict, and a PASS of one counts as missed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from harness.evidence.finding import CONTROL, Finding, Verdict
from harness.evidence.plural import plural

_STARVED = {Verdict.INCONCLUSIVE, Verdict.ERROR}


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A sabotage as a run declares it."""

    name: str
    kind: str
    breaks: str
    kills: tuple[str, ...] = ()
    starves: tuple[str, ...] = ()
    harmless: str = ""


@dataclass(frozen=True, kw_only=True)
class Said:
    """What was said of a clause under a sabotage."""

    sabotage: str
    clause: str
    scenario: str
    verdict: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class Proof:
    """All cells of a run, each a scenario under a sabotage."""

    whole: bool
    """Whether every sabotage was to be proven: only then an unproven clause is a failure."""
    clauses: tuple[str, ...]
    """Of the catalogue."""
    sabotages: tuple[Declared, ...]
    """Those that a scenario was played under; the control is none."""
    not_tried: tuple[str, ...] = ()
    """Asked for, and no scenario was there to be played under it; not told where it was `cut`."""
    kills: Mapping[str, tuple[Said, ...]] = field(default_factory=dict)
    """By clause: what killed it."""
    deviations: Mapping[str, str] = field(default_factory=dict)
    """By clause that the control killed: the known deviation."""
    missed: tuple[Said, ...] = ()
    """Named, and in no scenario as named: the last that was said."""
    undecided: tuple[Said, ...] = ()
    """Named, without a verdict in any scenario, and the machine disturbed each attempt."""
    unexpected: tuple[Said, ...] = ()
    """FAIL, and not named."""
    starved: tuple[Said, ...] = ()
    """INCONCLUSIVE or ERROR, and not to be killed."""
    cut: bool = False
    """Whether it ended before all was played, or still runs."""
    played: int = 0
    """Cells with a finding."""
    planned: int = 0
    """Cells that were to be played; 0: the run did not say."""
    not_played: tuple[str, ...] = ()
    """Of a proof that was cut: clauses that no cell has judged yet of those that may kill them."""

    @property
    def killed(self) -> tuple[str, ...]:
        """Clauses that are proven able to fail."""
        return tuple(one for one in self.clauses if one in self.kills)

    @property
    def unproven(self) -> tuple[str, ...]:
        """Clauses that nothing turned to FAIL, though it was played."""
        others = {*self.killed, *self.not_played}
        return tuple(one for one in self.clauses if one not in others)

    @property
    def unnoticed(self) -> tuple[str, ...]:
        """Sabotages that name something by their own word, and of which nobody noticed anything."""
        noticed = {said.sabotage for all_said in self.kills.values() for said in all_said}
        starves = {one.name: one.starves for one in self.sabotages}
        noticed |= {
            said.sabotage for said in self.starved if said.clause in starves.get(said.sabotage, ())
        }
        missed = {said.sabotage for said in self.missed}
        return tuple(one.name for one in self.sabotages if one.name in missed - noticed)

    @property
    def is_refuted(self) -> bool:
        """Whether something is known to be not as declared."""
        undecided = {said.clause for said in self.undecided}
        incomplete = self.whole and not self.cut and not undecided.issuperset(self.unproven)
        return incomplete or bool(self.missed or self.unexpected)

    @property
    def holds(self) -> bool:
        """Whether the proof succeeded."""
        return not (self.is_refuted or self.undecided or self.not_tried or self.cut)

    @property
    def why(self) -> str:
        """One sentence."""
        judged = len(self.clauses) - len(self.not_played)
        parts = [f"{len(self.killed)} of {judged} clauses are proven able to fail"]
        if self.deviations:
            parts.append(
                f"{len(self.deviations)} of them without any sabotage, as known deviations"
            )
        parts += [
            f"{plural(len(self.unnoticed), 'sabotage')} unnoticed",
            f"{plural(len(self.missed), 'clause')} did not FAIL where named",
            f"{len(self.unexpected)} FAIL without being named",
        ]
        if self.not_tried:
            parts.append(f"{plural(len(self.not_tried), 'sabotage')} without a scenario")
        if self.undecided:
            parts.append(f"{len(self.undecided)} undecided on a machine that was too busy")
        said = ", ".join(parts)
        if not self.cut:
            return said
        of = f" of {self.planned}" if self.planned else ""
        return (
            f"after {self.played}{of} scenarios under sabotages; of what was played, {said}; "
            f"{plural(len(self.not_played), 'clause')} not played"
        )


@dataclass(frozen=True, kw_only=True)
class CellProof:
    """One scenario under one sabotage."""

    killed: tuple[Finding, ...]
    missed: tuple[Finding, ...]
    undecided: tuple[Finding, ...]
    unexpected: tuple[Finding, ...]
    starved: tuple[Finding, ...]

    @property
    def as_declared(self) -> bool:
        """Whether nothing is left to explain."""
        return not (self.missed or self.undecided or self.unexpected)


def cell_proof(
    findings: Iterable[Finding], kills: Collection[str], starves: Collection[str] = ()
) -> CellProof:
    """What the findings of a cell say of a sabotage that kills and starves these clauses."""
    counted = [one for one in findings if one.deviation is None or one.cell.is_control]
    named = [one for one in counted if _is_named(one, kills)]
    survivors = [one for one in named if one.verdict is not Verdict.FAIL]
    others = [one for one in counted if one not in named]
    survivors += [one for one in others if one.clause in starves and _is_fed(one)]
    return CellProof(
        killed=tuple(one for one in named if one.verdict is Verdict.FAIL),
        missed=tuple(one for one in survivors if not _is_undecided(one)),
        undecided=tuple(one for one in survivors if _is_undecided(one)),
        unexpected=tuple(one for one in others if one.verdict is Verdict.FAIL),
        starved=tuple(one for one in others if one.verdict in _STARVED and one not in survivors),
    )


def prove(
    findings: Sequence[Finding],
    declared: Sequence[Declared],
    *,
    clauses: Iterable[str],
    deviations: Mapping[str, str],
    whole: bool,
    cut: bool = False,
    planned: int = 0,
) -> Proof:
    """Put the cells of a run together.

    Args:
        findings: Each with the sabotage in its cell.
        declared: The sabotages of the run.
        clauses: Ids of the catalogue.
        deviations: Clause to the id of the known deviation about it.
        whole: See `Proof`.
        cut: See `Proof`.
        planned: See `Proof`.
    """
    kills: dict[str, list[Said]] = {}
    missed: dict[tuple[str, str], Said] = {}
    undecided: dict[tuple[str, str], Said] = {}
    unexpected: list[Said] = []
    starved: list[Said] = []
    played: list[Declared] = []
    for one in declared:
        cells = [finding for finding in findings if finding.cell.sabotage == one.name]
        played += [one] if cells else []
        cell = cell_proof(cells, one.kills, one.starves)
        for finding in cell.killed:
            kills.setdefault(finding.clause, []).append(_said(finding))
        dead = {finding.clause for finding in cell.killed}
        dead |= {finding.clause for finding in cell.starved if finding.clause in one.starves}
        for group, survivors in ((missed, cell.missed), (undecided, cell.undecided)):
            group |= {(one.name, f.clause): _said(f) for f in survivors if f.clause not in dead}
        unexpected += map(_said, cell.unexpected)
        starved += map(_said, cell.starved)
    ids = tuple(sorted(clauses))
    judged = {*kills, *(clause for _, clause in (*missed, *undecided))}
    open_ids = {clause for one in declared for clause in one.kills} - judged
    return Proof(
        whole=whole,
        clauses=ids,
        sabotages=tuple(one for one in played if one.name != CONTROL),
        not_tried=() if cut else tuple(one.name for one in declared if one not in played),
        kills={clause: tuple(said) for clause, said in sorted(kills.items())},
        deviations=_by_themselves(kills, deviations),
        missed=tuple(missed.values()),
        undecided=tuple(said for key, said in undecided.items() if key not in missed),
        unexpected=tuple(unexpected),
        starved=tuple(starved),
        cut=cut,
        played=len({(finding.scenario, finding.cell.sabotage) for finding in findings}),
        planned=planned,
        not_played=tuple(one for one in ids if cut and one in open_ids),
    )


def _by_themselves(
    kills: Mapping[str, Sequence[Said]], deviations: Mapping[str, str]
) -> dict[str, str]:
    """The deviation of each clause that the control killed."""
    return {
        clause: deviations.get(clause, "")
        for clause, all_said in sorted(kills.items())
        if any(said.sabotage == CONTROL for said in all_said)
    }


def _is_named(finding: Finding, kills: Collection[str]) -> bool:
    """In the control: what is known to fail here; a deviation may be of other versions alone."""
    has_verdict = finding.verdict not in _STARVED
    elsewhere = finding.cell.is_control and has_verdict and finding.deviation is None
    return finding.clause in kills and not elsewhere


def _is_undecided(finding: Finding) -> bool:
    return finding.disturbed and finding.verdict in _STARVED


def _is_fed(finding: Finding) -> bool:
    """Whether what is to starve has a verdict, or lacks it because of the machine.

    A FAIL is what nobody named.
    """
    lives = finding.disturbed or finding.verdict not in _STARVED
    return lives and finding.verdict is not Verdict.FAIL


def _said(finding: Finding) -> Said:
    return Said(
        sabotage=finding.cell.sabotage or "",
        clause=finding.clause,
        scenario=finding.scenario,
        verdict=finding.verdict.value,
        reason=finding.reason,
    )
