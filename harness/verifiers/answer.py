"""How a verifier says that its evidence does not answer the question."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec

from harness.evidence.measurement import Measurement, NoEvidenceError, missing

__all__ = ["NoEvidenceError", "in_unit"]

Parameters = ParamSpec("Parameters")


def in_unit(
    unit: str,
) -> Callable[[Callable[Parameters, Measurement]], Callable[Parameters, Measurement]]:
    """Makes a verifier answer missing evidence with a missing measurement in `unit`."""

    def wrap(verifier: Callable[Parameters, Measurement]) -> Callable[Parameters, Measurement]:
        @functools.wraps(verifier)
        def answer(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Measurement:
            try:
                return verifier(*args, **kwargs)
            except NoEvidenceError as gap:
                return missing(unit, str(gap))

        return answer

    return wrap
