"""The E-model's word on a call: information, and no gate."""

from __future__ import annotations

from collections.abc import Callable

from harness.evidence.measurement import Measurement, missing
from harness.verifiers.e_model import Rating

Model = Callable[..., Rating]
Scale = Callable[[Rating], float]


def rated(
    model: Model, scale: Scale, unit: str, *, delay: Measurement, loss: Measurement
) -> Measurement:
    """What a form of the E-model says, with the interval that delay and loss leave open.

    The rating never rises with either, so the ends of their intervals are the ends of its own.

    Args:
        model: `narrowband` or `fullband` of `harness.verifiers.e_model`.
        scale: Takes R or MOS from the rating.
        unit: `R` or `MOS`.
        delay: One-way latency of the sound, ms.
        loss: Share of the sound that the receiver lacked.
    """
    for wanted, name in ((delay, "latency of the sound"), (loss, "share of sound made up")):
        if wanted.missing is not None:
            return missing(unit, f"no {name}: {wanted.missing}")
    assert delay.value is not None and delay.interval is not None  # noqa: PT018
    assert loss.value is not None and loss.interval is not None  # noqa: PT018

    def at(delay_ms: float, loss_ratio: float) -> float:
        inside = min(1.0, max(0.0, loss_ratio))
        return scale(model(delay_ms=max(0.0, delay_ms), loss_ratio=inside))

    return Measurement(
        value=at(delay.value, loss.value),
        unit=unit,
        sampling=(at(delay.interval[1], loss.interval[1]), at(delay.interval[0], loss.interval[0])),
        rests_on=delay.rests_on,
        evidence=(*delay.evidence, *loss.evidence),
    )
