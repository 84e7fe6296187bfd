"""Delay that differs from packet to packet."""

from __future__ import annotations

from statistics import NormalDist
from typing import Annotated, ClassVar, Literal

from msgspec import Meta

from harness.evidence.clock import NS_PER_MS
from harness.network.impairment import Course, Delivery, Exit, ExitPlan, Packet, later

_STANDARD_NORMAL = NormalDist()
PARETO_TAIL = 3.0
"""Tail index, as in netem's table `pareto` (iproute2, netem/pareto.c)."""
PARETO_MOST = 20.0
"""The Pareto distribution is cut at so many times `jitter_ms`."""


class Jitter(Exit, frozen=True, kw_only=True, tag="jitter"):
    """Every packet leaves later by a random time of its own, never sooner.

    The time is, by `distribution`:
        uniform: between 0 and `jitter_ms`.
        normal: the size of a normal deviation with the standard deviation `jitter_ms`; its mean
            is 0.80 of that, and it is at most 8.3 times that.
        pareto: mostly small and sometimes large (Lomax, tail index 3); the mean is `jitter_ms`,
            were it not cut at 20 times that, which makes it 0.99 of it.

    Packets that would overtake others leave together with them, unless `reorder` lets them. Times
    are rounded to nanoseconds, far above what mathematical libraries differ in.
    """

    title: ClassVar[str] = "delays each packet by a random time of its own, ms"

    jitter_ms: Annotated[float, Meta(ge=0, le=10_000)]
    distribution: Literal["uniform", "normal", "pareto"] = "uniform"
    reorder: bool = False

    @property
    def keeps_order(self) -> bool:
        """Unless it was said that it need not."""
        return not self.reorder

    def plan(self, course: Course) -> ExitPlan:
        """The delay of packet n is a function of its random number."""
        uniform, scale_ns = course.uniform, self.jitter_ms * NS_PER_MS
        of_scale = {"uniform": _uniform, "normal": _normal, "pareto": _pareto}[self.distribution]

        def leave(n: int, packet: Packet, deliveries: tuple[Delivery, ...]) -> tuple[Delivery, ...]:
            return later(deliveries, round(scale_ns * of_scale(uniform(n))))

        return leave


def _uniform(u: float) -> float:
    return u


def _normal(u: float) -> float:
    return -_STANDARD_NORMAL.inv_cdf((1 - u) / 2)


def _pareto(u: float) -> float:
    lomax: float = (1 - u) ** (-1 / PARETO_TAIL) - 1
    return min((PARETO_TAIL - 1) * lomax, PARETO_MOST)
