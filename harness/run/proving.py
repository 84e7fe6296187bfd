"""Which scenarios are played under which sabotages, to prove that clauses can fail.

--lk-prove           every sabotage: the scenarios that judge what it names, and some of smoke
--lk-prove=5         five of them, drawn by the seed
--lk-prove=A,B       these sabotages: the scenarios that judge what they name, and smoke
--lk-prove=cross     every sabotage on every scenario, under each of its profiles
--lk-prove=cross:600 so many of those, drawn by the seed, in which the sabotage names no clause, as
                     the whole cross takes a day

Smoke scenarios show that nothing else fails. Where many sabotages are proven each is played with a
quarter of them, drawn by the seed: with all of them that would take most of the time, and
another seed draws others. What is harmless is played with all of them, which is its proof.

Of all sabotages, or named as one of them, is the control, under which nothing is broken: in it what
is known to deviate must be seen to fail.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from harness.evidence.finding import CONTROL
from harness.evidence.nearest import did_you_mean
from harness.judging.proof import Declared
from harness.sabotage.sabotage import Sabotage

EVERYTHING, CROSS = "all", "cross"
SMOKE_RATIO = 0.25
_WRITE = (
    "write `--lk-prove` behind the scenarios for all, or with = a number, `cross`, `cross:600`, "
    "`control`, or names that `livekit-harness sabotages` lists"
)


class ProvingError(ValueError):
    """What is to be proven is not said in a way that can be understood."""


@dataclass(frozen=True, kw_only=True)
class Proving:
    """What a run is to prove."""

    sabotages: tuple[Sabotage, ...]
    kinds: Mapping[str, str]
    """Kind of each, by name."""
    whole: bool
    """Whether these are all that there are."""
    cross: bool = False
    most_cells: int | None = None
    """How many cells are drawn of those in which nothing is named; None: all cells are played."""
    seed: int = 0
    smoke_ratio: float = 1.0
    """Share of smoke scenarios that a sabotage is played with."""
    controlled: bool = False
    """Whether the control is played, too."""
    by_name: bool = False
    """Whether each was asked for, so that one without a scenario is to be told."""

    @property
    def names(self) -> tuple[str, ...]:
        """Of the sabotages."""
        return tuple(one.name for one in self.sabotages)

    def sabotage(self, name: str) -> Sabotage:
        """The one of that name."""
        return next(one for one in self.sabotages if one.name == name)

    def with_control(self, deviating: Collection[str]) -> Proving:
        """Where that is wanted, with the control, which these clauses must fail in.

        Raises:
            ProvingError: it was asked for by name, and there are no such clauses.
        """
        if self.controlled and self.by_name and not deviating:
            raise ProvingError("--lk-prove=control: nothing is known to fail by itself")
        if not (self.controlled and deviating):
            return self
        control = Sabotage(
            name=CONTROL,
            breaks="nothing: what is known to deviate fails by itself",
            kills=frozenset(deviating),
        )
        return replace(
            self,
            sabotages=(*self.sabotages, control),
            kinds={**self.kinds, CONTROL: CONTROL},
        )

    def of(self, scenario: str, clauses: Collection[str], *, smoke: bool) -> tuple[Sabotage, ...]:
        """Under which sabotages a scenario is played, by its name, that judges these clauses."""
        if self.most_cells is not None:
            return tuple(one for one in self.sabotages if one.named.isdisjoint(clauses))
        return tuple(
            one
            for one in self.sabotages
            if self.cross
            or not one.named.isdisjoint(clauses)
            or (smoke and (one.harmless or self._draws(scenario, one)))
        )

    def _draws(self, scenario: str, sabotage: Sabotage) -> bool:
        chance = random.Random(f"{self.seed} {scenario} {sabotage.name}")
        return chance.random() < self.smoke_ratio

    def drawn(self, cells: Collection[str]) -> set[str]:
        """Those of the cells' names that are played."""
        if self.most_cells is None or self.most_cells >= len(cells):
            return set(cells)
        return set(random.Random(self.seed).sample(sorted(cells), self.most_cells))

    def rows(self, played: Collection[str | None]) -> tuple[Declared, ...]:
        """The sabotages as a report needs them, of which a run plays these."""
        return tuple(
            Declared(
                name=one.name,
                kind=self.kinds[one.name],
                breaks=one.breaks,
                kills=tuple(sorted(one.kills)),
                starves=tuple(sorted(one.starves)),
                disturbs=one.disturbs,
                harmless=one.harmless,
            )
            for one in self.sabotages
            if self.by_name or one.name in played
        )


def proving(
    wanted: str, *, seed: int, sabotages: Mapping[str, Sabotage], kinds: Mapping[str, str]
) -> Proving:
    """What the option's value asks for; see above.

    Raises:
        ProvingError: it asks for what is not there.
    """
    everything = tuple(sabotages.values())
    if wanted in (EVERYTHING, CROSS):
        return Proving(
            sabotages=everything, kinds=kinds, whole=True, cross=wanted == CROSS,
            seed=seed, smoke_ratio=SMOKE_RATIO, controlled=True,
        )  # fmt: skip
    head, colon, number_of_cells = wanted.partition(":")
    if head == CROSS and colon and _is_number(number_of_cells):
        return Proving(
            sabotages=everything, kinds=kinds, whole=False, cross=True,
            most_cells=int(number_of_cells), seed=seed,
        )  # fmt: skip
    if _is_number(wanted):
        number = min(int(wanted), len(everything))
        drawn = set(random.Random(seed).sample(sorted(sabotages), number))
        chosen = tuple(one for one in everything if one.name in drawn)
        return Proving(
            sabotages=chosen, kinds=kinds, whole=False, seed=seed, smoke_ratio=SMOKE_RATIO
        )
    names = [name.strip() for name in wanted.split(",")]
    for name in names:
        if name not in (there := (*sabotages, CONTROL)):
            hint = did_you_mean(name.lower(), there, most=3) or _WRITE
            raise ProvingError(f"--lk-prove={wanted}: there is no sabotage {name!r}; {hint}")
    chosen = tuple(one for one in everything if one.name in names)
    return Proving(
        sabotages=chosen, kinds=kinds, whole=False, controlled=CONTROL in names, by_name=True
    )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and int(text) > 0


def split_cell(nodeid: str, sabotages: Collection[str]) -> tuple[str, str | None]:
    """A node id of pytest without the sabotage that is its last parameter, and that sabotage."""
    head, bracket, parameters = nodeid.rpartition("[")
    for name in sorted(sabotages, key=len, reverse=True):  # one name may end in another
        if bracket and parameters == f"{name}]":
            return head, name
        if bracket and parameters.endswith(f"-{name}]"):
            return f"{head}[{parameters.removesuffix(f'-{name}]')}]", name
    return nodeid, None
