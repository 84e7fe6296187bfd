from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from harness.evidence.finding import Finding, Verdict
from harness.evidence.run_event import PROOF
from harness.following.followed import Followed, Key, Played
from harness.following.rows import MOST_CHARACTERS, Row, Terms, terms_of
from harness.following.to_go import CellTime
from harness.judging.proof import Declared
from tests.following.runs import planned
from tests.report.conftest import run_events, started


@pytest.fixture
def played() -> list[Played]:
    run = Followed()
    run.take(planned(run_events()))
    return run.played


def test_a_scenario_is_told_by_its_worst_finding(played: list[Played]) -> None:
    silence, api, dark = map(terms_of(started()).row, played)

    assert (silence.letter, silence.words, silence.failed) == ("F", "FAIL", True)
    assert silence.results == (("MUTE-001", "P"), ("MUTE-002", "F"))
    assert (silence.attempts, silence.took_s) == (2, 8.0)
    assert silence.remarks == ("attempt 1 was disturbed: alice: late",)
    assert [one.letter for one in api.look] == ["I", "E"]
    assert (api.letter, api.failed) == ("E", False)
    assert (dark.letter, dark.failed, dark.remarks) == ("X", True, ())


def test_a_failure_has_its_sentence_and_its_values(played: list[Played]) -> None:
    [found] = terms_of(started()).row(played[0]).look

    assert found.clause == "MUTE-002"
    assert found.statement == "Nothing of a muted microphone is forwarded."
    assert found.source == "MUST, LiveKit docs, Camera & microphone"
    assert (found.expected, found.measured) == ("0 packets", "7 packets")
    assert found.reason.startswith("expected 0 packets")


def test_a_clause_that_nobody_knows_has_a_row_all_the_same(played: list[Played]) -> None:
    row = Terms().row(played[0])

    assert row.failed
    assert row.look[0].statement == ""


def test_the_gate_decides_what_failed_and_not_what_must_be_looked_at(played: list[Played]) -> None:
    row = terms_of(replace(started(), gate="MUST,-MUTE")).row(played[0])

    assert not row.failed
    assert [one.clause for one in row.look] == ["MUTE-002"]
    assert terms_of(replace(started(), gate="INFO")).row(played[0]).failed


def test_what_broke_off_is_said_and_who_ran_beside_others_is_not_disturbed(
    played: list[Played],
) -> None:
    first = played[0].attempts[0]
    attempts = (
        replace(first, beside=True),
        replace(first, number=2, error="x" * 999, disturbance=None),
    )
    [remark] = Terms().row(replace(played[0], attempts=attempts)).remarks

    assert remark.startswith("attempt 2 broke off: xxx")
    assert len(remark) == MOST_CHARACTERS


PROVEN = {
    "as declared": (Verdict.FAIL, False, "P"),
    "missed": (Verdict.PASS, False, "F"),
    "undecided": (Verdict.INCONCLUSIVE, True, "I"),
}


def proven(finding: Finding, *, kills: tuple[str, ...] = (), starves: tuple[str, ...] = ()) -> Row:
    declared = Declared(name="mute", kind="sdk", breaks="x", kills=kills, starves=starves)
    start = replace(started(), sabotage=PROOF, sabotages=(msgspec.to_builtins(declared),))
    cell = Played(
        key=Key("a", "clean", "mute"), time=CellTime(first_s=1), attempts=(), findings=(finding,)
    )
    return terms_of(start).row(cell)


@pytest.mark.parametrize("words", PROVEN)
def test_in_a_proof_a_fail_is_what_is_wanted(played: list[Played], words: str) -> None:
    verdict, disturbed, letter = PROVEN[words]
    found = replace(played[0].findings[0], verdict=verdict, disturbed=disturbed)
    row = proven(found, kills=("MUTE-001",))

    assert (row.letter, row.words, row.failed) == (letter, words, words != "as declared")
    told = [(one.letter, one.words) for one in row.look]
    assert told == ([(letter, f"{words}, {verdict}")] if row.failed else [])


def test_in_a_proof_nothing_else_may_fail(played: list[Played]) -> None:
    row = proven(replace(played[0].findings[0], verdict=Verdict.FAIL))

    assert (row.letter, row.words, row.failed) == ("X", "unexpected", True)


@pytest.mark.parametrize(
    ("verdict", "words"), [(Verdict.ERROR, "as declared"), (Verdict.PASS, "missed")]
)
def test_in_a_proof_what_is_to_starve_has_no_verdict(
    played: list[Played], verdict: Verdict, words: str
) -> None:
    row = proven(replace(played[0].findings[0], verdict=verdict), starves=("MUTE-001",))

    assert row.words == words
