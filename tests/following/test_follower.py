from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from harness.evidence.run_event import PlannedCell
from tests.following.runs import begins, played, store
from tests.report.conftest import started

if TYPE_CHECKING:
    from tests.following.runs import Written

START = replace(started(), cells=tuple(PlannedCell(scenario=name) for name in "ab"))


def test_a_run_that_has_not_begun_is_followed_too(written: Written) -> None:
    assert written.follower.to_go() is None
    assert written.follower.look(lambda followed, now_ns: (followed.total, now_ns)) == (0, 0)


def test_time_to_go_comes_from_stored_runs_and_goes_down(written: Written) -> None:
    store(written.path.parent, 1, *played("a", 0, 60), *played("b", 60, 120))
    written.write(START, begins("a", 0, number=1))
    words = []
    for now_s in (0, 4, 30, 60):
        written.now_s = now_s
        made = written.follower.to_go()
        assert made is not None
        words.append(round(made.seconds))
    assert words == [180, 180, 150, 120], "made anew after some seconds"
    written.write(*played("a", 0, 61)[2:])
    written.now_s = 61
    made = written.follower.to_go()
    assert made is not None
    assert round(made.seconds) == 121, "and as soon as a scenario is over"


def test_lines_that_hold_nothing_are_counted(written: Written) -> None:
    written.write(START)
    with (written.path / "events.ndjson").open("ab") as stream:
        stream.write(b"nonsense\n")
    written.follower.to_go()

    assert written.follower.unreadable == 1
