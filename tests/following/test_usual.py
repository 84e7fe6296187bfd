from __future__ import annotations

from pathlib import Path

from harness.following.followed import Key
from harness.following.to_go import CellTime
from harness.following.usual import usual_times
from tests.following.runs import NAME, Written, attempted, begins, played, store

A, B, C = (Key(name, "clean", None) for name in "abc")
TWO, THREE, FOUR = (CellTime(first_s=seconds) for seconds in (2.0, 3.0, 4.0))


def test_the_newest_run_that_has_a_cell_tells_its_time(tmp_path: Path, written: Written) -> None:
    reports = tmp_path / "reports"
    store(reports, 1, *played("a", 0, 4), *played("b", 4, 4))
    store(reports, 2, *played("a", 0, 2))
    written.write(*played("c", 0, 3))

    assert usual_times(reports, {A, B, C}, without=written.path) == {A: TWO, B: FOUR}
    assert usual_times(reports, {A}, without=Path(NAME)) == {A: TWO}
    assert usual_times(reports / "nowhere", {A}, without=Path(NAME)) == {}


def test_a_scenario_that_was_cut_tells_nothing(tmp_path: Path) -> None:
    store(tmp_path / "reports", 1, *played("a", 0, 3))
    store(tmp_path / "reports", 2, begins("a", 0), begins("a", 0, number=1), attempted("a", 1))

    assert usual_times(tmp_path / "reports", {A}, without=Path(NAME)) == {A: THREE}
