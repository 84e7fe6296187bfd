from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.evidence.ledger_records import COPY
from harness.network.impairment import Delivery, Packet
from harness.network.impairments import Delay, Duplicate
from tests.network.impairments.exact import binomial, is_plausible
from tests.network.impairments.lanes import MS, played, refused

COUNT = 400
ratios = st.sampled_from([0.0, 0.01, 0.2, 0.5, 1.0])


@settings(max_examples=50, derandomize=True)
@given(ratios, st.integers(0, 2**32))
def test_so_many_come_twice(ratio: float, seed: int) -> None:
    left = played([(n, Packet(1)) for n in range(COUNT)], Duplicate(ratio=ratio), seed=seed)
    assert all(one.cause == 0 and 1 <= len(one.deliveries) <= 2 for one in left)
    assert is_plausible(sum(len(one.deliveries) == 2 for one in left), binomial(COUNT, ratio))


def test_a_copy_names_what_made_it_and_shares_the_delay_that_follows() -> None:
    [left] = played([(7, Packet(1))], Delay(delay_ms=5), Duplicate(ratio=1))
    # Causes are given in the order of the JSON: delay 16, duplicate 17.
    assert left.deliveries == (Delivery(7 + 5 * MS), Delivery(7 + 5 * MS, COPY | 17))


def test_a_copy_may_come_later_and_nobody_waits_for_it() -> None:
    first, second = played(
        [(0, Packet(1)), (MS, Packet(1))],
        Duplicate(ratio=1, later_ms=20),
        Delay(delay_ms=5),
    )

    assert [one.at_ns for one in first.deliveries] == [5 * MS, 25 * MS]
    assert [one.at_ns for one in second.deliveries] == [6 * MS, 26 * MS]


@pytest.mark.parametrize("ratio", ["-0.1", "1.1", "null"])
def test_absurd_values_are_refused(ratio: str) -> None:
    refused(f'{{"impairment":"duplicate","ratio":{ratio}}}', "ratio")
