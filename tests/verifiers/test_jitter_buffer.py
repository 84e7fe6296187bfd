from __future__ import annotations

import numpy as np
import pytest

from harness.verifiers.answer import NoEvidenceError
from harness.verifiers.jitter_buffer import JitterBuffer
from tests.verifiers.conftest import at
from tests.verifiers.latency_evidence import SSRC, statistics


def test_it_is_a_mean_between_two_statistics() -> None:
    buffer = JitterBuffer(statistics(12.5, 50), SSRC)
    assert buffer.mean_ms == pytest.approx([12.5] * 7)
    moments = np.array([at(-1), at(0.5), at(1.5), at(6.9), at(9)])
    assert buffer.span(moments).tolist() == [0, 0, 1, 6, 6]
    assert buffer.covered(at(0.9), at(4.7)) == {1, 2, 3}


def test_spans_that_a_time_touches() -> None:
    buffer = JitterBuffer(statistics(12.5, 50), SSRC)
    assert buffer.touching([]) == frozenset()
    assert buffer.touching([(at(1.2), at(1.9)), (at(3.9), at(4.1))]) == {1, 3, 4}


def test_statistics_reach_as_far_as_what_they_are_asked_of() -> None:
    buffer = JitterBuffer(statistics(12.5, 50), SSRC)
    buffer.require_reach(at(8.9))
    with pytest.raises(NoEvidenceError, match="end 2500 ms too early"):
        buffer.require_reach(at(9.5))


def test_statistics_that_do_not_tell_are_no_evidence() -> None:
    told = statistics(12.5, 50)
    for lacking in ([], told[:1], statistics(12.5, 0), [told[0], told[0]]):
        with pytest.raises(NoEvidenceError):
            JitterBuffer(lacking, SSRC)
    with pytest.raises(NoEvidenceError, match="0 statistics"):
        JitterBuffer(told, SSRC + 1)
