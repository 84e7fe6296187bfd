"""Random loss in bursts (Gilbert-Elliott)."""

from __future__ import annotations

from typing import Annotated, ClassVar

from msgspec import Meta

from harness.network.impairment import Course, Filter, FilterPlan, Packet


class BurstLoss(Filter, frozen=True, kw_only=True, tag="burst_loss"):
    """Drops a share `ratio` of the packets, in bursts of `burst_packets` on average.

    The model of Gilbert (1960) with a good state that drops nothing and a bad one that drops
    everything, as in libwebrtc's `SimulatedNetwork`. From bad to good it goes with r = 1 /
    `burst_packets`, from good to bad with p = r · ratio / (1 − ratio), so that the share of bad
    packets is p / (p + r) = `ratio`, from the first packet on.
    """

    title: ClassVar[str] = "drops a share of the packets, 0 to 1, in bursts of a mean length"

    ratio: Annotated[float, Meta(ge=0, lt=1)]
    burst_packets: Annotated[float, Meta(ge=1, le=1_000_000)]

    def __post_init__(self) -> None:
        """Raises: ValueError when so short bursts cannot make so much loss."""
        if self.ratio > self.burst_packets * (1 - self.ratio):
            raise ValueError("`burst_packets` must be at least ratio / (1 - ratio)")

    def plan(self, course: Course) -> FilterPlan:
        """The state at packet n is a function of the random numbers 0 to n."""
        uniform, ratio = course.uniform, self.ratio
        stays_bad = 1 - 1 / self.burst_packets
        turns_bad = ratio / (1 - ratio) / self.burst_packets
        becomes_bad = ratio

        def dropped(n: int, packet: Packet, now_ns: int) -> bool:
            nonlocal becomes_bad
            bad = uniform(n) < becomes_bad
            becomes_bad = stays_bad if bad else turns_bad
            return bad

        return dropped
