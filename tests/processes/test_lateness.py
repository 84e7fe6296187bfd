from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_MS
from harness.processes.lateness import Lateness


def test_quantiles_are_told_to_a_tenth_of_a_millisecond() -> None:
    late = Lateness()
    for ms in (1, 1, 1, 7):
        late.add(ms * NS_PER_MS)

    assert late.quantile_ms(0.5) == pytest.approx(1.1)
    assert late.quantile_ms(0.99) == 7
    assert (late.total, late.max_ns) == (4, 7 * NS_PER_MS)


def test_what_was_early_was_not_late_and_the_latest_has_no_upper_end() -> None:
    late = Lateness()
    late.add(-5)
    assert (late.total, late.max_ns, late.quantile_ms(1.0)) == (1, 0, 0)
    late.add(3_000 * NS_PER_MS)
    assert late.max_ns == 3_000 * NS_PER_MS


def test_nothing_counted_is_nothing_late() -> None:
    late = Lateness()
    late.add(NS_PER_MS)
    late.restart()
    assert (late.total, late.max_ns, late.quantile_ms(0.99)) == (0, 0, 0)
