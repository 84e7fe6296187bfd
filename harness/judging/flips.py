"""How often a verdict changes although nothing did: over several runs, clause by clause.

A repeat is a verdict, PASS or FAIL, that has one before it of the same clause by the same scenario
against the same limit in the same cell: server version, SDK versions, profile. A repeat that says
the other is a flip. A known deviation that fails again is none.

A verdict is compared with the last of a run without load. Where there is none yet, one under load
is compared with the last of all: a clause that fails whenever the machine is busy flips each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from harness.evidence.finding import Finding, Verdict
from harness.evidence.history import PastRun
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
    load: str = ""
    """What else the machine did on purpose in that run; empty for nothing."""
    finding: Finding


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A verdict, and the one before it that it is compared with."""

    before: Said
    after: Said

    @property
    def flipped(self) -> bool:
        """Whether it says the other."""
        return self.before.finding.verdict is not self.after.finding.verdict


@dataclass(frozen=True, kw_only=True)
class Series:
    """The verdicts of a clause by one scenario in one setting, oldest first; PASS and FAIL only."""

    clause: str
    scenario: str
    setting: Setting
    said: tuple[Said, ...]

    @property
    def repeats(self) -> tuple[Repeat, ...]:
        """Each verdict that has one to be compared with, oldest first."""
        repeats = []
        unloaded: Said | None = None
        last: Said | None = None
        for said in self.said:
            before = unloaded or (last if said.load else None)
            if before is not None:
                repeats.append(Repeat(before=before, after=said))
            last = said
            unloaded = unloaded if said.load else said
        return tuple(repeats)


@dataclass(frozen=True, kw_only=True)
class FlipCount:
    """Flips of several series together."""

    repeats: int
    flips: int

    @property
    def at_most_ratio(self) -> float:
        """95 % upper bound of the probability that a repeat flips."""
        return upper_bound(self.flips, self.repeats)


def series_of(runs: Iterable[PastRun]) -> tuple[Series, ...]:
    """Sort the findings of runs, oldest first, into series; those of a sabotage are left out."""
    said: dict[tuple[str, str, Setting, tuple[tuple[str, float], ...]], list[Said]] = {}
    for run in runs:
        for finding in run.findings:
            if finding.verdict not in {Verdict.PASS, Verdict.FAIL} or finding.cell.sabotage:
                continue
            limit = tuple(sorted((finding.limit or {}).items()))
            key = (finding.clause, finding.scenario, _setting(finding), limit)
            said.setdefault(key, []).append(Said(run=run.name, load=run.load, finding=finding))
    return tuple(
        Series(clause=clause, scenario=scenario, setting=setting, said=tuple(verdicts))
        for (clause, scenario, setting, _), verdicts in said.items()
    )


def count_flips(
    series: Iterable[Series], *, of: Callable[[Repeat], bool] = lambda _: True
) -> FlipCount:
    """Flips and repeats of some series; only those repeats that `of` is true of."""
    counted = [repeat for one in series for repeat in one.repeats if of(repeat)]
    return FlipCount(repeats=len(counted), flips=sum(repeat.flipped for repeat in counted))


def _setting(finding: Finding) -> Setting:
    cell = finding.cell
    return Setting(
        server=cell.server, sdk=tuple(sorted(set(cell.sdk.values()))), profile=cell.profile
    )
