from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import permutations, product
from typing import TYPE_CHECKING

import numpy as np
import pytest
from scipy import stats

from harness.clauses.model import Clause, Limit
from harness.evidence.finding import ClauseResult, Verdict
from harness.evidence.measurement import Measurement, missing, unsupported
from harness.judging.decide import MAX_ATTEMPTS, Decision, Trial, decide
from harness.judging.disturbance import BESIDE
from harness.judging.judge import judge
from harness.statistics.bootstrap import median_interval
from harness.statistics.looks import ERROR_RATE

if TYPE_CHECKING:
    from tests.judging.conftest import Make

PASS, FAIL, ERROR = Verdict.PASS, Verdict.FAIL, Verdict.ERROR
OPEN, UNSUPPORTED = Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED
DECISIVE = {PASS, FAIL, UNSUPPORTED}

# letter → what the attempt gave: p/f clear, s straddling from below, t from above, m missing,
# e error, u unsupported, l at least 250, n at least 600; a capital letter is the same, disturbed
LETTERS = "pfstmeuln" + "PFSTMEULN"
VALUES = {"p": 200.0, "f": 400.0, "s": 295.0, "t": 305.0, "l": 250.0, "n": 600.0}


def result(make: Make, clause: Clause, letter: str) -> ClauseResult:
    kind = letter.lower()
    if kind == "e":
        return ClauseResult(clause=clause.id, verdict=ERROR, reason="the server ended")
    if kind == "m":
        return judge(missing("ms", "nothing was heard"), clause)
    if kind == "u":
        return judge(unsupported("ms", "no such method"), clause)
    return judge(replace(make.ms(VALUES[kind]), at_least=kind in "ln"), clause)


def decided(
    make: Make,
    letters: str,
    *,
    beside: int = 0,
    timing: bool = True,
    attempts: int = MAX_ATTEMPTS,
) -> Decision:
    """The decision after attempts of which the first `beside` ran beside others."""
    clause = make.clause(timing=timing)
    trials = [
        Trial(
            attempt=number,
            result=result(make, clause, letter),
            disturbance="loop lag" if letter.isupper() else None,
            beside=number <= beside,
        )
        for number, letter in enumerate(letters, start=1)
    ]
    return decide(clause, trials, attempts=attempts)


def sequences() -> Iterator[str]:
    for length in range(1, MAX_ATTEMPTS + 1):
        yield from map("".join, product(LETTERS, repeat=length))


def counts(letter: str, *, timing: bool) -> bool:
    if letter in "eEmM":
        return False
    return letter in "uUP" or letter.islower() or not timing


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [
        ("p", PASS),
        ("f", FAIL),
        ("u", UNSUPPORTED),
        ("U", UNSUPPORTED),
        ("s", None),
        ("m", None),
        ("e", None),
        ("P", PASS),  # a busy machine makes times longer, never shorter
        ("S", None),
        ("F", None),
        ("", None),
        ("sp", None),  # the worse of two straddles
        ("st", None),
        ("sf", FAIL),
        ("tp", None),
        ("pp", PASS),
        ("stp", OPEN),  # 295 is in the middle, and straddles
        ("spp", PASS),
        ("pf", FAIL),  # a second attempt that another clause asked for
        ("fp", FAIL),
        ("ep", PASS),
        ("ef", FAIL),
        ("mmp", PASS),
        ("mmm", OPEN),
        ("mem", ERROR),
        ("eee", ERROR),
        ("FFF", OPEN),
        ("FP", PASS),
        ("SSS", OPEN),
        ("SES", ERROR),
        ("up", None),
        ("ups", OPEN),
        ("uf", FAIL),
        ("sss", OPEN),
        ("l", None),
        ("lp", None),
        ("lpp", PASS),
        ("llp", OPEN),
        ("lf", FAIL),
        ("n", FAIL),
        ("N", None),  # it may have come for a moment, or not for as long as was asked for
    ],
)
def test_the_table(make: Make, letters: str, verdict: Verdict | None) -> None:
    assert decided(make, letters).verdict is verdict


def test_a_disturbance_voids_times_and_rates_only(make: Make) -> None:
    assert decided(make, "P", timing=False).verdict is PASS
    assert decided(make, "F", timing=False).verdict is FAIL


@pytest.mark.parametrize("timing", [True, False])
def test_every_sequence_keeps_the_promises(make: Make, timing: bool) -> None:
    for letters in sequences():
        decision = decided(make, letters, timing=timing)
        counted = [letter.lower() for letter in letters if counts(letter, timing=timing)]
        assert (decision.verdict is FAIL) == bool({"f", "n"} & set(counted)), letters
        if decision.verdict is PASS:
            assert counted, letters
            assert set(counted) <= set("pstl"), letters
            assert "p" in counted, letters
        if decision.verdict is UNSUPPORTED:
            assert set(counted) == {"u"}, letters
        if decision.verdict is ERROR:
            assert not counted, letters
            assert "e" in letters.lower(), letters
        assert (decision.verdict is None) <= (len(letters) < MAX_ATTEMPTS), letters
        assert decision.why, letters


@pytest.mark.parametrize("timing", [True, False])
def test_what_is_set_aside_never_changes_a_decision(make: Make, timing: bool) -> None:
    for letters in sequences():
        before = decided(make, letters, timing=timing)
        if before.verdict not in DECISIVE:
            continue
        for extra in (letter for letter in LETTERS if not counts(letter, timing=timing)):
            after = decided(make, letters + extra, timing=timing)
            assert after.verdict is before.verdict, letters + extra
            assert "set aside" in after.why, letters + extra


def test_the_order_of_attempts_does_not_matter(make: Make) -> None:
    for letters in sequences():
        verdict = decided(make, letters).verdict
        for other in permutations(letters):
            assert decided(make, "".join(other)).verdict is verdict, letters


def test_the_last_attempt_always_brings_a_verdict(make: Make) -> None:
    for letters in sequences():
        assert decided(make, letters, attempts=len(letters)).verdict is not None


def test_nothing_is_hidden(make: Make) -> None:
    decision = decided(make, "Fep")
    said = "expected ≤ 300 ms, measured 200 ms ± 10 (of 3 observations)"
    late = "expected ≤ 300 ms, measured 400 ms ± 10 (of 3 observations)"
    assert decision.why == f"{said}; 2 of 3 attempts set aside"
    assert decision.remarks == (
        f"attempt 1: {late}; set aside, disturbed: loop lag",
        "attempt 2: set aside, the server ended",
        f"attempt 3: PASS, {said}",
    )
    assert decision.speaker == 3


def test_a_fail_shows_what_failed_not_the_middle(make: Make) -> None:
    decision = decided(make, "ppf")
    assert decision.measurement is not None
    assert decision.measurement.value == 400
    assert decision.speaker == 3


def test_the_middle_one_of_three_speaks_for_itself(make: Make) -> None:
    decision = decided(make, "stp")
    assert decision.measurement == make.ms(295)
    assert decision.speaker == 1
    assert decision.why.endswith("the middle one of 3 attempts (295 ms, 305 ms, 200 ms)")


def test_the_worse_of_two_speaks_for_itself(make: Make) -> None:
    decision = decided(make, "pP")
    assert decision.verdict is PASS
    assert decision.why.endswith("the worse of 2 attempts (200 ms, 200 ms)")
    assert decided(make, "pl").speaker == 2
    assert decided(make, "lp").speaker == 1


@pytest.mark.parametrize(
    ("limit", "worse"),
    [
        (Limit(max=99), 69),
        (Limit(min=1), 32),
        (Limit(min=30, max=70), 69),
        (Limit(min=5, max=70), 69),
    ],
)
@pytest.mark.parametrize("values", [(32.0, 69.0), (69.0, 32.0)])
def test_which_is_worse_its_limit_says(
    make: Make, limit: Limit, worse: float, values: tuple[float, float]
) -> None:
    clause = replace(make.clause(), limit=limit)
    trials = [
        Trial(attempt=number, result=judge(replace(make.ms(value), error=0.0), clause))
        for number, value in zip((1, 3), values, strict=True)
    ]

    measured = decide(clause, trials).measurement

    assert measured is not None
    assert measured.value == worse


@pytest.mark.parametrize(
    ("limit", "open_ms", "speaker"), [(Limit(max=99), 32.0, 1), (Limit(min=1), 69.0, 3)]
)
def test_a_lower_bound_may_be_anything_above_it(
    make: Make, limit: Limit, open_ms: float, speaker: int
) -> None:
    clause = replace(make.clause(), limit=limit)
    values = (replace(make.ms(open_ms), error=0.0, at_least=True), replace(make.ms(50), error=0.0))
    trials = [
        Trial(attempt=number, result=judge(value, clause))
        for number, value in zip((1, 3), values, strict=True)
    ]

    assert decide(clause, trials).speaker == speaker


def test_who_speaks_is_the_first_that_had_no_method_and_the_last_that_broke(make: Make) -> None:
    assert decided(make, "uu").speaker == 1
    assert decided(make, "eme").speaker == 3


def test_a_single_attempt_needs_no_remark(make: Make) -> None:
    assert decided(make, "p").remarks == ()
    assert decided(make, "m").why == "nothing was heard"


@pytest.mark.parametrize(
    ("letters", "verdict"),
    [
        ("p", PASS),
        ("P", PASS),
        ("u", UNSUPPORTED),
        ("f", None),  # what ran beside it may have brought it about
        ("n", None),
        ("s", None),
        ("e", None),
        ("fp", PASS),
        ("ff", FAIL),
        ("pf", FAIL),
        ("fsss", OPEN),
        ("fss", None),
        ("emp", PASS),
        ("eeee", ERROR),
        ("fFFF", OPEN),
    ],
)
@pytest.mark.parametrize("timing", [True, False])
def test_an_attempt_beside_others_can_only_speak_well(
    make: Make, letters: str, verdict: Verdict | None, *, timing: bool
) -> None:
    if "F" in letters and not timing:
        return
    assert decided(make, letters, beside=1, timing=timing).verdict is verdict


@pytest.mark.parametrize("timing", [True, False])
def test_what_is_set_aside_beside_others_changes_nothing(make: Make, timing: bool) -> None:
    for alone in sequences():
        verdict = decided(make, alone, timing=timing).verdict
        for letter in "fFnNsStTlLmM":
            after = decided(make, letter + alone, beside=1, timing=timing)
            assert after.verdict is verdict, letter + alone


@pytest.mark.parametrize("timing", [True, False])
def test_no_attempt_beside_others_hides_a_failure_or_makes_one(make: Make, timing: bool) -> None:
    for alone in sequences():
        failed = decided(make, alone, timing=timing).verdict is FAIL
        for letter in LETTERS:
            after = decided(make, letter + alone, beside=1, timing=timing).verdict
            assert (after is FAIL) == failed, letter + alone


def test_attempts_that_never_get_to_be_alone_come_to_an_end(make: Make) -> None:
    for letter in LETTERS:
        after = decided(make, letter * (MAX_ATTEMPTS + 1), beside=MAX_ATTEMPTS + 1)
        assert after.verdict not in (None, FAIL), letter


def test_what_ran_beside_others_is_said(make: Make) -> None:
    decision = decided(make, "Fp", beside=1)

    assert decision.why.endswith("; 1 beside others set aside")
    assert decision.remarks[0].startswith("attempt 1: expected")
    assert decision.remarks[0].endswith("; set aside, not alone: loop lag")
    assert BESIDE in decided(make, "f", beside=1).why
    assert decided(make, "fF", beside=1).why.endswith(
        "; 1 of 1 attempts set aside, and 1 beside others"
    )


def sampled(random: np.random.Generator, truth: float) -> Measurement:
    """The median of 300 times that depend on each other, around `truth`."""
    noise = random.normal(0, 20, 305)
    values = truth + np.convolve(noise, np.full(6, 6**-0.5), mode="valid")
    return Measurement(
        value=float(np.median(values)), unit="ms", sampling=median_interval(values), rests_on=300
    )


def test_looking_three_times_is_wrong_as_rarely_as_stated(make: Make) -> None:
    clause, random = make.clause(), np.random.default_rng(9)

    def verdict() -> Verdict | None:
        trials: list[Trial] = []
        while (decision := decide(clause, trials)).verdict is None or not trials:
            result = judge(sampled(random, 300.0), clause)
            trials.append(Trial(attempt=len(trials) + 1, result=result))
        return decision.verdict

    verdicts = [verdict() for _ in range(300)]
    # A truth on the limit itself is the hardest: whichever side is wrong, it is so in 5 % at most,
    # and by chance of these 300 in 9 % at most.
    assert verdicts.count(FAIL) <= upper_count(300, ERROR_RATE)
    assert verdicts.count(PASS) <= upper_count(300, ERROR_RATE)
    assert verdicts.count(OPEN) > 0


def upper_count(trials: int, rate: float) -> int:
    """What `trials` of a rate exceed in one of a thousand cases."""
    return int(stats.binom.ppf(0.999, trials, rate))


def test_where_values_are_equal_what_is_open_is_worse(make: Make) -> None:
    trials = [
        Trial(
            attempt=number,
            result=judge(Measurement(value=295.0, unit="ms", sampling=interval), make.clause()),
        )
        for number, interval in enumerate([(290.0, 296.0), (280.0, 310.0)], start=1)
    ]

    assert decide(make.clause(), trials).verdict is None
    assert decide(make.clause(), trials[::-1]).verdict is None
