from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.evidence.finding import Attempt, Cell, ClauseResult, Verdict
from harness.evidence.measurement import Seen, Series, unsupported
from harness.judging.deviations import Deviation, Deviations
from harness.judging.finding import build_finding, needs_another, trials_of
from harness.judging.judge import judge

if TYPE_CHECKING:
    from tests.judging.conftest import Make

NONE = Deviations()


def judged(make: Make, number: int, value: float, disturbance: str | None = None) -> Attempt:
    return make.attempt(number, judge(make.ms(value), make.clause()), disturbance=disturbance)


def test_a_finding_says_all_that_a_reader_needs(make: Make) -> None:
    found = build_finding(make.clause(), [judged(make, 1, 41.3)], deviations=NONE, floor=0.4)
    assert found.verdict is Verdict.PASS
    assert found.scenario.endswith("test_silence")
    assert found.cell == make.cell
    assert (found.measured, found.unit, found.direction) == (41.3, "ms", "smaller")
    assert found.interval == (31.299999999999997, 51.3)
    assert found.limit == {"max": 300}
    assert found.floor == 0.4
    assert found.evidence == ("attempts/1/bob/tone.wav",)
    assert found.notes == ("n",)
    assert found.attempts == 1


def test_a_finding_is_about_the_cell_of_the_attempt_that_speaks(make: Make) -> None:
    last = replace(judged(make, 2, 50.0), cell=replace(make.cell, server="1.14.0"))
    found = build_finding(make.clause(), [judged(make, 1, 40.0), last], deviations=NONE)
    assert found.cell.server == "1.14.0"


def test_where_none_speaks_it_is_about_the_cell_of_the_last(make: Make) -> None:
    lacks = make.attempt(1, judge(unsupported("ms", "no such call"), make.clause()))
    last = replace(judged(make, 2, 50.0), cell=replace(make.cell, server="1.14.0"))
    found = build_finding(make.clause(), [lacks, last], deviations=NONE)

    assert (found.verdict, found.cell.server) == (Verdict.INCONCLUSIVE, "1.14.0")


def test_a_known_fail_stays_known_where_the_next_attempt_broke_before_anybody_joined(
    make: Make,
) -> None:
    failed = replace(judged(make, 1, 400.0), cell=replace(make.cell, sdk={"alice": "python 1.2.1"}))
    broke = replace(failed, number=2, cell=Cell(server="none"), results=(), error="no server")
    known = Deviation(
        id="D-1", clause=make.clause().id, sdk=("python 1.2.*",), reason="x", link="x"
    )
    found = build_finding(make.clause(), [failed, broke], deviations=Deviations([known]))

    assert (found.verdict, found.deviation, found.attempts) == (Verdict.FAIL, "D-1", 2)
    assert found.cell == failed.cell


def test_evidence_is_that_of_the_attempt_that_speaks(make: Make) -> None:
    attempts = [judged(make, 1, 400.0, "loop lag"), judged(make, 2, 50.0)]
    found = build_finding(make.clause(), attempts, deviations=NONE)
    assert found.evidence == ("attempts/2/bob/tone.wav",)
    assert found.seen == Seen(series=Series.LEVEL, file="attempts/2/bob/tone.wav", since_ns=7)
    assert found.attempts == 2
    assert found.reason.endswith("1 of 2 attempts set aside")
    assert found.remarks[0].endswith("; set aside, disturbed: loop lag")


def test_the_time_judged_is_that_of_the_attempt_that_speaks(make: Make) -> None:
    first, second = judged(make, 1, 400.0, "loop lag"), judged(make, 2, 50.0)
    timed = [
        replace(one, results=tuple(replace(r, window=(n, n + 9)) for r in one.results))
        for n, one in enumerate((first, second), start=100)
    ]
    assert build_finding(make.clause(), timed, deviations=NONE).window == (101, 110)
    assert build_finding(make.clause(), [first], deviations=NONE).window is None


def test_what_does_not_count_is_told_with_its_value(make: Make) -> None:
    found = build_finding(make.clause(), [judged(make, 1, 400.0, "loop lag")], deviations=NONE)
    assert (found.verdict, found.measured) == (Verdict.INCONCLUSIVE, 400.0)
    assert found.evidence == ("attempts/1/bob/tone.wav",)


def test_it_is_disturbed_when_no_attempt_had_a_quiet_machine(make: Make) -> None:
    busy, quiet = judged(make, 1, 400.0, "loop lag"), judged(make, 2, 50.0)
    assert build_finding(make.clause(), [busy], deviations=NONE).disturbed
    assert not build_finding(make.clause(), [busy, quiet], deviations=NONE).disturbed


def test_a_listed_fail_stays_a_fail(make: Make) -> None:
    known = Deviations([Deviation(id="d", clause="MUTE-002", reason="r", link="l")])
    found = build_finding(make.clause(), [judged(make, 1, 900)], deviations=known)
    assert (found.verdict, found.deviation) == (Verdict.FAIL, "d")


def test_an_attempt_that_broke_is_an_error_even_with_results(make: Make) -> None:
    broken = make.attempt(1, judge(make.ms(1), make.clause()), error="bob's worker died")
    assert trials_of("MUTE-002", [broken])[0].result.verdict is Verdict.ERROR
    found = build_finding(make.clause(), [broken], deviations=NONE)
    assert (found.verdict, found.reason) == (Verdict.ERROR, "bob's worker died")
    assert found.measured is None
    assert found.interval is None


def test_a_clause_without_a_judgement_is_an_error(make: Make) -> None:
    found = build_finding(make.clause(), [make.attempt(1)], deviations=NONE)
    assert found.verdict is Verdict.ERROR
    assert found.reason == "the scenario ended without a judgement of MUTE-002"


def test_one_open_clause_repeats_the_scenario(make: Make) -> None:
    done, waiting = make.clause(), make.clause("MUTE-008")
    first = make.attempt(1, judge(make.ms(41.3), done), judge(make.ms(299), waiting))
    why = needs_another([done, waiting], [first])
    assert why is not None
    assert why.startswith("MUTE-008: expected ≤ 300 ms, measured 299 ms")
    assert needs_another([done], [first]) is None
    assert needs_another([done, waiting], [first], most=1) is None
    assert needs_another([done], []) == "MUTE-002: there was no attempt"


def test_a_lower_bound_has_no_interval_and_says_so(make: Make) -> None:
    bound = judge(replace(make.ms(3000), at_least=True), make.clause())
    found = build_finding(make.clause(), [make.attempt(1, bound)], deviations=NONE)
    assert (found.verdict, found.measured, found.interval) == (Verdict.FAIL, 3000, None)
    assert found.notes[0].startswith("a lower bound: ")


def test_unsupported_without_a_measurement_was_not_tried(make: Make) -> None:
    clause = make.clause()
    assumed = ClauseResult(clause=clause.id, verdict=Verdict.UNSUPPORTED, reason="not ours")
    checked = judge(unsupported(clause.unit, "no such call"), clause)
    found = [
        build_finding(clause, [make.attempt(1, result)], deviations=NONE)
        for result in (assumed, checked)
    ]

    assert [finding.tried for finding in found] == [False, True]
