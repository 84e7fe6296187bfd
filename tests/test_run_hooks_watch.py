"""Runs that are followed in a browser, with the seams below the run replaced."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest

from harness.evidence.run_event import PlannedCell, RunStarted
from harness.evidence.run_events import read_events
from harness.following import page_server
from tests.test_run_hooks_beside import MEETS, scenario

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

LIMIT_S = 60
SAYS = "follow this run: "
ASKS = """
import json, urllib.request

async def asked(address):
    def ask():
        with urllib.request.urlopen(address + "state.json", timeout=20) as answer:
            return json.load(answer)
    told = await asyncio.to_thread(ask)
    return sorted(one["scenario"] for one in told["running"]), told["total"]
"""
PAGE = 'pytestconfig.pluginmanager.get_plugin("livekit-harness-run")._display._page.url'


@pytest.fixture
def fake(project: Project) -> Project:
    """A project whose runs start nothing: see `tests/inner/fake_run.py`."""
    project.fake()
    return project


def test_the_page_tells_what_runs_while_it_runs(
    fake: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(page_server, "WATCHED_S", 0.0)  # nobody will ask for the end
    alone = scenario(
        "alone",
        f"running, total = await asked({PAGE})",
        'judge("OWN-001", fact, running == ["test_own.py::test_alone"] and total == 1, "x")',
    )
    fake.scenarios(MEETS + ASKS + alone.replace("(stage, judge)", "(stage, judge, pytestconfig)"))
    result = fake.run("--lk-watch")

    assert result.ret == 0
    assert sum(SAYS in line for line in result.outlines) == 1
    [start] = read_events(fake.folder).of(RunStarted)
    assert start.cells == (PlannedCell(scenario="test_own.py::test_alone", beside=True),)


def end_of(address: str) -> dict[str, Any]:
    """What who looks is told last: the end of the run waits for that."""
    for _ in range(100_000):
        with urlopen(f"{address}state.json", timeout=LIMIT_S) as answer:
            told: dict[str, Any] = json.load(answer)
        if told["has_report"]:
            return told
    raise AssertionError("the run does not end")


def test_the_page_tells_what_all_processes_do_and_the_end(fake: Project) -> None:
    both = '["test_own.py::test_first", "test_own.py::test_second"]'
    waits = "while not pathlib.Path('address').exists(): await asyncio.sleep(0.01)"
    fake.scenarios(
        MEETS
        + ASKS
        + scenario(
            "first",
            "await meet('a', 'b')",
            waits,
            "running, total = await asked(pathlib.Path('address').read_text())",
            "await meet('c')",
            f'judge("OWN-001", fact, running == {both} and total == 2, "x")',
        )
        + scenario(
            "second", "await meet('b', 'a', 'c')", 'judge("OWN-002", fact, True, "x")',
            clause="OWN-002",
        )
    )  # fmt: skip
    command = [sys.executable, "-m", "pytest", "-n", "2", "--lk-watch"]
    run = fake.pytester.popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    said = []
    with run:
        for line in run.stdout:
            if SAYS in line:
                said.append(line.partition(SAYS)[2].strip())
                fake.write(".address", said[0]).rename(fake.path / "address")
            if "2/2 test_own" in line:
                break
        told = end_of(said[0])
        assert SAYS not in run.stdout.read()
        assert run.wait(LIMIT_S) == 0

    assert len(said) == 1
    assert (told["phase"], told["exit_code"], told["done"]) == ("ended", 0, 2)
    assert [row["letter"] for row in told["rows"]] == ["P", "P"]
    assert fake.verdicts == {"OWN-001": "PASS", "OWN-002": "PASS"}


@pytest.mark.parametrize("args", [("--collect-only",), ("-k", "nothing")])
def test_where_nothing_runs_nothing_is_served(fake: Project, args: tuple[str, ...]) -> None:
    fake.scenarios(scenario("it", 'judge("OWN-001", fact, True, "x")'))
    result = fake.run("--lk-watch", *args)

    result.stdout.no_fnmatch_line(f"*{SAYS}*")
