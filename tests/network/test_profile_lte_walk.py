from __future__ import annotations

from itertools import pairwise
from pathlib import Path

from harness.network.impairments import RateTrace
from harness.network.profile import load_profile
from harness.network.profile_lte_walk import LADDER_KBPS, LENGTH_S, lte_walk, rates_kbps

SHIPPED = Path(__file__).parents[2] / "harness/network/profiles/lte-walk.trace"


def test_the_file_is_what_the_generator_makes() -> None:
    assert SHIPPED.read_bytes() == lte_walk().encode()


def test_the_walk_goes_from_end_to_end_of_the_ladder_by_single_rungs() -> None:
    rates = rates_kbps()
    assert len(rates) == LENGTH_S
    assert {min(rates), max(rates)} == {LADDER_KBPS[0], LADDER_KBPS[-1]}
    rungs = [LADDER_KBPS.index(rate) for rate in rates]
    assert all(abs(b - a) <= 1 for a, b in pairwise(rungs))


def test_each_second_has_the_opportunities_of_its_rate() -> None:
    times = [int(line) for line in lte_walk().splitlines()]
    for second, rate in enumerate(rates_kbps()):
        count = sum(second * 1000 < ms <= (second + 1) * 1000 for ms in times)
        assert abs(count * 12 - rate) <= 24


def test_the_profile_uses_it() -> None:
    traces = load_profile("lte-walk").phases[0].impairments
    assert [one.target.direction for one in traces if isinstance(one, RateTrace)] == ["up", "down"]
