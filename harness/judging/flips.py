"""How often a verdict changes although nothing did: over several runs, clause by clause.

A repeat is a verdict, PASS or FAIL, that has one before it of the same clause by the same scenario
against the same limit in the same cell: server version, SDK versions, profile. A repeat that says
the other is a flip. A known deviation that fails again is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from harness.evidence.finding import Finding, Verdict
from harness.statistics.binomial import upper_bound


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The part of a cell that makes verdicts comparable, whatever the seed."""

    server: str
    sdk: tuple[str, ...]
    """The different SDKs that took part, sorted: `python 1.2.0`."""
    profile: str


@dataclass(frozen=True, kw_only=True)
class Said:
    """One verdict in one run."""

    run: str
    """Name of the run folder."""
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Flip:
    """A verdict that is not what the one before it was."""

    before: Said
    after: Said


@dataclass(frozen=True, kw_only=True)
class Series:
    """The verdicts of a clause by one scenario in one setting, oldest first; PASS and FAIL only."""

    clause: str
    scenario: str
    setting: Setting
    said: tuple[Said, ...]

    @property
    def flips(self) -> tuple[Flip, ...]:
        """Each change from PASS to FAIL or back."""
        return tuple(
            Flip(before=before, after=after)
            for before, after in pairwise(self.said)
            if before.finding.verdict is not after.finding.verdict
        )


@dataclass(frozen=True, kw_only=True)
class FlipCount:
    """Flips of several series together."""

    repeats: int
    flips: int

    @property
    def at_most_ratio(self) -> float:
        """95 % upper bound of the probability that a repeat flips."""
        return upper_bound(self.flips, self.repeats)


def series_of(runs: Iterable[tuple[str, Sequence[Finding]]]) -> tuple[Series, ...]:
    """Sort the findings of runs, oldest first, into series; those of a sabotage are left out."""
    said: dict[tuple[str, str, Setting, tuple[tuple[str, float], ...]], list[Said]] = {}
    for run, findings in runs:
        for finding in findings:
            if finding.verdict not in {Verdict.PASS, Verdict.FAIL} or finding.cell.sabotage:
                continue
            limit = tuple(sorted((finding.limit or {}).items()))
            key = (finding.clause, finding.scenario, _setting(finding), limit)
            said.setdefault(key, []).append(Said(run=run, finding=finding))
    return tuple(
        Series(clause=clause, scenario=scenario, setting=setting, said=tuple(verdicts))
        for (clause, scenario, setting, _), verdicts in said.items()
    )


def count_flips(series: Iterable[Series]) -> FlipCount:
    """All flips and repeats of some series."""
    counted = [(len(one.said) - 1, len(one.flips)) for one in series]
    return FlipCount(
        repeats=sum(repeats for repeats, _ in counted), flips=sum(flips for _, flips in counted)
    )


def _setting(finding: Finding) -> Setting:
    cell = finding.cell
    return Setting(
        server=cell.server, sdk=tuple(sorted(set(cell.sdk.values()))), profile=cell.profile
    )
