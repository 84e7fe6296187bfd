from __future__ import annotations

from itertools import pairwise
from math import comb

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.network.impairment import Packet
from harness.network.impairments import Delay, Jitter
from harness.network.impairments import jitter as jitter_module
from harness.network.impairments.jitter import PARETO_MOST
from tests.network.impairments.lanes import MS, played, refused

DISTRIBUTIONS = ("uniform", "normal", "pareto")
COUNT = 400
# Which share of the delays is below this many times `jitter_ms`, by the distribution's own
# formula: U(0, 1); the size of N(0, 1); Lomax with tail index 3 and mean 1: 1 − (1 + x/2)^−3.
BELOW = [
    ("uniform", 0.25, 0.25),
    ("uniform", 0.9, 0.9),
    ("normal", 0.67448975, 0.5),
    ("normal", 1.95996398, 0.95),
    ("pareto", 0.5, 1 - 1.25**-3),
    ("pareto", 2.0, 1 - 2.0**-3),
    ("pareto", 10.0, 1 - 6.0**-3),
]


def delays(
    jitter: Jitter, *, seed: int = 1, count: int = COUNT, gap_ms: int = 100_000
) -> list[int]:
    """Delay of each packet, ns; so far apart that none waits for another."""
    sent = [(n * gap_ms * MS, Packet(100)) for n in range(count)]
    return [one.at_ns - sent[one.n][0] for one in played(sent, jitter, seed=seed)]


def at_most(count: int, ratio: float) -> float:
    """Probability of so many of COUNT or fewer."""
    return sum(comb(COUNT, k) * ratio**k * (1 - ratio) ** (COUNT - k) for k in range(count + 1))


@pytest.mark.parametrize(("distribution", "times", "share"), BELOW)
@settings(max_examples=20, derandomize=True)
@given(seed=st.integers(0, 2**32))
def test_delays_are_distributed_as_said(
    distribution: str, times: float, share: float, seed: int
) -> None:
    jitter = Jitter(jitter_ms=10, distribution=distribution)  # type: ignore[arg-type]
    below = sum(delay < times * 10 * MS for delay in delays(jitter, seed=seed))
    assert at_most(below, share) > 1e-6
    assert 1 - at_most(below - 1, share) > 1e-6


@pytest.mark.parametrize(("distribution", "times", "share"), BELOW)
def test_quantiles_are_those_of_the_distribution(
    distribution: str, times: float, share: float
) -> None:
    assert getattr(jitter_module, f"_{distribution}")(share) == pytest.approx(times)


@pytest.mark.parametrize(
    ("distribution", "most"), [("uniform", 1), ("normal", 8.3), ("pareto", PARETO_MOST)]
)
@pytest.mark.parametrize("u", [0.0, 0.5, 1 - 2.0**-53])
def test_no_number_makes_a_delay_below_zero_or_without_bound(
    distribution: str, most: float, u: float
) -> None:
    factor = getattr(jitter_module, f"_{distribution}")(u)
    assert 0 <= factor <= most
    assert u > 0 or factor == 0


def test_the_pareto_distribution_is_cut_at_twenty_times_its_mean() -> None:
    assert jitter_module._pareto(1 - 2.0**-53) == 20


@settings(max_examples=50)
@given(st.sampled_from(DISTRIBUTIONS), st.integers(0, 30), st.integers(0, 2**32))
def test_packets_keep_their_order_and_wait_only_for_those_before(
    distribution: str, gap_ms: int, seed: int
) -> None:
    jitter = Jitter(jitter_ms=10, distribution=distribution)  # type: ignore[arg-type]
    free = Jitter(jitter_ms=10, distribution=distribution, reorder=True)  # type: ignore[arg-type]
    sent = [(n * gap_ms * MS, Packet(100)) for n in range(60)]
    kept = [one.at_ns for one in played(sent, jitter, seed=seed)]
    assert kept == sorted(kept)
    alone = [one.at_ns for one in played(sent, free, seed=seed)]
    assert all(at_ns >= arrived for at_ns, (arrived, _) in zip(alone, sent, strict=True))


def test_it_reorders_where_that_was_asked() -> None:
    sent = [(n * MS, Packet(100)) for n in range(50)]
    left = [one.at_ns for one in played(sent, Jitter(jitter_ms=20, reorder=True))]
    assert any(later < earlier for earlier, later in pairwise(left))


def test_delay_and_jitter_add_up_and_do_not_pile_up() -> None:
    sent = [(n * MS, Packet(100)) for n in range(2000)]
    left = played(sent, Delay(delay_ms=50), Jitter(jitter_ms=20))
    took_ms = [(one.at_ns - sent[one.n][0]) / MS for one in left]
    assert 50 <= min(took_ms) <= max(took_ms) <= 70


@pytest.mark.parametrize(
    ("fields", "name"),
    [
        ('"jitter_ms":-1', "jitter_ms"),
        ('"jitter_ms":10001', "jitter_ms"),
        ('"jitter_ms":1,"distribution":"cauchy"', "distribution"),
        ('"jitter_ms":1,"reorder":1', "reorder"),
    ],
)
def test_absurd_values_are_refused(fields: str, name: str) -> None:
    refused(f'{{"impairment":"jitter",{fields}}}', name)
