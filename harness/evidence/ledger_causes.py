"""Words for what a departure's cause says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from harness.evidence.ledger_fates import NO_RECORD
from harness.evidence.ledger_records import ALTERED, COPY, Cause

_REASONS = {
    Cause.FORWARDED: "passed on",
    Cause.NO_UPSTREAM: "the server's port was closed",
    Cause.SOCKET_FULL: "the socket was full",
    Cause.SOCKET_ERROR: "the socket failed",
    Cause.HELD_TOO_MANY: "too many packets were delayed",
    NO_RECORD: "on its way when the record ended",
}


def reason_of(cause: int, impairments: Mapping[int, Mapping[str, Any]]) -> str:
    """What a cause says, for people: `dropped by loss (ratio 0.05, direction down)`.

    Args:
        cause: As recorded, or NO_RECORD.
        impairments: Cause → impairment, as `Ledger.impairments`.
    """
    if cause in _REASONS:
        return _REASONS[cause]
    if cause < Cause.FIRST_IMPAIRMENT:
        return f"not passed on, cause {cause}"
    number = cause & ~(COPY | ALTERED)
    did = "altered" if cause & ALTERED else "copied" if cause & COPY else "dropped"
    known = impairments.get(number)
    return f"{did} by {impairment_words(known) if known else f'impairment {number}'}"


def impairment_words(impairment: Mapping[str, Any]) -> str:
    """Its name and its plain fields; whose packets it hit is told elsewhere."""
    target = impairment.get("target")
    aimed = target if isinstance(target, Mapping) else {}
    aimed = {k: v for k, v in aimed.items() if k != "participant"}
    fields = [
        f"{name} {value}"
        for name, value in {**impairment, **aimed}.items()
        if name != "impairment" and isinstance(value, str | int | float)
    ]
    name = str(impairment.get("impairment", "impairment"))
    return f"{name} ({', '.join(fields)})" if fields else name
