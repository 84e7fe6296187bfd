"""Clauses, findings, plans and servers for the tests of this room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from harness.clauses.catalogue import Catalogue
from harness.clauses.model import Clause, EvidenceKind, Level, Limit
from harness.evidence.finding import Cell, Finding, Verdict
from harness.evidence.measurement import Measurement
from harness.processes.keeper_client import Keeper
from harness.run.attempt import Plan
from harness.run.scenario import Body, Demands, Scenario
from harness.server.model import (
    Progress,
    RunningToxiproxy,
    Server,
    ServerConfig,
)

SCENARIO = "scenarios/muting/test_microphone.py::test_silence"
CELL = Cell(server="1.13.5", seed=81)


async def does_nothing(**_: object) -> None:
    """The body of a scenario that nobody runs."""


class Make:
    """Short ways to make what the tests need."""

    def clause(
        self, clause_id: str = "OWN-001", *, level: Level = Level.MUST, unit: str = "bool"
    ) -> Clause:
        """Holds at 1 and above, fails below."""
        return Clause(
            id=clause_id,
            statement=f"{clause_id} holds.",
            level=level,
            source="ours",
            evidence=(EvidenceKind.DECODED,),
            measures="whether it holds",
            unit=unit,
            timing=False,
            limit=Limit(min=1),
            limit_source="ours",
        )

    def catalogue(self, *clauses: Clause) -> Catalogue:
        return Catalogue({clause.id: clause for clause in clauses})

    def finding(self, clause_id: str, verdict: Verdict, *, deviation: str | None = None) -> Finding:
        return Finding(
            clause=clause_id,
            scenario=SCENARIO,
            cell=CELL,
            attempts=1,
            verdict=verdict,
            reason="because",
            deviation=deviation,
        )

    def scenario(
        self,
        *clauses: str,
        body: Body = does_nothing,
        limit_s: float = 10.0,
        profile: str = "clean",
    ) -> Scenario:
        demands = Demands(clauses=clauses, limit_s=limit_s, profile=profile)
        return Scenario(nodeid=SCENARIO, demands=demands, body=body)

    def plan(self, body: Body, *clauses: Clause, limit_s: float = 10.0) -> Plan:
        scenario = self.scenario(*(clause.id for clause in clauses), body=body, limit_s=limit_s)
        return Plan(
            scenario=scenario, clauses=clauses, number=1, cell=CELL, folder="attempts/silence/1"
        )


def value(number: float, *, unit: str = "bool", error: float = 0.0) -> Measurement:
    """What a verifier says that looks at nothing."""
    return Measurement(value=number, unit=unit, error=error, rests_on=1)


@dataclass(kw_only=True)
class FakeServer:
    """A livekit-server that is only said to run."""

    config: ServerConfig
    version: str = "1.13.5"
    owned: bool = True
    running: bool = True
    stops: int = 0
    upstream: str = "127.0.0.1:1"
    said: Sequence[str] = ()
    faults: list[str] = field(default_factory=list)
    """What was done to it, in order."""
    problem: Exception | None = None
    """Raised by a restart."""

    @property
    def server(self) -> Server:
        return Server(
            url="ws://127.0.0.1:1",
            api_key="APIkey",
            api_secret="hush",
            version=self.version,
            backend="binary",
            owned=self.owned,
        )

    def alive(self) -> bool:
        return self.running

    def log_lines(self) -> list[str]:
        return list(self.said)

    def stop(self) -> None:
        self.running = False
        self.stops += 1

    def pause(self) -> None:
        self.faults.append("pause")

    def resume(self) -> None:
        self.faults.append("resume")

    def restart(self) -> None:
        self.faults.append("restart")
        if self.problem is not None:
            raise self.problem


@dataclass(kw_only=True)
class FakeToxiproxy:
    """A toxiproxy that is only said to run."""

    api_host: str = "127.0.0.1"
    api_port: int = 8474
    listen_host: str = "127.0.0.1"
    listen_ports: tuple[int, ...] = ()
    running: bool = True

    def alive(self) -> bool:
        return self.running

    def stop(self) -> None:
        self.running = False


@dataclass(kw_only=True)
class FakeBackend:
    """Starts servers that are only said to run."""

    name: str = "binary"
    owned: bool = True
    started: list[FakeServer] = field(default_factory=list)
    folders: list[Path] = field(default_factory=list)
    problems: list[Exception] = field(default_factory=list)
    """Raised by the next starts, one each."""
    versions: list[str] = field(default_factory=list)
    """Of the next servers."""
    toxiproxies: list[FakeToxiproxy] = field(default_factory=list)
    listen_ports: tuple[int, ...] = ()

    def prepare(self, progress: Progress) -> None:
        progress("nothing to prepare")

    def start(self, config: ServerConfig, keeper: Keeper, folder: Path) -> FakeServer:
        assert folder.is_dir()
        self.folders.append(folder)
        if self.problems:
            raise self.problems.pop(0)
        version = self.versions.pop(0) if self.versions else "1.13.5"
        self.started.append(FakeServer(config=config, version=version, owned=self.owned))
        return self.started[-1]

    def start_toxiproxy(self, keeper: Keeper, folder: Path) -> RunningToxiproxy:
        assert folder.is_dir()
        self.toxiproxies.append(FakeToxiproxy(listen_ports=self.listen_ports))
        return self.toxiproxies[-1]


@pytest.fixture(scope="session")
def make() -> Make:
    return Make()


@pytest.fixture
def backend() -> FakeBackend:
    return FakeBackend()
