"""A call of two under each network: how old its media is, how much in time, how truly counted."""

from __future__ import annotations

from harness.measuring.call import Call, make_call
from harness.scenario import Judge, Stage, Window, clause
from harness.verifiers.frame_metadata import ids_that_disagree, metadata_latency_error
from harness.verifiers.freeze import longest_freeze
from harness.verifiers.jitter import sdk_jitter_against_ledger, server_jitter_against_ledger
from harness.verifiers.latency import added_latency, latency, longest_latency, remainder
from harness.verifiers.picture_order import ARRIVAL_NS, frames_read_ratio
from harness.verifiers.round_trip import (
    ice_round_trip_against_ledger,
    rtcp_round_trip_against_ledger,
)
from harness.verifiers.sdk_frames import decoded_against_seen, rate_against_seen
from harness.verifiers.skew import median_skew
from harness.verifiers.skew_bands import ACCEPTABILITY, DETECTABILITY, outside_ratio
from scenarios.timing.profiles import PROFILES

BURSTS = "burst-loss"


@clause(
    "LAT-001", "LAT-002", "LAT-003", "LAT-004", "LAT-005",
    "LAT-006", "LAT-007", "LAT-008", "LAT-009", "LAT-010",
    "SYNC-020", "SYNC-021", "SYNC-033", "FRZ-001", "FRZ-002",
    "NUM-001", "NUM-002", "NUM-003", "NUM-004", "NUM-005", "NUM-006",
    profiles=tuple(name for name in PROFILES if name != BURSTS),
)  # fmt: skip
async def test_a_call_is_in_time_and_counted_truly(stage: Stage, judge: Judge) -> None:
    call, window = await judged_call(stage, judge)

    judge("LAT-004", latency, call.seen, q=0.95, **window)


# Where a burst takes a picture that cannot be repaired libwebrtc waits 3 s for a key frame. Of what
# never came meanwhile it is known only how old it is at least, which is on both sides of any limit
# for LAT-004. How long the picture stands still is what FRZ-001 judges.
@clause(
    "LAT-001", "LAT-002", "LAT-003", "LAT-005", "LAT-006",
    "LAT-007", "LAT-008", "LAT-009", "LAT-010",
    "SYNC-020", "SYNC-021", "SYNC-033", "FRZ-001", "FRZ-002",
    "NUM-001", "NUM-002", "NUM-003", "NUM-004", "NUM-005", "NUM-006",
    profile=BURSTS,
)  # fmt: skip
async def test_a_call_through_bursts_of_loss(stage: Stage, judge: Judge) -> None:
    await judged_call(stage, judge)


async def judged_call(stage: Stage, judge: Judge) -> tuple[Call, Window]:
    """A call of ten seconds, judged by all that holds under each network, and its steady state."""
    call = await make_call(stage, seconds=10)
    window = Window(since_ns=call.since_ns, until_ns=call.until_ns)

    judge_age(judge, call, window)
    judge("SYNC-020", median_skew, call.pair, **window)
    judge("SYNC-021", outside_ratio, call.pair, band=ACCEPTABILITY, **window)
    judge("SYNC-033", outside_ratio, call.pair, band=DETECTABILITY, **window)
    pictures, code = call.pictures, call.picture.track_code
    sent, alive = call.picture_sent, call.witness
    arrived = Window(since_ns=call.since_ns, until_ns=call.until_ns - ARRIVAL_NS)
    told = call.statistics
    judge("FRZ-001", longest_freeze, pictures, code, alive=alive, statistics=told, **window)
    judge("FRZ-002", frames_read_ratio, pictures, code, sent=sent, alive=alive, **arrived)
    judge_counts(judge, call, window)
    return call, window


def judge_age(judge: Judge, call: Call, window: Window) -> None:
    """How old sound and pictures are, and what of it is not the network's."""
    heard, seen = call.heard, call.seen
    judge("LAT-001", latency, heard, **window)
    judge("LAT-002", latency, seen, **window)
    judge("LAT-003", longest_latency, heard, **window)
    judge("LAT-005", added_latency, heard, **window)
    judge("LAT-006", added_latency, seen, **window)
    judge("LAT-007", ids_that_disagree, seen, **window)
    judge("LAT-008", metadata_latency_error, seen, **window)
    judge("LAT-009", remainder, heard, **window)
    judge("LAT-010", remainder, seen, **window)


def judge_counts(judge: Judge, call: Call, window: Window) -> None:
    """What SDK and server tell of the call."""
    told, wire = call.statistics, call.ledger
    judge("NUM-001", sdk_jitter_against_ledger, told, wire, participant="bob", **window)
    judge("NUM-002", server_jitter_against_ledger, told, wire, participant="alice", **window)
    judge("NUM-003", ice_round_trip_against_ledger, told, wire, participant="bob", **window)
    judge("NUM-004", rtcp_round_trip_against_ledger, told, wire, participant="alice", **window)
    pictures, code = call.pictures, call.picture.track_code
    judge("NUM-005", decoded_against_seen, told, pictures, code, **window)
    judge("NUM-006", rate_against_seen, told, pictures, code, **window)
