"""A track has a sid of the server's once it is published."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import fact
from scenarios.probes import PROBES


@clause("LIFE-001", "LIFE-002")
async def test_a_track_has_a_sid_once_it_is_published(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    sids = await alice.probe(PROBES / "life_tracks.py", "sids")
    seen = (await bob.told("track_published")).track
    await stage.run(seconds=0.5)

    judge("LIFE-001", fact, sids["before"] == "TR_unknown", f"before publishing: {sids['before']}")
    judge(
        "LIFE-002",
        fact,
        sids["published"].startswith("TR_")
        and sids["before"] != sids["published"] == sids["publication"] == seen,
        f"published: {sids['published']}, of its publication {sids['publication']}, at bob {seen}",
    )
