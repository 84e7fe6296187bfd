"""How old sound and pictures are when they are heard and seen, and what makes them so."""

from __future__ import annotations

from harness.measuring.call import make_call
from harness.scenario import Judge, Stage, Window, clause
from harness.verifiers.frame_metadata import ids_that_disagree, metadata_latency_error
from harness.verifiers.latency import added_latency, latency, longest_latency, remainder
from scenarios.timing.profiles import PROFILES


@clause(
    "LAT-001", "LAT-002", "LAT-003", "LAT-004", "LAT-005",
    "LAT-006", "LAT-007", "LAT-008", "LAT-009", "LAT-010",
    profiles=PROFILES,
)  # fmt: skip
async def test_media_is_not_much_older_than_the_network_makes_it(
    stage: Stage, judge: Judge
) -> None:
    call = await make_call(stage, seconds=8)
    heard, seen = call.heard, call.seen
    window = Window(since_ns=call.since_ns, until_ns=call.until_ns)

    judge("LAT-001", latency, heard, **window)
    judge("LAT-002", latency, seen, **window)
    judge("LAT-003", longest_latency, heard, **window)
    judge("LAT-004", latency, seen, q=0.95, **window)
    judge("LAT-005", added_latency, heard, **window)
    judge("LAT-006", added_latency, seen, **window)
    judge("LAT-007", ids_that_disagree, seen, **window)
    judge("LAT-008", metadata_latency_error, seen, **window)
    judge("LAT-009", remainder, heard, **window)
    judge("LAT-010", remainder, seen, **window)
