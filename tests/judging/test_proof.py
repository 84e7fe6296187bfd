from __future__ import annotations

from dataclasses import replace

import pytest

from harness.evidence.finding import CONTROL, Cell, Finding, Verdict
from harness.judging.proof import Declared, Proof, cell_proof, prove

MUTE = Declared(name="swallow", kind="signalling", breaks="x", kills=("OWN-001", "OWN-002"))
LOUD = Declared(name="loud", kind="signals", breaks="x", kills=("OWN-001",))
DEAD = Declared(name="dead", kind="participants", breaks="x", starves=("OWN-001", "OWN-002"))
NOTHING = Declared(name=CONTROL, kind=CONTROL, breaks="nothing", kills=("OWN-003",))
KNOWN = {"OWN-003": "known"}
TWICE = Declared(name="twice", kind="packets", breaks="x", harmless="nobody notices")
CLAUSES = ("OWN-001", "OWN-002", "OWN-003")


def finding(
    clause: str,
    verdict: Verdict,
    sabotage: str = "swallow",
    *,
    scenario: str = "one",
    deviation: str | None = None,
    disturbed: bool = False,
) -> Finding:
    return Finding(
        clause=clause,
        scenario=scenario,
        cell=Cell(server="1", sabotage=sabotage),
        attempts=1,
        verdict=verdict,
        reason=f"{verdict} because",
        deviation=deviation,
        disturbed=disturbed,
    )


def proof(
    *findings: Finding,
    declared: tuple[Declared, ...] = (MUTE, LOUD, DEAD, TWICE),
    by_name: bool = False,
    controlled: bool = False,
    whole: bool = False,
    cut: bool = False,
    planned: int = 0,
) -> Proof:
    """A run says what it plays, and what was asked for by name though it plays none of it."""
    played = {one.cell.sabotage for one in findings}
    return prove(
        findings,
        [
            one
            for one in ((*declared, NOTHING) if controlled else declared)
            if by_name or cut or one.name in played
        ],
        clauses=CLAUSES,
        whole=whole,
        cut=cut,
        planned=planned,
    )


def by_itself(
    verdict: Verdict, deviation: str | None = "known", *, disturbed: bool = False
) -> Finding:
    """Of what is known to fail, in the control."""
    return finding("OWN-003", verdict, CONTROL, deviation=deviation, disturbed=disturbed)


BOTH = (finding("OWN-001", Verdict.FAIL), finding("OWN-002", Verdict.FAIL))


def test_a_clause_is_killed_by_who_names_it() -> None:
    made = proof(*BOTH, finding("OWN-001", Verdict.FAIL, "loud"))

    assert made.killed == ("OWN-001", "OWN-002")
    assert [said.sabotage for said in made.kills["OWN-001"]] == ["swallow", "loud"]
    assert [one.name for one in made.sabotages] == ["swallow", "loud"]
    assert made.holds
    assert (made.unproven, made.unnoticed) == (("OWN-003",), ())


def test_a_whole_proof_has_no_clause_that_nothing_kills() -> None:
    assert not proof(*BOTH, whole=True).holds
    assert proof(*BOTH, by_itself(Verdict.FAIL), controlled=True, whole=True).holds


def test_of_a_proof_that_was_cut_what_was_not_played_is_told_apart_from_what_is_unproven() -> None:
    made = proof(BOTH[0], whole=True, cut=True, planned=7)

    assert (made.not_played, made.unproven) == (("OWN-002",), ("OWN-003",))
    assert (made.is_refuted, made.holds) == (False, False)
    assert made.why == (
        "after 1 of 7 scenarios under sabotages; of what was played, 1 of 2 clauses proven "
        "able to fail, 0 sabotages unnoticed, 0 clauses did not FAIL where named, "
        "0 FAIL without being named; 1 clause not played"
    )
    missed = proof(finding("OWN-002", Verdict.PASS), whole=True, cut=True)
    assert (missed.not_played, missed.is_refuted) == (("OWN-001",), True)


def test_a_proof_of_which_less_was_played_than_planned_was_cut() -> None:
    made = proof(*BOTH, planned=2)

    assert (made.cut, made.is_refuted, made.holds) == (True, False, False)
    assert made.why.startswith("after 1 of 2 scenarios under sabotages; ")
    assert proof(*BOTH, planned=1).holds


def test_a_named_clause_that_does_not_fail_is_missed_and_a_sabotage_without_any_unnoticed() -> None:
    half = proof(BOTH[0], finding("OWN-002", Verdict.INCONCLUSIVE))
    none = proof(finding("OWN-001", Verdict.PASS), finding("OWN-002", Verdict.ERROR))

    assert [(said.clause, said.verdict) for said in half.missed] == [("OWN-002", "INCONCLUSIVE")]
    assert (half.unnoticed, half.holds) == ((), False)
    assert (none.unnoticed, len(none.missed), none.holds) == (("swallow",), 2, False)


def test_what_the_machine_was_too_busy_to_say_is_neither_proven_nor_refuted() -> None:
    busy = finding("OWN-002", Verdict.INCONCLUSIVE, disturbed=True)
    made = proof(BOTH[0], busy)

    assert [said.clause for said in made.undecided] == ["OWN-002"]
    assert (made.missed, made.is_refuted, made.holds) == ((), False, False)
    assert made.why.endswith(", 1 undecided on a machine that was too busy")
    known = by_itself(Verdict.FAIL)
    assert not proof(BOTH[0], busy, known, controlled=True, whole=True).is_refuted
    assert proof(BOTH[0], busy, whole=True).is_refuted
    assert proof(*BOTH, busy).holds


def test_a_clause_that_passed_or_had_a_quiet_machine_is_no_victim_of_it() -> None:
    passed = finding("OWN-002", Verdict.PASS, disturbed=True)
    quiet = finding("OWN-002", Verdict.INCONCLUSIVE, scenario="two")
    busy = finding("OWN-002", Verdict.INCONCLUSIVE, disturbed=True)

    for made in (proof(BOTH[0], passed), proof(BOTH[0], busy, quiet)):
        assert [said.clause for said in made.missed] == ["OWN-002"]
        assert (made.undecided, made.is_refuted) == ((), True)


def test_one_scenario_that_turns_to_fail_is_enough() -> None:
    made = proof(
        *BOTH,
        finding("OWN-001", Verdict.PASS, scenario="two"),
        finding("OWN-001", Verdict.ERROR, scenario="three"),
    )

    assert made.holds


def test_what_was_not_played_is_neither_noticed_nor_missed() -> None:
    made = proof(BOTH[0])

    assert made.holds
    assert not made.missed


def test_who_asks_for_a_sabotage_that_nothing_is_played_under_has_no_proof_of_it() -> None:
    made = proof(*BOTH, declared=(MUTE, LOUD), by_name=True)

    assert made.not_tried == ("loud",)
    assert (made.is_refuted, made.holds) == (False, False)
    assert made.why.endswith(", 1 sabotage without a scenario")
    assert proof(*BOTH, declared=(MUTE, LOUD), by_name=True, cut=True).not_tried == ()


def test_a_fail_that_is_not_named_is_unexpected_and_what_starves_is_told() -> None:
    made = proof(
        *BOTH,
        finding("OWN-003", Verdict.FAIL),
        finding("OWN-002", Verdict.FAIL, "loud"),
        finding("OWN-001", Verdict.FAIL, "loud"),
        finding("OWN-003", Verdict.ERROR, "loud"),
        finding("OWN-003", Verdict.FAIL, "twice"),
        finding("OWN-001", Verdict.INCONCLUSIVE, "twice"),
    )

    assert [(said.sabotage, said.clause) for said in made.unexpected] == [
        ("swallow", "OWN-003"), ("loud", "OWN-002"), ("twice", "OWN-003"),
    ]  # fmt: skip
    assert [(said.sabotage, said.clause) for said in made.starved] == [
        ("loud", "OWN-003"), ("twice", "OWN-001"),
    ]  # fmt: skip
    assert not made.holds


def test_what_the_machine_left_without_a_verdict_no_sabotage_did() -> None:
    by_machine = finding("OWN-003", Verdict.INCONCLUSIVE, "loud", disturbed=True)

    assert proof(*BOTH, finding("OWN-001", Verdict.FAIL, "loud"), by_machine).starved == ()


@pytest.mark.parametrize("disturbs", ["", "late by hours", "INCONCLUSIVE because"])
def test_only_the_disturbance_that_it_is_to_bring_about_shows_that_a_sabotage_starves(
    disturbs: str,
) -> None:
    stalling = replace(DEAD, disturbs=disturbs)
    both = [
        finding(clause, Verdict.INCONCLUSIVE, "dead", disturbed=True) for clause in DEAD.starves
    ]
    made = proof(*both, declared=(stalling,))

    as_named = disturbs == "INCONCLUSIVE because"
    assert len(made.starved) == (2 if as_named else 0)
    assert len(made.undecided) == (0 if as_named else 2)
    assert made.holds == as_named


def test_what_is_to_starve_is_left_without_a_verdict_somewhere_and_fails_nowhere() -> None:
    gone = [finding("OWN-001", verdict, "dead") for verdict in (Verdict.ERROR, Verdict.PASS)]
    passed = finding("OWN-002", Verdict.PASS, "dead")
    failed = finding("OWN-002", Verdict.FAIL, "dead")

    assert proof(*gone).holds
    assert [said.clause for said in proof(*gone).starved] == ["OWN-001"]
    half, none = proof(*gone, passed), proof(passed)
    assert [said.clause for said in half.missed] == [said.clause for said in none.missed]
    assert (half.unnoticed, none.unnoticed) == ((), ("dead",))
    assert (half.holds, none.holds) == (False, False)
    assert [said.clause for said in proof(*gone, failed).unexpected] == ["OWN-002"]
    busy = finding("OWN-002", Verdict.INCONCLUSIVE, "dead", disturbed=True)
    assert [said.clause for said in proof(*gone, busy).undecided] == ["OWN-002"]


def test_a_known_deviation_counts_neither_for_nor_against_where_something_is_broken() -> None:
    fails = [
        finding(clause, Verdict.FAIL, name, deviation="known")
        for clause, name in (("OWN-002", "swallow"), ("OWN-003", "twice"))
    ]
    made = proof(BOTH[0], *fails)

    assert made.holds
    assert (made.killed, made.deviations) == (("OWN-001",), {})


def test_what_is_known_to_fail_must_be_seen_to_in_the_control() -> None:
    made = proof(*BOTH, by_itself(Verdict.FAIL), controlled=True)
    assert (made.killed, made.deviations, made.holds) == (CLAUSES, KNOWN, True)
    assert [one.name for one in made.sabotages] == ["swallow"]
    assert made.why.startswith(
        "3 of 3 named clauses proven able to fail, "
        "1 of them without any sabotage, as known deviations, "
    )

    for verdict, deviation in (
        (Verdict.PASS, "known"), (Verdict.INCONCLUSIVE, None), (Verdict.UNSUPPORTED, None),
    ):  # fmt: skip
        made = proof(*BOTH, by_itself(verdict, deviation), controlled=True)
        assert [said.sabotage for said in made.missed] == [CONTROL]
        assert (made.unproven, made.unnoticed, made.holds) == (("OWN-003",), (), False)
    made = proof(*BOTH, by_itself(Verdict.INCONCLUSIVE, None, disturbed=True), controlled=True)
    assert [said.clause for said in made.undecided] == ["OWN-003"]


def test_a_deviation_of_other_versions_is_none_in_the_control() -> None:
    assert proof(*BOTH, by_itself(Verdict.PASS, None), controlled=True).missed == ()
    [said] = proof(*BOTH, by_itself(Verdict.FAIL, None), controlled=True).unexpected
    assert (said.sabotage, said.clause) == (CONTROL, "OWN-003")
    open_ = finding("OWN-002", Verdict.INCONCLUSIVE, CONTROL)
    assert proof(*BOTH, by_itself(Verdict.FAIL), open_, controlled=True).holds


@pytest.mark.parametrize("sabotage", [CONTROL, "twice"])
def test_where_nothing_is_to_be_noticed_nothing_breaks(sabotage: str) -> None:
    broke = finding("OWN-002", Verdict.ERROR, sabotage)
    made = proof(*BOTH, by_itself(Verdict.FAIL), broke, controlled=True)

    assert [(said.sabotage, said.verdict) for said in made.unexpected] == [(sabotage, "ERROR")]
    assert (made.starved, made.holds) == ((), False)
    assert made.why.endswith(
        ", 0 FAIL without being named, 1 ERROR where nothing was to be noticed"
    )
    busy = replace(broke, disturbed=True)
    assert proof(*BOTH, by_itself(Verdict.FAIL), busy, controlled=True).holds


def test_each_sabotage_has_an_outcome() -> None:
    made = proof(
        *BOTH,
        finding("OWN-001", Verdict.PASS, "loud"),
        finding("OWN-001", Verdict.INCONCLUSIVE, "dead", disturbed=True),
        finding("OWN-001", Verdict.PASS, "twice"),
    )
    assert {one.name: made.outcome_of(one) for one in made.sabotages} == {
        "swallow": "noticed", "loud": "unnoticed", "dead": "undecided", "twice": "harmless",
    }  # fmt: skip
    harmless = proof(finding("OWN-001", Verdict.PASS, "twice"))
    assert harmless.why.startswith("no clause was to be killed, ")
    starved = proof(finding("OWN-001", Verdict.ERROR, "dead"))
    assert starved.outcome_of(DEAD) == "noticed"
    smoke = proof(finding("OWN-003", Verdict.PASS, "loud"))
    assert smoke.outcome_of(LOUD) == "nothing that it names was judged"


def test_the_sentence_has_all_numbers() -> None:
    made = proof(finding("OWN-001", Verdict.PASS), finding("OWN-003", Verdict.FAIL))

    assert made.why == (
        "0 of 1 named clause proven able to fail, 1 sabotage unnoticed, "
        "1 clause did not FAIL where named, 1 FAIL without being named"
    )


def test_a_cell_is_as_declared_when_all_that_is_named_fails_and_nothing_else() -> None:
    starving = [*BOTH, finding("OWN-003", Verdict.INCONCLUSIVE)]

    assert cell_proof(starving, MUTE).as_declared
    assert not cell_proof(BOTH, LOUD).as_declared
    assert not cell_proof([BOTH[0], finding("OWN-002", Verdict.PASS)], MUTE).as_declared
    assert not cell_proof([finding("OWN-001", Verdict.PASS)], DEAD).as_declared
    assert cell_proof([finding("OWN-001", Verdict.ERROR)], DEAD).as_declared
