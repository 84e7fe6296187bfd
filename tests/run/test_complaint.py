from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.clauses.model import Level
from harness.evidence.finding import Finding, Verdict
from harness.judging.gate import GATE, parse_gate
from harness.run.complaint import complaint, complaint_of
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from tests.run.conftest import Make

PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
INCONCLUSIVE, UNSUPPORTED = Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED


def said(make: Make, *findings: Finding, level: Level = Level.MUST) -> tuple[str, str] | None:
    clauses = {finding.clause: make.clause(finding.clause, level=level) for finding in findings}
    found = complaint(findings, clauses)
    return (found.kind, found.text) if found else None


def test_nothing_is_said_where_every_clause_holds(make: Make) -> None:
    assert said(make, make.finding("A-001", PASS), make.finding("A-002", PASS)) is None


@pytest.mark.parametrize(
    ("verdict", "level", "kind"),
    [
        (FAIL, Level.MUST, "failed"),
        (FAIL, Level.MAY, "failed"),
        (FAIL, Level.INFO, "skipped"),
        (ERROR, Level.MUST, "error"),
        (ERROR, Level.INFO, "error"),
        (INCONCLUSIVE, Level.MUST, "inconclusive"),
        (INCONCLUSIVE, Level.SHOULD, "skipped"),
        (UNSUPPORTED, Level.MUST, "skipped"),
    ],
)
def test_a_verdict_and_its_level_make_the_kind(
    make: Make, verdict: Verdict, level: Level, kind: str
) -> None:
    found = said(make, make.finding("A-001", verdict), level=level)

    assert found == (kind, f"A-001 {verdict}: because\n    A-001 holds.")


@pytest.mark.parametrize("verdict", [FAIL, ERROR, INCONCLUSIVE])
def test_what_the_gate_leaves_out_fails_no_test(make: Make, verdict: Verdict) -> None:
    finding = make.finding("A-001", verdict)
    clauses = {"A-001": make.clause("A-001", level=Level.MUST)}
    kinds = [complaint([finding], clauses, parse_gate(gate)) for gate in ("A", "B")]

    assert [found.kind for found in kinds if found] == [
        {FAIL: "failed", ERROR: "error", INCONCLUSIVE: "inconclusive"}[verdict],
        "skipped",
    ]


def test_a_listed_failure_is_a_deviation_and_a_listed_pass_a_failure(make: Make) -> None:
    listed = make.finding("A-001", FAIL, deviation="DEV-1")
    surprise = make.finding("A-002", PASS, deviation="DEV-2")

    assert said(make, listed) == (
        "deviation",
        "A-001 FAIL, known deviation DEV-1: because\n    A-001 holds.",
    )
    assert said(make, listed, surprise) == (
        "failed",
        "A-002 unexpected PASS, listed as known deviation DEV-2: because\n    A-002 holds.",
    )


def test_the_worst_is_said_alone_and_all_of_that_kind(make: Make) -> None:
    findings = [
        make.finding("A-001", UNSUPPORTED),
        make.finding("A-002", INCONCLUSIVE),
        make.finding("A-003", ERROR),
        make.finding("A-004", FAIL),
        make.finding("A-005", FAIL, deviation="DEV-1"),
        make.finding("A-006", FAIL),
    ]
    order = ["failed", "error", "inconclusive", "deviation", "skipped"]
    kinds, texts = [], []
    for gone in [[], [3, 5], [2], [1], [4]]:
        for place in gone:
            findings[place] = make.finding("A-000", PASS)
        found = said(make, *findings)
        assert found is not None
        kinds.append(found[0])
        texts.append([line.split()[0] for line in found[1].splitlines()[::2]])

    assert kinds == order
    assert texts == [["A-004", "A-006"], ["A-003"], ["A-002"], ["A-005"], ["A-001"]]


def test_what_is_broken_on_purpose_is_to_fail(make: Make) -> None:
    findings = [make.finding("A-001", FAIL)]
    clauses = {"A-001": make.clause("A-001")}
    judges = make.scenario("A-001")
    sabotage = Sabotage(name="x", breaks="x", kills=frozenset({"A-001"}))
    proves = replace(judges, sabotage=sabotage, proof=True)
    said = [
        complaint_of(one, findings, clauses, GATE)
        for one in (judges, proves, replace(proves, canary="A-001"))
    ]

    assert [one and one.kind for one in said] == ["failed", None, None]


def test_what_breaks_where_nothing_is_to_be_noticed_fails(make: Make) -> None:
    sabotage = Sabotage(name="x", breaks="x", harmless="nobody notices")
    proves = replace(make.scenario("A-001"), sabotage=sabotage, proof=True)
    said = complaint_of(proves, [make.finding("A-001", ERROR)], {}, GATE)

    assert said is not None
    assert said.kind == "failed"
    assert said.text.startswith("A-001 ERROR, and not named: ")


def test_what_is_to_starve_may_not_pass(make: Make) -> None:
    sabotage = Sabotage(name="x", breaks="x", starves=frozenset({"A-001"}))
    proves = replace(make.scenario("A-001"), sabotage=sabotage, proof=True)
    said = [
        complaint_of(proves, [make.finding("A-001", verdict)], {}, GATE)
        for verdict in (PASS, ERROR)
    ]

    assert [one and (one.kind, "not left without a verdict" in one.text) for one in said] == [
        ("deviation", True), None,
    ]  # fmt: skip
