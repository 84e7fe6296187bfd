"""Clauses, measurements and attempts for the tests of this room."""

from __future__ import annotations

import pytest

from harness.clauses.model import Clause, EvidenceKind, Level, Limit
from harness.evidence.finding import Attempt, Cell, ClauseResult, Finding, Verdict
from harness.evidence.measurement import Measurement, Seen, Series

CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0", "bob": "python 1.2.0"}, seed=81)
SCENARIO = "scenarios/mute/test_mute.py::test_silence"


class Make:
    """Short ways to make what the tests judge."""

    cell = CELL

    def clause(
        self,
        clause_id: str = "MUTE-002",
        *,
        limit: Limit | None = None,
        unit: str = "ms",
        timing: bool = True,
        only_worse_under_load: bool = True,
        level: Level = Level.MUST,
        claims: tuple[int, ...] = (2, 3),
        informs: tuple[int, ...] = (),
    ) -> Clause:
        return Clause(
            id=clause_id,
            statement="A muted microphone is silent.",
            level=level,
            claims=claims,
            informs=informs,
            source="docs",
            evidence=(EvidenceKind.DECODED,),
            measures="time to silence",
            unit=unit,
            timing=timing,
            only_worse_under_load=only_worse_under_load,
            limit=limit or Limit(max=300),
            limit_source="ours",
        )

    def ms(self, value: float, error: float = 10.0) -> Measurement:
        return Measurement(
            value=value,
            unit="ms",
            error=error,
            rests_on=3,
            evidence=("bob/tone.wav",),
            seen=Seen(series=Series.LEVEL, file="bob/tone.wav", since_ns=7),
            notes=("n",),
        )

    def attempt(
        self,
        number: int = 1,
        *results: ClauseResult,
        error: str | None = None,
        disturbance: str | None = None,
    ) -> Attempt:
        return Attempt(
            scenario=SCENARIO,
            number=number,
            cell=CELL,
            folder=f"attempts/{number}",
            started_ns=0,
            ended_ns=1,
            media_s=3,
            results=results,
            error=error,
            disturbance=disturbance,
        )

    def finding(
        self,
        clause_id: str = "MUTE-002",
        verdict: Verdict = Verdict.PASS,
        *,
        deviation: str | None = None,
    ) -> Finding:
        return Finding(
            clause=clause_id,
            scenario=SCENARIO,
            cell=CELL,
            attempts=1,
            verdict=verdict,
            reason="because",
            deviation=deviation,
        )


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()
