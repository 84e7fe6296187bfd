"""What the page calls for that would have to have a name in Python."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import offered
from scenarios.probes import PROBES

API = PROBES / "api.py"


@clause("SUB-026")
async def test_a_publication_can_be_enabled(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "calls_of", name="RemoteTrackPublication")
    otherwise = "only the native request `enable_remote_track_publication` does it"

    judge("SUB-026", offered, "set_enabled", names, otherwise)


@clause("SUB-042")
async def test_a_participant_can_be_listened_to(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "calls_of", name="RemoteParticipant")
    otherwise = "only Room emits events, the participant is an argument of its handlers"

    judge("SUB-042", offered, "on", names, otherwise)
