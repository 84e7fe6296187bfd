from __future__ import annotations

import gc

import numpy as np

from harness.participant.tampered_memory import kept, memory


def test_what_is_kept_is_a_copy_that_can_be_written_at_its_address() -> None:
    samples = np.arange(480, dtype=np.int16)
    address = kept(samples)
    gc.collect()
    there = memory(address, samples.nbytes).view(np.int16)
    there[0] = 7

    assert there[1:].tolist() == list(range(1, 480))
    assert samples[0] == 0
    assert memory(address, 2).tolist() == [7, 0]
