"""What the pages name, and the Python SDK has under that name or not at all."""

from __future__ import annotations

from harness.scenario import Judge, Stage, clause
from harness.verifiers.combine import offered
from scenarios.probes import PROBES

API = PROBES / "api.py"


@clause("API-001")
async def test_auto_subscribe_has_modes(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "names")

    judge("API-001", offered, "AutoSubscribe", names, "it is of `livekit.agents`, another package")


@clause("API-002")
async def test_devices_are_asked_for_by_the_sdk(stage: Stage, judge: Judge) -> None:
    names = await stage.probe(API, "names")

    judge("API-002", offered, "useTracks", names, "it is of the SDKs for browsers and telephones")
