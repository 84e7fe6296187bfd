from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.finding import Verdict
from harness.run.progress import (
    WIDTH,
    Ended,
    canary_ended,
    cell_ended,
    ended,
    finished_line,
    running_line,
)
from harness.sabotage.sabotage import Sabotage

if TYPE_CHECKING:
    from tests.run.conftest import Make

SCENARIO = "scenarios/muting/test_microphone.py::test_silence"


def line(make: Make, *found: tuple[str, Verdict, str | None]) -> str:
    findings = [make.finding(name, verdict, deviation=listed) for name, verdict, listed in found]
    over = ended(SCENARIO, findings, seconds=8.4, failed=False, total=17)
    return finished_line(3, over)


def test_a_finished_scenario_is_one_line_worst_verdict_first(make: Make) -> None:
    assert line(make, ("A-001", Verdict.PASS, None), ("A-002", Verdict.FAIL, None)) == (
        "FAIL           3/17 muting/test_microphone: silence (8 s)  A-001 A-002=FAIL"
    )


@pytest.mark.parametrize(
    ("found", "worst"),
    [
        ([], "NO FINDING"),
        ([("A-001", Verdict.PASS, None)], "PASS"),
        ([("A-001", Verdict.FAIL, "D-1")], "DEVIATION"),
        ([("A-001", Verdict.FAIL, "D-1"), ("A-002", Verdict.PASS, None)], "PASS"),
        ([("A-001", Verdict.PASS, "D-1"), ("A-002", Verdict.PASS, None)], "PASS (!)"),
        ([("A-001", Verdict.PASS, "D-1"), ("A-002", Verdict.INCONCLUSIVE, None)], "PASS (!)"),
        ([("A-001", Verdict.PASS, "D-1"), ("A-002", Verdict.FAIL, None)], "FAIL"),
        ([("A-001", Verdict.ERROR, None), ("A-002", Verdict.FAIL, None)], "ERROR"),
        ([("A-001", Verdict.UNSUPPORTED, None), ("A-002", Verdict.PASS, None)], "UNSUPPORTED"),
        ([("A-001", Verdict.INCONCLUSIVE, None), ("A-002", Verdict.FAIL, None)], "FAIL"),
    ],
)
def test_the_worst_that_is_not_explained_comes_first(
    make: Make, found: list[tuple[str, Verdict, str | None]], worst: str
) -> None:
    assert line(make, *found)[:12].rstrip() == worst


def test_a_known_deviation_is_named(make: Make) -> None:
    assert line(make, ("A-001", Verdict.FAIL, "D-1")).endswith("A-001=known:D-1")


def test_a_pass_that_was_expected_to_fail_says_so(make: Make) -> None:
    said = line(make, ("A-001", Verdict.PASS, "D-1"), ("A-002", Verdict.PASS, None))
    assert said.endswith("A-001=PASS(expected FAIL:D-1) A-002")


@pytest.mark.parametrize(
    ("verdict", "disturbed", "word"),
    [
        (Verdict.FAIL, False, "AS DECLARED"),
        (Verdict.PASS, True, "MISSED HERE"),
        (Verdict.INCONCLUSIVE, False, "MISSED HERE"),
        (Verdict.INCONCLUSIVE, True, "UNDECIDED"),
    ],
)
def test_a_cell_says_whether_it_is_as_declared(
    make: Make, verdict: Verdict, disturbed: bool, word: str
) -> None:
    found = [replace(make.finding("A-001", verdict), disturbed=disturbed)]
    mute = Sabotage(name="mute", breaks="x", kills=frozenset({"A-001"}))
    over = cell_ended(SCENARIO, mute, found, seconds=1.0, total=2)

    assert over.verdict == word
    assert over.text.endswith(f"A-001={verdict}")
    assert over.failed is (word != "AS DECLARED")


@pytest.mark.parametrize(
    ("verdict", "word", "became"),
    [
        (Verdict.FAIL, "PASS", "noticed"),
        (Verdict.PASS, "ERROR", "not noticed"),
        (Verdict.UNSUPPORTED, "INCONCLUSIVE", "could not be judged"),
        (Verdict.ERROR, "INCONCLUSIVE", "could not be judged"),
    ],
)
def test_a_canary_says_whether_it_was_noticed_and_not_what_it_was(
    verdict: Verdict, word: str, became: str
) -> None:
    over = canary_ended(verdict, seconds=1.0, total=2)

    assert (over.verdict, over.text) == (word, f"the canary (1 s)  {became}")
    assert over.failed is (verdict is not Verdict.FAIL)


def test_what_ended_passes_from_process_to_process(make: Make) -> None:
    findings = [make.finding("A-001", Verdict.FAIL)]
    over = ended(SCENARIO, findings, seconds=1.0, failed=True, total=2)

    assert msgspec.convert(msgspec.to_builtins(over), Ended) == over
    assert over.failed


def test_what_runs_is_said_with_how_far_and_how_long_still() -> None:
    said = running_line(number=3, total=17, scenario=SCENARIO, failed=0)

    assert said == "running 3/17 muting/test_microphone: silence"
    assert running_line(number=3, total=17, scenario="own.py::test_it", failed=2).endswith(
        "own: it, 2 failed so far"
    )
    assert running_line(
        number=3, total=17, scenario="own.py::test_it", others=2, failed=0,
        to_go="about 4 min to go",
    ) == "running 3/17 own: it and 2 more, about 4 min to go"  # fmt: skip


@given(
    scenario=st.text(max_size=300),
    failed=st.integers(0, 10**6),
    others=st.integers(0, 99),
    width=st.integers(1, 200),
)
def test_what_runs_fits_on_a_line_and_its_name_makes_room_for_the_rest(
    scenario: str, failed: int, others: int, width: int
) -> None:
    said = running_line(
        number=1, total=1, scenario=scenario, others=others, failed=failed,
        to_go="some time to go", width=width,
    )  # fmt: skip

    assert len(said) <= min(width, WIDTH)
    assert width < 75 or said.endswith(", some time to go")
