from __future__ import annotations

from functools import cache
from itertools import count, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import BurstLoss, DropList
from tests.network.impairments.exact import binomial, is_plausible, markov_losses
from tests.network.impairments.lanes import course, played, refused

COUNT = 300
MODELS = [(0.05, 3.0), (0.02, 1.0), (0.2, 1.5), (0.5, 8.0)]
models = st.sampled_from(MODELS)
seeds = st.integers(0, 2**32)


def gilbert(ratio: float, burst: float) -> tuple[float, float]:
    """From good to bad, from bad to good: Gilbert's p and r."""
    r = 1 / burst
    return r * ratio / (1 - ratio), r


@cache
def losses(ratio: float, burst: float) -> list[float]:
    p, r = gilbert(ratio, burst)
    return markov_losses(COUNT, [1 - ratio, ratio], [[1 - p, p], [r, 1 - r]], [False, True])


@pytest.mark.parametrize(("ratio", "burst"), MODELS)
def test_the_models_stationary_loss_and_mean_burst_are_those_asked_for(
    ratio: float, burst: float
) -> None:
    p, r = gilbert(ratio, burst)
    assert p / (p + r) == pytest.approx(ratio)
    assert 1 / r == pytest.approx(burst)
    expected = sum(k * share for k, share in enumerate(losses(ratio, burst)))
    assert expected == pytest.approx(ratio * COUNT)


def test_its_transitions_are_those_of_libwebrtc() -> None:
    # SimulatedNetwork: p_start = p / (1 − p) / L, p_loss_bursting = 1 − 1 / L.
    p, r = gilbert(0.05, 3)
    assert p == pytest.approx(0.05 / 0.95 / 3)
    assert 1 - r == pytest.approx(1 - 1 / 3)


@settings(max_examples=60, derandomize=True)
@given(models, seeds)
def test_measured_loss_is_within_the_models_exact_interval(
    model: tuple[float, float], seed: int
) -> None:
    ratio, burst = model
    loss = BurstLoss(ratio=ratio, burst_packets=burst)
    lost = sum(one.cause > 0 for one in played([(0, Packet(1))] * COUNT, loss, seed=seed))
    assert is_plausible(lost, losses(ratio, burst))


@settings(max_examples=60, derandomize=True)
@given(models, seeds)
def test_burst_lengths_are_within_the_exact_binomial_interval(
    model: tuple[float, float], seed: int
) -> None:
    ratio, burst = model
    dropped = BurstLoss(ratio=ratio, burst_packets=burst).plan(course(seed=seed))
    # After each of the first 100 bad packets the burst ends with r, independently: Binomial.
    bad, ended, before = 0, 0, False
    for n in count():
        now = dropped(n, Packet(1), 0)
        ended += before and not now
        bad, before = bad + now, now
        if bad == 101:
            break
    assert is_plausible(ended, binomial(100, 1 / burst))


def test_bursts_of_one_never_touch() -> None:
    fates = [
        one.cause > 0
        for one in played([(0, Packet(1))] * 500, BurstLoss(ratio=0.4, burst_packets=1))
    ]
    assert any(fates)
    assert not any(one and two for one, two in pairwise(fates))


def test_nothing_is_lost_at_no_loss() -> None:
    assert not any(
        one.cause for one in played([(0, Packet(1))] * 500, BurstLoss(ratio=0, burst_packets=3))
    )


def test_packets_that_others_drop_move_its_states_all_the_same() -> None:
    loss, others = BurstLoss(ratio=0.3, burst_packets=3), DropList(indices=tuple(range(0, 300, 2)))
    sent = [(0, Packet(1))] * 300
    alone = [one.n for one in played(sent, loss) if one.cause]
    # Causes are given in the order of the JSON.
    among = [one.n for one in played(sent, others, loss) if one.cause == 16]
    assert among == [n for n in alone if n % 2]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"ratio":-0.1,"burst_packets":3', "ratio"),
        ('"ratio":1,"burst_packets":3', "ratio"),
        ('"ratio":0.1,"burst_packets":0.5', "burst_packets"),
        ('"ratio":0.8,"burst_packets":3', "burst_packets"),
        ('"ratio":0.1', "burst_packets"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"burst_loss",{fields}}}', name)
