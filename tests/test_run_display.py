"""What is shown while a run goes on: on a terminal, off it, and by several processes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.request import urlopen

import pytest

from harness import run_display
from harness.run.progress import Ended
from harness.run_display import CLEAR, Display
from tests.following.runs import Written, begins, played, store
from tests.following.test_follower import START

OVER = Ended(verdict="PASS", text="own: it (1 s)  OWN-001", failed=False, total=3)


class Reporter:
    """Stands at pytest's own: keeps what is written."""

    showfspath = True

    def __init__(self, *, isatty: bool) -> None:
        self.isatty = isatty
        self.lines: list[str] = []
        self.shown: list[str] = []
        self.width_of_current_line = 0

    def rewrite(self, line: str, *, erase: bool = False) -> None:
        self.shown.append(line)

    def write_line(self, line: str) -> None:
        self.lines.append(line)

    def flush(self) -> None:
        pass


def display(
    reporter: Reporter | None, *, watch: bool = False, worker: str | None = None
) -> Display:
    plugins = {"terminalreporter": reporter}
    config: Any = SimpleNamespace(
        getoption=lambda name: {"lk_watch": watch}[name],
        pluginmanager=SimpleNamespace(get_plugin=plugins.get),
        get_terminal_writer=lambda: reporter,
    )
    if worker is not None:
        config.workerinput = {"workerid": worker}
    made = Display(cast("pytest.Config", config))
    made.total = 3
    return made


def test_a_line_begins_behind_no_other() -> None:
    reporter = Reporter(isatty=False)
    reporter.width_of_current_line = 80  # pytest's own [100%]

    display(reporter).say("calibration after the run")

    assert reporter.lines == ["", "calibration after the run"]


def test_off_a_terminal_only_what_ended_is_said(tmp_path: Path) -> None:
    reporter = Reporter(isatty=False)
    shows = display(reporter)
    shows.follow(tmp_path)
    shows.begins("own.py::test_it")
    shows.ended("own.py::test_it", OVER)
    shows.close()

    assert reporter.lines == ["PASS           1/3 own: it (1 s)  OWN-001"]
    assert reporter.shown == []


def test_on_a_terminal_what_runs_is_shown_below(tmp_path: Path) -> None:
    reporter = Reporter(isatty=True)
    shows = display(reporter)
    shows.follow(tmp_path)
    shows.begins("a.py::test_it")
    shows.begins("b.py::test_it")
    shows.begins("b.py::test_it")
    assert reporter.shown[-1] == "running 2/3 b: it and 1 more"
    shows.ended("a.py::test_it", Ended(verdict="FAIL", text="a: it", failed=True, total=4))
    assert reporter.lines == ["FAIL           1/4 a: it"]
    assert reporter.shown[-1] == "running 2/4 b: it, 1 failed so far"
    shows.leaves("b.py::test_it")
    shows.leaves("b.py::test_it")
    reporter.shown.clear()
    shows.say("livekit-server from PATH")
    assert set(reporter.shown) == {""}, "only what takes away the line that was there"


def test_how_long_still_comes_from_the_record(tmp_path: Path) -> None:
    written = Written(tmp_path)
    store(tmp_path, 1, *played("a", 0, 60), *played("b", 60, 120))
    written.write(START, begins("a", 0))
    reporter = Reporter(isatty=True)
    shows = display(reporter)
    shows.follow(written.path)
    shows.begins("a")

    assert reporter.shown[-1].startswith("running 1/3 a, about ")
    assert reporter.shown[-1].endswith(" to go")


def test_the_page_is_served_from_its_address_until_the_end(tmp_path: Path) -> None:
    reporter = Reporter(isatty=False)
    shows = display(reporter, watch=True)
    shows.follow(tmp_path / "run")
    [line] = reporter.lines
    address = line.removeprefix("follow this run: ")
    with urlopen(address, timeout=20) as page:
        assert b"livekit-harness" in page.read()
    shows.close()
    shows.close()
    with pytest.raises(OSError, match="refused"):
        urlopen(address, timeout=20)


def test_a_page_that_cannot_be_served_is_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: object) -> None:
        raise OSError(1, "not permitted")

    monkeypatch.setattr(run_display, "PageServer", refuse)
    with pytest.raises(pytest.UsageError, match=r"no page can be served .*: not permitted"):
        display(Reporter(isatty=False), watch=True).follow(tmp_path)


def test_of_several_processes_the_first_speaks_and_none_serves(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for worker in ("gw0", "gw1"):
        shows = display(Reporter(isatty=False), watch=True, worker=worker)
        shows.follow(tmp_path)
        shows.say(f"of {worker}")
    assert capsys.readouterr() == ("", "of gw0\n")


def test_what_a_process_says_on_a_terminal_is_not_glued_to_what_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    display(Reporter(isatty=False), worker="gw0").say("a line")
    assert capsys.readouterr().err == f"{CLEAR}a line\n"


def test_without_the_terminal_plugin_nothing_is_said(tmp_path: Path) -> None:
    shows = display(None)
    shows.follow(tmp_path)
    shows.hide_files()
    shows.begins("a")
    shows.ended("a", OVER)


def test_each_scenario_has_a_line_in_place_of_its_file() -> None:
    reporter = Reporter(isatty=False)
    display(reporter).hide_files()

    assert reporter.showfspath is False
