"""What the page calls for that would have to have a name in Python."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import fact
from scenarios.probes import PROBES


@clause("SUB-026", "SUB-042")
async def test_publications_are_enabled_and_participants_listened_to(
    stage: Stage, judge: Judge
) -> None:
    for clause_id, name, wanted in (
        ("SUB-026", "RemoteTrackPublication", "set_enabled"),
        ("SUB-042", "RemoteParticipant", "on"),
    ):
        offered = await stage.probe(PROBES / "api.py", "methods_of", name=name)
        judge(clause_id, fact, wanted in offered, f"{name} offers {', '.join(offered)}")
