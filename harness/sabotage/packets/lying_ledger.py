"""A ledger that says of every second lost packet of a stream that it was forwarded."""

from __future__ import annotations

from harness.sabotage.sabotage import Sabotage

SABOTAGE = Sabotage(
    name="lying-ledger",
    breaks="the ledger says of every second dropped packet of a stream that it was forwarded",
    kills=frozenset({"NET-001", "NET-006", "RED-007", "RED-008", "RED-011"}),
    ledger_lies=True,
)
