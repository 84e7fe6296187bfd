"""A subscriber's stream is paused for want of bandwidth: its track says so."""

from __future__ import annotations

from harness.evidence.measurement import Measurement
from harness.network.impairment import Target
from harness.network.impairments import RateLimit
from harness.scenario import ONE_LAYER, ColourCode, Judge, ServerConfig, Stage, clause
from harness.verifiers.stream_state import State, stream_state_ratio
from scenarios.probes import PROBES

PAUSES = ServerConfig(options={"rtc": {"congestion_control": {"allow_pause": True}}})
NARROW = RateLimit(
    rate_kbps=60, queue_ms=300, target=Target(participant="bob", direction="down", medium="video")
)


@clause("LAY-025", "LAY-026", server=PAUSES)
async def test_a_track_says_that_its_stream_is_paused(stage: Stage, judge: Judge) -> None:
    (alice,) = await stage.join("alice", auto_subscribe=False)
    # Over a single connection the server takes it that the client wants no pauses.
    (bob,) = await stage.join("bob", single_peer_connection=False)
    picture = await alice.publish(ColourCode(track_code=3), options=ONE_LAYER)
    seen = await bob.record(picture)
    since = await seen.until_steady()
    await stage.impair(NARROW)
    readings = await bob.probe(
        PROBES / "layer_calls.py", "read_stream_state", sid=picture.sid, seconds=7.0
    )
    until = await stage.run(seconds=0)

    def says(state: State) -> Measurement:
        return stream_state_ratio(
            readings,
            stage.folder,
            state,
            participant="bob",
            track=picture.sid,
            since_ns=since,
            until_ns=until,
        )

    judge("LAY-025", says, "active")
    judge("LAY-026", says, "paused")
