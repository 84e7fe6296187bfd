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
Where nothing is to be noticed, under a sabotage that is harmless and in the control, an ERROR is as
unexpected as a FAIL.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from harness.evidence.finding import CONTROL, Finding, Verdict
from harness.evidence.plural import plural

_STARVED = {Verdict.INCONCLUSIVE, Verdict.ERROR}


class Breaking(Protocol):
    """What a sabotage says of itself."""

    @property
    def name(self) -> str:
        """Its own, or `CONTROL`."""

    @property
    def kills(self) -> Collection[str]:
        """Clauses that it must turn to FAIL."""

    @property
    def starves(self) -> Collection[str]:
        """Clauses that it must leave without a verdict."""

    @property
    def disturbs(self) -> str:
        """Words of the disturbance by which it starves them; empty where that is no disturbance."""

    @property
    def harmless(self) -> str:
        """Why nobody can notice it; empty where that is not so."""


@dataclass(frozen=True, kw_only=True)
class Declared:
    """A sabotage as a run declares it."""

    name: str
    kind: str
    breaks: str
    kills: tuple[str, ...] = ()
    starves: tuple[str, ...] = ()
    disturbs: str = ""
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
    not_tried: tuple[str, ...]
    """Asked for, and no scenario was there to be played under it; not told where it was `cut`."""
    kills: Mapping[str, tuple[Said, ...]]
    """By clause: what killed it."""
    deviations: Mapping[str, str]
    """By clause that the control killed: the known deviation."""
    missed: tuple[Said, ...]
    """Named, and in no scenario as named: the last that was said."""
    undecided: tuple[Said, ...]
    """Named, without a verdict in any scenario, and the machine disturbed each attempt."""
    unexpected: tuple[Said, ...]
    """FAIL, and not named; or ERROR where nothing was to be noticed."""
    starved: tuple[Said, ...]
    """INCONCLUSIVE or ERROR, and not to be killed."""
    cut: bool
    """Whether it ended before all was played, or still runs; a scenario may have been skipped."""
    played: int
    """Cells with a finding."""
    planned: int
    """Cells that were to be played; 0: the run did not say."""
    not_played: tuple[str, ...]
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
    def noticed(self) -> frozenset[str]:
        """Sabotages of which something that they name said so."""
        starves = {one.name: one.starves for one in self.sabotages}
        return frozenset(
            said.sabotage for all_said in self.kills.values() for said in all_said
        ) | frozenset(
            said.sabotage for said in self.starved if said.clause in starves.get(said.sabotage, ())
        )

    @property
    def unnoticed(self) -> tuple[str, ...]:
        """Sabotages that name something by their own word, and of which nobody noticed anything."""
        missed = {said.sabotage for said in self.missed} - self.noticed
        return tuple(one.name for one in self.sabotages if one.name in missed)

    def outcome_of(self, sabotage: Declared) -> str:
        """What became of one of the sabotages, in a word or a few."""
        if sabotage.name in self.unnoticed:
            return "unnoticed"
        if sabotage.name in self.noticed:
            return "noticed"
        if sabotage.harmless:
            return "harmless"
        if sabotage.name in {said.sabotage for said in self.undecided}:
            return "undecided"
        return "nothing that it names was judged"

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
        parts = [self._killed_words()]
        if self.deviations:
            parts.append(
                f"{len(self.deviations)} of them without any sabotage, as known deviations"
            )
        parts += [
            f"{plural(len(self.unnoticed), 'sabotage')} unnoticed",
            f"{plural(len(self.missed), 'clause')} did not FAIL where named",
            f"{_number(self.unexpected, Verdict.FAIL)} FAIL without being named",
        ]
        if errors := _number(self.unexpected, Verdict.ERROR):
            parts.append(f"{errors} ERROR where nothing was to be noticed")
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

    def _killed_words(self) -> str:
        """How many were killed, of all where all were to be, else of those that cells named."""
        if self.whole:
            judged = len(self.clauses) - len(self.not_played)
            return f"{len(self.killed)} of {plural(judged, 'clause')} proven able to fail"
        survived = {said.clause for said in (*self.missed, *self.undecided)} - set(self.killed)
        named = len(self.killed) + len(survived)
        if not named:
            return "no clause was to be killed"
        return f"{len(self.killed)} of {plural(named, 'named clause')} proven able to fail"


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


def cell_proof(findings: Iterable[Finding], broken: Breaking) -> CellProof:
    """What the findings of a cell say of its sabotage."""
    counted = [one for one in findings if one.deviation is None or one.cell.is_control]
    named = [one for one in counted if _is_named(one, broken.kills)]
    survivors = [one for one in named if one.verdict is not Verdict.FAIL]
    others = [one for one in counted if one not in named]
    survivors += [one for one in others if one.clause in broken.starves and _is_fed(one, broken)]
    whole = bool(broken.harmless) or broken.name == CONTROL
    unexpected = [one for one in others if _is_unexpected(one, whole=whole)]
    return CellProof(
        killed=tuple(one for one in named if one.verdict is Verdict.FAIL),
        missed=tuple(one for one in survivors if not _is_undecided(one)),
        undecided=tuple(one for one in survivors if _is_undecided(one)),
        unexpected=tuple(unexpected),
        starved=tuple(
            one
            for one in others
            if one.verdict in _STARVED
            and (one.clause in broken.starves or not _is_left_open_by_the_machine(one))
            and one not in survivors
            and one not in unexpected
        ),
    )


def prove(
    findings: Sequence[Finding],
    declared: Sequence[Declared],
    *,
    clauses: Iterable[str],
    whole: bool,
    cut: bool,
    planned: int,
) -> Proof:
    """Put the cells of a run together.

    Args:
        findings: Each with the sabotage in its cell.
        declared: The sabotages of the run.
        clauses: Ids of the catalogue.
        whole: See `Proof`.
        cut: Whether it is known that the run did not come to its end.
        planned: See `Proof`.
    """
    number = len({(finding.scenario, finding.cell.sabotage) for finding in findings})
    cut = cut or number < planned
    kills: dict[str, list[Said]] = {}
    missed: dict[tuple[str, str], Said] = {}
    undecided: dict[tuple[str, str], Said] = {}
    unexpected: list[Said] = []
    starved: list[Said] = []
    played: list[Declared] = []
    for one in declared:
        cells = [finding for finding in findings if finding.cell.sabotage == one.name]
        played += [one] if cells else []
        cell = cell_proof(cells, one)
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
        deviations=_by_themselves(findings),
        missed=tuple(missed.values()),
        undecided=tuple(said for key, said in undecided.items() if key not in missed),
        unexpected=tuple(unexpected),
        starved=tuple(starved),
        cut=cut,
        played=number,
        planned=planned,
        not_played=tuple(one for one in ids if cut and one in open_ids),
    )


def _by_themselves(findings: Iterable[Finding]) -> dict[str, str]:
    """The known deviation of each clause that failed with nothing broken."""
    return {
        one.clause: one.deviation
        for one in findings
        if one.cell.is_control and one.verdict is Verdict.FAIL and one.deviation is not None
    }


def _number(all_said: Iterable[Said], verdict: Verdict) -> int:
    return sum(said.verdict == verdict for said in all_said)


def _is_named(finding: Finding, kills: Collection[str]) -> bool:
    """In the control: what is known to fail here; a deviation may be of other versions alone."""
    says = finding.verdict in {Verdict.PASS, Verdict.FAIL}  # others have no deviation at all
    elsewhere = finding.cell.is_control and says and finding.deviation is None
    return finding.clause in kills and not elsewhere


def _is_unexpected(finding: Finding, *, whole: bool) -> bool:
    """Of what is not named; `whole`: nothing is broken, or nothing that anybody can notice."""
    broke = whole and finding.verdict is Verdict.ERROR and not finding.disturbed
    return broke or finding.verdict is Verdict.FAIL


def _is_undecided(finding: Finding) -> bool:
    return finding.disturbed and finding.verdict in _STARVED


def _is_left_open_by_the_machine(finding: Finding) -> bool:
    return finding.disturbed and finding.verdict is Verdict.INCONCLUSIVE


def _is_fed(finding: Finding, broken: Breaking) -> bool:
    """Whether what is to starve has a verdict, or lacks it because of the machine.

    A FAIL is what nobody named.
    """
    as_named = bool(broken.disturbs) and broken.disturbs in finding.reason
    lives = (finding.disturbed and not as_named) or finding.verdict not in _STARVED
    return lives and finding.verdict is not Verdict.FAIL


def _said(finding: Finding) -> Said:
    return Said(
        sabotage=finding.cell.sabotage or "",
        clause=finding.clause,
        scenario=finding.scenario,
        verdict=finding.verdict.value,
        reason=finding.reason,
    )
