from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.clauses.model import Clause, EvidenceKind, Limit
from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import unsupported
from harness.judging.deviations import Deviation, Deviations
from harness.judging.judge import judge
from harness.judging.load import counts_beside, holds_all_the_same, load_words, may_run_beside

if TYPE_CHECKING:
    from tests.judging.conftest import Make

API, DECODED, EVENTS = EvidenceKind.API, EvidenceKind.DECODED, EvidenceKind.EVENTS
MOST, LEAST, BAND = Limit(max=300), Limit(min=300), Limit(min=200, max=300)

# unit, timing, limit, evidence → whether a PASS counts, whether a FAIL does
KINDS: dict[str, tuple[str, bool, Limit, tuple[EvidenceKind, ...], bool, bool]] = {
    "longest time": ("ms", True, MOST, (DECODED,), True, False),
    "longest time of a call": ("ms", True, MOST, (API,), True, False),
    "time of what should not be": ("ms", True, MOST, (DECODED,), False, False),
    "least time": ("ms", True, LEAST, (DECODED,), False, False),
    "time in a band": ("ms", True, BAND, (DECODED,), False, False),
    "rate": ("kbps", True, MOST, (DECODED,), False, False),
    "ratio that is a rate": ("ratio", True, MOST, (DECODED,), False, False),
    "share that load spoils": ("ratio", True, LEAST, (DECODED,), True, False),
    "count of media": ("frames", False, MOST, (DECODED,), True, False),
    "share of media": ("ratio", False, LEAST, (DECODED,), True, False),
    "events": ("events", False, MOST, (EVENTS,), True, False),
    "calls": ("calls", False, MOST, (API,), True, True),
    "calls and media": ("calls", False, MOST, (API, DECODED), True, False),
}

ONLY_WORSE = {"longest time", "longest time of a call", "share that load spoils"}


def clause(make: Make, kind: str) -> Clause:
    unit, timing, limit, evidence, _, _ = KINDS[kind]
    judged = make.clause(unit=unit, timing=timing, limit=limit)
    return replace(judged, evidence=evidence, only_worse_under_load=kind in ONLY_WORSE)


def result(make: Make, clause: Clause, value: float, *, at_least: bool = False) -> ClauseResult:
    return judge(replace(make.ms(value), unit=clause.unit, at_least=at_least), clause)


def good_and_bad(make: Make, clause: Clause) -> tuple[ClauseResult, ClauseResult]:
    """A clear PASS and a clear FAIL."""
    low, inside, high = (result(make, clause, value) for value in (100, 250, 500))
    if clause.limit == LEAST:
        return high, low
    return inside, high


@pytest.mark.parametrize("kind", KINDS)
def test_what_counts_beside_others(make: Make, kind: str) -> None:
    *_, passes, fails = KINDS[kind]
    good, bad = good_and_bad(make, clause(make, kind))

    assert (good.verdict, bad.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert counts_beside(clause(make, kind), good) is passes
    assert counts_beside(clause(make, kind), bad) is fails


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_on_the_limit_counts_only_where_all_does(make: Make, kind: str) -> None:
    judged = clause(make, kind)
    straddles = result(make, judged, 300)

    assert straddles.verdict is Verdict.INCONCLUSIVE
    assert counts_beside(judged, straddles) is KINDS[kind][-1]


@pytest.mark.parametrize("kind", KINDS)
def test_what_a_check_did_not_find_is_not_there_under_load_either(make: Make, kind: str) -> None:
    judged = clause(make, kind)

    assert counts_beside(judged, judge(unsupported(judged.unit, "no such call"), judged))


@pytest.mark.parametrize("kind", KINDS)
def test_it_may_run_beside_others_where_its_pass_counts(make: Make, kind: str) -> None:
    judged = clause(make, kind)
    *_, passes, fails = KINDS[kind]
    listed = Deviations([Deviation(id="D", clause=judged.id, reason="known", link="none")])

    assert may_run_beside([judged], Deviations()) is passes
    assert may_run_beside([judged], listed) is fails
    assert may_run_beside([clause(make, "calls"), judged], Deviations()) is passes


def test_a_share_that_load_spoils_holds_where_it_was_reached_all_the_same(make: Make) -> None:
    judged = clause(make, "share that load spoils")
    good, bad = good_and_bad(make, judged)

    assert holds_all_the_same(judged, good)
    assert not holds_all_the_same(judged, bad)


def test_what_never_came_does_not_count_either_where_the_machine_was_busy(make: Make) -> None:
    judged = clause(make, "longest time")

    assert not holds_all_the_same(judged, result(make, judged, 900, at_least=True))
    assert not counts_beside(judged, result(make, judged, 900, at_least=True))


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_in_the_sdk_is_not_there_in_a_disturbance_either(make: Make, kind: str) -> None:
    judged = clause(make, kind)

    assert holds_all_the_same(judged, judge(unsupported(judged.unit, "no such call"), judged))


@pytest.mark.parametrize(
    "kind", ["time of what should not be", "least time", "time in a band", "rate"]
)
def test_no_other_time_or_rate_holds_in_a_disturbance(make: Make, kind: str) -> None:
    judged = clause(make, kind)

    assert not any(holds_all_the_same(judged, one) for one in good_and_bad(make, judged))


@pytest.mark.parametrize(
    ("kind", "attempts", "said"),
    [
        ("longest time", [(500, None)], "does not explain it: the attempt was not disturbed"),
        (
            "longest time",
            [(500, "busy"), (500, None)],
            "does not explain it: attempt 2 failed undisturbed",
        ),
        (
            "count of media",
            [(500, None), (500, None)],
            "does not explain it: attempts 1 and 2 failed undisturbed",
        ),
        (
            "count of media",
            [(500, "busy")],
            "no time or rate, so it counts under load, too; each attempt that failed was disturbed",
        ),
        ("longest time", [(100, None)], ""),
        ("longest time", [(500, "busy")], ""),
    ],
)
def test_whether_load_explains_a_failure(
    make: Make, kind: str, attempts: list[tuple[float, str | None]], said: str
) -> None:
    judged = clause(make, kind)
    played = [
        make.attempt(number, result(make, judged, value), disturbance=disturbance)
        for number, (value, disturbance) in enumerate(attempts, start=1)
    ]

    assert load_words(judged, played) == said
