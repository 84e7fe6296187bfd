from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from harness.network.queues.link import ConstantRate


def test_a_packet_takes_its_bits_over_the_rate() -> None:
    link = ConstantRate(rate_bps=1_000_000)
    assert link.ready_ns(7) == 7
    assert link.finish_ns(7, 1250) == 7 + 10_000_000


@given(st.integers(1000, 10**10), st.integers(1, 65_535), st.integers(0, 2**62))
def test_it_is_never_faster_and_less_than_a_nanosecond_slower(
    rate_bps: int, size: int, begin_ns: int
) -> None:
    exact = Fraction(size * 8 * 10**9, rate_bps)
    took = ConstantRate(rate_bps=rate_bps).finish_ns(begin_ns, size) - begin_ns
    assert exact <= took < exact + 1
