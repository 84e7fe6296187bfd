from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from harness.clauses.model import EvidenceKind
from harness.evidence.run_event import PlannedCell
from harness.judging.deviations import Deviations
from harness.run.planned import may_begin_beside, network_told, planned_cell
from harness.run.scenario import Demands, Scenario
from harness.sabotage.registry import SABOTAGES
from tests.run.conftest import SCENARIO, does_nothing

if TYPE_CHECKING:
    from tests.run.conftest import Make

NONE = Deviations(())
SABOTAGE = next(iter(SABOTAGES.values()))


def scenario(*clauses: str) -> Scenario:
    return Scenario(nodeid=SCENARIO, demands=Demands(clauses=clauses), body=does_nothing)


def test_beside_others_goes_what_they_cannot_spoil(make: Make) -> None:
    holds = make.clause("OWN-001")
    rate = replace(holds, timing=True, unit="packets")
    one = scenario("OWN-001")

    assert may_begin_beside(one, [holds], sabotage=None, deviations=NONE)
    assert not may_begin_beside(one, [holds, rate], sabotage=None, deviations=NONE)
    assert not may_begin_beside(one, [holds], sabotage=SABOTAGE, deviations=NONE)


def test_in_a_proof_that_is_decided_by_what_must_fail_or_starve(make: Make) -> None:
    heard = make.clause("OWN-001")
    called = replace(make.clause("OWN-002"), evidence=(EvidenceKind.API,))
    sabotage = replace(SABOTAGE, kills=frozenset({"OWN-002"}))
    proof = replace(scenario("OWN-001", "OWN-002"), sabotage=sabotage, proof=True)

    assert may_begin_beside(proof, [heard, called], sabotage=sabotage, deviations=NONE)
    both = replace(proof, sabotage=replace(sabotage, kills=frozenset({"OWN-001", "OWN-002"})))
    assert not may_begin_beside(both, [heard, called], sabotage=sabotage, deviations=NONE)
    starving = replace(sabotage, starves=frozenset({"OWN-001"}))
    gone = replace(proof, sabotage=starving)
    assert not may_begin_beside(gone, [heard, called], sabotage=starving, deviations=NONE)


def test_a_cell_is_named_as_its_attempts_are(make: Make) -> None:
    one = scenario("OWN-001")
    clauses = [make.clause("OWN-001")]

    assert planned_cell(one, clauses, sabotage=None, deviations=NONE) == PlannedCell(
        scenario=SCENARIO, profile="clean", sabotage=None, beside=True
    )
    assert planned_cell(one, clauses, sabotage=SABOTAGE, deviations=NONE) == PlannedCell(
        scenario=SCENARIO, profile="clean", sabotage=SABOTAGE.name
    )


def test_a_network_is_told_in_words(tmp_path: Path) -> None:
    told = network_told(Demands(clauses=(), profile="wifi-loss5"))
    assert told.name == "wifi-loss5"
    assert told.title
    assert told.cite
    assert told.timeline[0] == "from 0 s for good"
    assert "loss 5 %" in told.timeline[1]

    (tmp_path / "mine.toml").write_text(
        'title = "Ours"\ncite = "ours: a walk"\n[[phase]]\nat_s = 0\nudp.up = { delay_ms = 5 }\n'
    )
    own = network_told(Demands(clauses=(), profile="mine.toml", folder=tmp_path))
    assert (own.name, own.title, own.cite) == ("mine.toml", "Ours", "ours: a walk")
