from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import DropList, FourStateLoss
from tests.network.impairments.exact import binomial, is_plausible, markov_losses
from tests.network.impairments.lanes import course, played, refused

COUNT = 300
LOST = [False, False, True, True]
Model = tuple[float, float, float, float, float]
MODELS: list[Model] = [
    (0.05, 0.5, 0.2, 0.3, 0.02),
    (0.02, 0.3, 0.0, 1.0, 0.0),
    (0.01, 0.1, 0.4, 0.6, 0.1),
    (0.1, 0.1, 0.5, 0.05, 0.0),
]
"""p13, p31, p32, p23, p14."""
models = st.sampled_from(MODELS)


def impairment(model: Model) -> FourStateLoss:
    p13, p31, p32, p23, p14 = model
    return FourStateLoss(p13_ratio=p13, p31_ratio=p31, p32_ratio=p32, p23_ratio=p23, p14_ratio=p14)


def moves(model: Model) -> list[list[float]]:
    p13, p31, p32, p23, p14 = model
    return [
        [1 - p13 - p14, 0, p13, p14],
        [0, 1 - p23, p23, 0],
        [p31, p32, 1 - p31 - p32, 0],
        [1, 0, 0, 0],
    ]


@cache
def losses(model: Model) -> list[float]:
    return markov_losses(COUNT, moves(model)[0], moves(model), LOST)


@pytest.mark.parametrize("model", MODELS)
def test_stationary_probabilities_are_those_of_netems_chain(model: Model) -> None:
    # From its balance: π4 = π1·p14, π3·p31 = π1·p13, π2·p23 = π3·p32.
    p13, p31, p32, p23, p14 = model
    whole = p13 * p23 + p13 * p32 + p14 * p31 * p23 + p31 * p23
    balanced = [p31 * p23, p13 * p32, p13 * p23, p14 * p31 * p23]
    state = [1.0, 0.0, 0.0, 0.0]
    for _ in range(5000):
        state = [sum(state[i] * moves(model)[i][j] for i in range(4)) for j in range(4)]
    assert state == pytest.approx([share / whole for share in balanced])


@settings(max_examples=60, derandomize=True)
@given(models, st.integers(0, 2**32))
def test_measured_loss_is_within_the_models_exact_interval(model: Model, seed: int) -> None:
    left = played([(0, Packet(1))] * COUNT, impairment(model), seed=seed)
    assert is_plausible(sum(one.cause > 0 for one in left), losses(model))


@settings(max_examples=40, derandomize=True)
@given(st.integers(0, 2**32))
def test_with_two_probabilities_it_is_gilberts_model(seed: int) -> None:
    dropped = FourStateLoss(p13_ratio=0.05, p31_ratio=0.25).plan(course(seed=seed))
    fates = [dropped(n, Packet(1), 0) for n in range(20_000)]
    lost = [n for n, fate in enumerate(fates) if fate][:200]
    ended = sum(not fates[n + 1] for n in lost)
    assert is_plausible(ended, binomial(200, 0.25))


def test_losses_alone_never_touch() -> None:
    left = played([(0, Packet(1))] * 500, impairment((0.0, 0.5, 0.0, 1.0, 0.4)))
    fates = "".join(str(int(one.cause > 0)) for one in left)
    assert "1" in fates
    assert "11" not in fates


def test_packets_that_others_drop_move_its_states_all_the_same() -> None:
    loss, others = (
        FourStateLoss(p13_ratio=0.1, p31_ratio=0.3, p14_ratio=0.1),
        DropList(indices=tuple(range(0, 300, 2))),
    )
    sent = [(0, Packet(1))] * 300
    alone = [one.n for one in played(sent, loss) if one.cause]
    # Causes are given in the order of the JSON.
    among = [one.n for one in played(sent, others, loss) if one.cause == 17]
    assert among == [n for n in alone if n % 2]


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"p13_ratio":1.1,"p31_ratio":0.5', "p13_ratio"),
        ('"p13_ratio":0.1,"p31_ratio":-0.5', "p31_ratio"),
        ('"p13_ratio":0.7,"p31_ratio":0.5,"p14_ratio":0.4', "p14_ratio"),
        ('"p13_ratio":0.1,"p31_ratio":0.8,"p32_ratio":0.3', "p32_ratio"),
        ('"p13_ratio":0.1', "p31_ratio"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"four_state_loss",{fields}}}', name)
