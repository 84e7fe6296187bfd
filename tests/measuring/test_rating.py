from __future__ import annotations

import pytest

from harness.evidence.measurement import Measurement, missing
from harness.measuring.rating import rated
from harness.verifiers.e_model import narrowband

DELAY = Measurement(value=300.0, unit="ms", error=10.0, rests_on=100)
LOSS = Measurement(value=0.01, unit="ratio", sampling=(0.005, 0.02), rests_on=1000)


def test_the_interval_is_that_of_the_worst_and_the_best_that_can_be() -> None:
    measured = rated(narrowband, lambda it: it.r, "R", delay=DELAY, loss=LOSS)

    assert measured.value == narrowband(delay_ms=300, loss_ratio=0.01).r
    assert measured.interval == (
        narrowband(delay_ms=310, loss_ratio=0.02).r,
        narrowband(delay_ms=290, loss_ratio=0.005).r,
    )
    assert measured.rests_on == 100


def test_ends_that_cannot_be_are_held_at_what_can() -> None:
    delay = Measurement(value=4.0, unit="ms", error=10.0)
    measured = rated(narrowband, lambda it: it.mos, "MOS", delay=delay, loss=LOSS)

    assert measured.value is not None


@pytest.mark.parametrize(
    ("delay", "loss", "why"),
    [
        (missing("ms", "no markers"), LOSS, "no latency of the sound: no markers"),
        (DELAY, missing("ratio", "none taken"), "no share of sound made up: none taken"),
    ],
)
def test_without_delay_or_loss_there_is_no_rating(
    delay: Measurement, loss: Measurement, why: str
) -> None:
    measured = rated(narrowband, lambda it: it.r, "R", delay=delay, loss=loss)

    assert (measured.value, measured.missing) == (None, why)
