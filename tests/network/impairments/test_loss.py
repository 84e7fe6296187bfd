from __future__ import annotations

import hashlib
from math import comb

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import Impairment, Loss
from tests.network.impairments.lanes import lane_with

COUNT = 400


def plan(ratio: float, seed: int, *, count: int = COUNT) -> list[bool]:
    """Whether each packet is dropped."""
    lane = lane_with(Loss(ratio=ratio), seed=seed)
    return [lane.arrive(Packet(100), None, n).cause > 0 for n in range(count)]


def at_most(dropped: int, ratio: float) -> float:
    """Probability of so many dropped packets or fewer."""
    return sum(comb(COUNT, k) * ratio**k * (1 - ratio) ** (COUNT - k) for k in range(dropped + 1))


@settings(max_examples=50, derandomize=True)
@given(st.sampled_from([0.01, 0.05, 0.2, 0.5]), st.integers(0, 2**32))
def test_measured_loss_is_within_the_exact_binomial_interval(ratio: float, seed: int) -> None:
    dropped = sum(plan(ratio, seed))
    assert at_most(dropped, ratio) > 1e-6
    assert 1 - at_most(dropped - 1, ratio) > 1e-6


@settings(max_examples=10)
@given(st.integers())
def test_nothing_and_everything(seed: int) -> None:
    assert not any(plan(0.0, seed))
    assert all(plan(1.0, seed))


def test_one_seed_is_one_plan_for_ever() -> None:
    dropped = bytes(plan(0.05, 81, count=10_000))
    assert plan(0.05, 81) == plan(0.05, 81)
    assert plan(0.05, 81) != plan(0.05, 82)
    assert (
        hashlib.sha256(dropped).hexdigest()
        == "861a636b46ef54017014bff1bed4fa003bf76eeb32f7266c25d79b66eb6542b4"
    )


@pytest.mark.parametrize("ratio", ["-0.1", "1.1", '"a"'])
def test_absurd_ratios_are_refused(ratio: str) -> None:
    with pytest.raises(msgspec.ValidationError, match=r"ratio"):
        msgspec.json.decode(f'{{"impairment":"loss","ratio":{ratio}}}', type=Impairment)
