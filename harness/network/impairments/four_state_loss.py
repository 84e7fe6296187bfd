"""Random loss by the model of four states of netem."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Filter, FilterPlan, Packet

_Ratio = Annotated[float, Meta(ge=0, le=1)]


class FourStateLoss(Filter, frozen=True, kw_only=True, tag="four_state_loss"):
    """Drops packets by a Markov chain of four states: netem's `loss state`.

    The "GI" model of Salsano, Ludovici and Ordine; tc-netem(8) names their paper.
    States: 1 good, 2 good within a burst, 3 lost within a burst, 4 lost alone, back to 1 with the
    next packet. `p13_ratio` is the probability of going from state 1 to 3 from one packet to the
    next, and so on; the state at a packet is its fate. It begins in state 1 before packet 0.
    Defaults are those of `tc`.
    """

    title: ClassVar[str] = "drops packets by netem's model of four states, probabilities 0 to 1"

    p13_ratio: _Ratio
    p31_ratio: _Ratio
    p32_ratio: _Ratio = 0.0
    p23_ratio: _Ratio = 1.0
    p14_ratio: _Ratio = 0.0

    def __post_init__(self) -> None:
        """Raises: ValueError when probabilities of leaving a state add up to more than 1."""
        if self.p13_ratio + self.p14_ratio > 1:
            raise ValueError("`p13_ratio` and `p14_ratio` add up to more than 1")
        if self.p31_ratio + self.p32_ratio > 1:
            raise ValueError("`p31_ratio` and `p32_ratio` add up to more than 1")

    def plan(self, course: Course) -> FilterPlan:
        """The state at packet n is a function of the random numbers 0 to n."""
        uniform = course.uniform
        next_state = {
            1: ((self.p14_ratio, 4), (self.p14_ratio + self.p13_ratio, 3), (1.0, 1)),
            2: ((self.p23_ratio, 3), (1.0, 2)),
            3: ((self.p32_ratio, 2), (self.p32_ratio + self.p31_ratio, 1), (1.0, 3)),
            4: ((1.0, 1),),
        }
        state = 1

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            nonlocal state
            u = uniform(n)
            state = next(to for below, to in next_state[state] if u < below)
            return state >= 3

        return dropped
