"""A run that proves, with a clause and a sabotage of each kind, written as a run writes it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from harness.evidence.finding import CONTROL, Finding, Verdict
from harness.evidence.run_event import (
    PROOF,
    FindingMade,
    RunEvent,
    RunFinished,
    VersionSeen,
)
from harness.judging.proof import Declared
from tests.report.conftest import CELL, EVIL, SOUND, S, started, write

DECLARED = (
    Declared(
        name="swallow-mute",
        kind="signalling",
        breaks="a mute never reaches the server",
        kills=("MUTE-001", "MUTE-002", "MUTE-005"),
    ),
    Declared(name="loud", kind="signals", breaks="sound is too loud", kills=("MUTE-004",)),
    Declared(name="twice", kind="packets", breaks=f"copies {EVIL}", harmless="nobody is to notice"),
    Declared(name=CONTROL, kind=CONTROL, breaks="nothing", kills=("MUTE-003",)),
    Declared(name="late", kind="packets", breaks="never played", kills=("MUTE-008",)),
)


def proof_events() -> list[RunEvent]:
    """What kills, what is missed, what fails without being named, what nobody could say."""
    rows = tuple(msgspec.to_builtins(one) for one in DECLARED)
    found = (
        _found("swallow-mute", "MUTE-001", Verdict.FAIL),
        _found("swallow-mute", "MUTE-001", Verdict.FAIL, scenario=f"{SOUND}::test_again"),
        _found("swallow-mute", "MUTE-002", Verdict.FAIL),
        _found("swallow-mute", "MUTE-005", Verdict.INCONCLUSIVE, disturbed=True),
        _found("loud", "MUTE-004", Verdict.PASS),
        _found("loud", "MUTE-006", Verdict.ERROR),
        _found("twice", "MUTE-006", Verdict.FAIL),
        replace(_found(CONTROL, "MUTE-003", Verdict.FAIL), deviation="no-publication-mute"),
    )
    start = replace(started(), sabotage=PROOF, sabotages=rows, whole_proof=True)
    return [
        start,
        VersionSeen(at_ns=1, name="livekit-server", version="1.13.5"),
        *(FindingMade(at_ns=30 * S, finding=one) for one in found),
        RunFinished(at_ns=134 * S, exit_code=1, reason="not proven"),
    ]


def write_proof(folder: Path) -> Path:
    """The folder of that run."""
    return write(folder, proof_events())


def _found(
    sabotage: str,
    clause: str,
    verdict: Verdict,
    *,
    scenario: str = f"{SOUND}::test_silence",
    disturbed: bool = False,
) -> Finding:
    return Finding(
        clause=clause,
        scenario=scenario,
        cell=replace(CELL, sabotage=sabotage),
        attempts=1,
        verdict=verdict,
        reason=f"{verdict} because of {clause}",
        disturbed=disturbed,
    )
