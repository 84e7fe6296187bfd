from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harness.evidence.finding import Cell, Finding, Verdict
from harness.evidence.history import PastRun
from harness.judging.flips import FlipCount, Setting, count_flips, series_of

if TYPE_CHECKING:
    from tests.judging.conftest import Make

VERDICTS = {
    "p": Verdict.PASS,
    "f": Verdict.FAIL,
    "i": Verdict.INCONCLUSIVE,
    "e": Verdict.ERROR,
    "u": Verdict.UNSUPPORTED,
}


def past(*findings: Finding, name: str = "run", load: str = "") -> PastRun:
    return PastRun(name=name, load=load, findings=findings)


def runs(make: Make, letters: str) -> list[PastRun]:
    """One run a letter, with one finding; a capital letter is a run under load."""
    return [
        past(
            make.finding(verdict=VERDICTS[letter.lower()]),
            name=f"run{number}",
            load="a busy core" if letter.isupper() else "",
        )
        for number, letter in enumerate(letters, start=1)
    ]


@pytest.mark.parametrize(
    ("letters", "repeats", "flips"),
    [
        ("", 0, 0),
        ("p", 0, 0),
        ("ppp", 2, 0),
        ("fff", 2, 0),
        ("ppf", 2, 1),
        ("pfp", 2, 2),
        ("pieup", 1, 0),
        ("pif", 1, 1),
    ],
)
def test_a_flip_is_a_repeat_that_says_the_other(
    make: Make, letters: str, repeats: int, flips: int
) -> None:
    counted = count_flips(series_of(runs(make, letters)))
    assert counted == FlipCount(repeats=repeats, flips=flips)


def test_what_was_not_judged_hides_nothing_that_comes_after_it_in_the_run(make: Make) -> None:
    open_first = [make.finding(verdict=Verdict.INCONCLUSIVE), make.finding("MUTE-003")]
    counted = count_flips(series_of([past(*open_first, name="one"), past(*open_first, name="two")]))
    assert counted == FlipCount(repeats=1, flips=0)


@pytest.mark.parametrize(
    ("letters", "under_load", "without"),
    [
        ("pPpP", (2, 0), (1, 0)),
        ("pFpFp", (2, 2), (2, 0)),  # it fails whenever the machine is busy: twice, not four times
        ("pFFFp", (3, 3), (1, 0)),
        ("PPF", (2, 1), (0, 0)),  # nothing else to compare with
        ("Pp", (0, 0), (0, 0)),
        ("Fpf", (0, 0), (1, 1)),
        ("ffP", (1, 1), (1, 0)),
    ],
)
def test_a_verdict_under_load_is_compared_with_the_last_without(
    make: Make, letters: str, under_load: tuple[int, int], without: tuple[int, int]
) -> None:
    series = series_of(runs(make, letters))
    loaded = count_flips(series, of=lambda repeat: bool(repeat.after.load))
    rest = count_flips(series, of=lambda repeat: not repeat.after.load)
    assert (loaded.repeats, loaded.flips) == under_load
    assert (rest.repeats, rest.flips) == without


def test_a_known_deviation_that_fails_again_is_none_and_one_that_passes_is(make: Make) -> None:
    known = make.finding(verdict=Verdict.FAIL, deviation="known")
    passed = make.finding(verdict=Verdict.PASS, deviation="known")
    assert count_flips(series_of([past(known), past(known)])).flips == 0
    assert count_flips(series_of([past(known), past(passed)])).flips == 1


def test_a_flip_names_its_runs(make: Make) -> None:
    (series,) = series_of(runs(make, "ppf"))
    (flip,) = [repeat for repeat in series.repeats if repeat.flipped]
    assert (flip.before.run, flip.after.run) == ("run2", "run3")
    assert flip.after.finding.verdict is Verdict.FAIL


CELL = Cell(server="1.13.5", sdk={"alice": "python 1.2.0"})


@pytest.mark.parametrize(
    ("other", "repeats"),
    [
        (replace(CELL, seed=5), 1),
        (replace(CELL, sdk={"bob": "python 1.2.0"}), 1),
        (replace(CELL, server="1.14.0"), 0),
        (replace(CELL, sdk={"alice": "python 1.3.0"}), 0),
        (replace(CELL, profile="3g"), 0),
        (replace(CELL, sabotage="swallow-mute"), 0),
    ],
)
def test_only_the_same_setting_is_compared(make: Make, other: Cell, repeats: int) -> None:
    before = replace(make.finding(), cell=CELL)
    after = replace(make.finding(verdict=Verdict.FAIL), cell=other)
    counted = count_flips(series_of([past(before), past(after)]))
    assert counted == FlipCount(repeats=repeats, flips=repeats)


def test_only_the_same_scenario_and_limit_are_compared(make: Make) -> None:
    found = replace(make.finding(), limit={"max": 300.0})
    moved = replace(found, verdict=Verdict.FAIL, limit={"max": 200.0})
    elsewhere = replace(found, verdict=Verdict.FAIL, scenario="scenarios/other.py::test_it")
    series = series_of([past(found), past(moved, elsewhere)])
    assert len(series) == 3
    assert count_flips(series).repeats == 0


def test_a_setting_names_each_sdk_once(make: Make) -> None:
    (series,) = series_of(runs(make, "p"))
    assert series.setting == Setting(server="1.13.5", sdk=("python 1.2.0",), profile="clean")


def test_the_bound_is_that_of_repeats() -> None:
    assert FlipCount(repeats=0, flips=0).at_most_ratio == 1
    assert FlipCount(repeats=20, flips=0).at_most_ratio == pytest.approx(0.1391, abs=1e-4)
