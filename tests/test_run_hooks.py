"""The hooks of a run, in projects of their own, with the seams below it replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harness.evidence.run_event import RunFinished, RunStarted
from harness.evidence.run_events import read_events

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]


@pytest.fixture
def fake(project: Project) -> Project:
    """A project whose runs start nothing: see `tests/inner/fake_run.py`."""
    project.fake()
    return project


def scenario(*body: str, clauses: str = '"OWN-001"', name: str = "it", more: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body)
    return f"@clause({clauses})\nasync def test_{name}(stage, judge{more}):\n{lines}\n"


HOLDS = scenario('judge("OWN-001", fact, True, "x")')
FAILS = scenario('judge("OWN-001", fact, False, "x")')
OPEN = 'judge("{}", missing, "bool", "nobody recorded")'

ENDS = {
    "holds": (HOLDS, 0, {"passed": 1}, {"OWN-001": "PASS"}, "CONFORMANT: *"),
    "fails": (FAILS, 1, {"failed": 1}, {"OWN-001": "FAIL"}, "NOT CONFORMANT: 1 FAIL"),
    "never judges": (
        scenario("pass"), 10, {"failed": 1}, {"OWN-001": "ERROR"},
        "*declares this clause but never judged it*",
    ),
    "judges the undeclared": (
        scenario('judge("OWN-002", fact, True, "x")'), 10, {"failed": 1}, {"OWN-001": "ERROR"},
        "*MisusedJudge: OWN-002 is judged but not declared*",
    ),
    "raises": (
        scenario('raise ValueError("mine")'), 10, {"failed": 1}, {"OWN-001": "ERROR"},
        "OWN-001 ERROR: ValueError: mine (test_own.py:*; see attempts/*/traceback.txt)",
    ),
    "must, open": (
        scenario(OPEN.format("OWN-001")), 11, {"failed": 1}, {"OWN-001": "INCONCLUSIVE"},
        "*INCONCLUSIVE, though they must hold: OWN-001",
    ),
    "should, open": (
        scenario(OPEN.format("OWN-003"), clauses='"OWN-003"'), 12, {"skipped": 1},
        {"OWN-003": "INCONCLUSIVE"}, "NOTHING JUDGED: *",
    ),
    "unsupported": (
        scenario('raise Unsupported("no such call")'), 0, {"skipped": 1},
        {"OWN-001": "UNSUPPORTED"}, "CONFORMANT: *",
    ),
    "skips": (
        scenario('import pytest', 'pytest.skip("no such server")'), 0, {"skipped": 1},
        {"OWN-001": "UNSUPPORTED"}, "CONFORMANT: *",
    ),
    "fails and raises": (
        FAILS + scenario('raise ValueError("x")', clauses='"OWN-002"', name="other"), 1,
        {"failed": 2}, {"OWN-001": "FAIL", "OWN-002": "ERROR"}, "NOT CONFORMANT: 1 FAIL",
    ),
}  # fmt: skip


@pytest.mark.parametrize("how", ENDS)
def test_a_run_ends_as_its_findings_say(fake: Project, how: str) -> None:
    text, code, outcomes, verdicts, says = ENDS[how]
    fake.scenarios(text)
    result = fake.run()

    assert result.ret == code
    result.assert_outcomes(**outcomes)
    assert fake.verdicts == verdicts
    result.stdout.fnmatch_lines([says])
    result.stdout.no_fnmatch_line("*Traceback*")
    finished = read_events(fake.folder).events[-1]
    assert isinstance(finished, RunFinished)
    assert finished.exit_code == code


def test_a_scenario_has_one_line_and_the_run_a_summary_and_files(fake: Project) -> None:
    fake.scenarios(HOLDS)
    result = fake.run("--lk-seed", "81")

    result.stdout.fnmatch_lines(
        [
            "PASS           1/1 test_own: it (0 s)  OWN-001",
            "*= LiveKit conformance =*",
            "CONFORMANT: all that was judged holds or is a known deviation",
            "*seed 81,*",
            "*report: */report.html",
        ]
    )
    assert {path.name for path in fake.folder.iterdir()} >= {
        "events.ndjson", "results.json", "junit.xml", "report.html",
    }  # fmt: skip
    assert fake.results["run"]["seed"] == 81
    assert (fake.path / "reports" / "latest").resolve() == fake.folder


def test_what_takes_minutes_and_is_left_out_is_told_in_the_report(fake: Project) -> None:
    other = scenario("pass", clauses='"OWN-003"', name="other")
    fake.scenarios(
        HOLDS + "@pytest.mark.long\n" + scenario("pass", clauses='"OWN-002"', name="long") + other
    )
    result = fake.run("--deselect=test_own.py::test_other", "-m", "not long")

    result.assert_outcomes(passed=1, deselected=2)
    started = read_events(fake.folder).events[0]
    assert isinstance(started, RunStarted)
    assert started.long_clauses == ("OWN-002",)


def test_what_is_unsupported_is_skipped_where_the_scenario_stands(fake: Project) -> None:
    fake.scenarios(scenario('raise Unsupported("no such call")'))

    fake.run("-rs").stdout.fnmatch_lines(["SKIPPED * test_own.py:*: OWN-001 UNSUPPORTED: no such*"])


def test_a_second_run_says_how_often_verdicts_changed(fake: Project) -> None:
    fake.scenarios(HOLDS)
    fake.run().stdout.no_fnmatch_line("*stored runs*")
    fake.run().stdout.fnmatch_lines(
        ["  over 2 stored runs: 0 flips in 1 repeat, at most 95 % (95 %)"]
    )


def test_a_failure_is_said_in_words_without_our_frames(fake: Project) -> None:
    fake.scenarios(FAILS)
    result = fake.run()

    result.stdout.fnmatch_lines(["OWN-001 FAIL: expected yes, measured no*", "    OWN-001 holds."])
    result.stdout.no_fnmatch_line("*harness/run*")


def test_what_is_open_is_tried_three_times(fake: Project) -> None:
    fake.scenarios(scenario(OPEN.format("OWN-001")))
    fake.run()

    assert fake.results["findings"][0]["attempts"] == 3


DEVIATION = """
[[deviation]]
id = "DEV-1"
clause = "OWN-001"
reason = "known"
link = "none"
"""


@pytest.mark.parametrize(
    ("text", "code", "outcomes"), [(FAILS, 0, {"xfailed": 1}), (HOLDS, 1, {"failed": 1})]
)
def test_a_known_deviation_is_expected_and_nothing_else(
    fake: Project, text: str, code: int, outcomes: dict[str, int]
) -> None:
    fake.write("known.toml", DEVIATION)
    fake.scenarios(text)
    result = fake.run("-o", "lk_deviations=known.toml")

    assert result.ret == code
    result.assert_outcomes(**outcomes)
    assert fake.results["findings"][0]["deviation"] == "DEV-1"


def test_scenarios_take_fixtures_parameters_and_marks(fake: Project) -> None:
    body = scenario(
        'judge("OWN-001", fact, rate in (8, 16) and tmp_path.is_dir(), "x")',
        more=", rate, tmp_path",
    )
    fake.scenarios(f'@pytest.mark.smoke\n@pytest.mark.parametrize("rate", [8, 16])\n{body}')
    result = fake.run("-m", "smoke", "--strict-markers")

    assert result.ret == 0
    result.assert_outcomes(passed=2)
    assert [one["scenario"] for one in fake.results["findings"]] == [
        "test_own.py::test_it[16]",
        "test_own.py::test_it[8]",
    ]


def test_under_several_profiles_each_has_a_cell_and_its_own_limit(fake: Project) -> None:
    own = (fake.path / "own.toml").read_text()
    under = 'limits_under = { burst-loss = { min = 0 } }\nlimit_source = "ours"'
    fake.write("own.toml", own.replace('limit_source = "ours"', under))
    wanted = '"OWN-001", profiles=("clean", "burst-loss")'
    fake.scenarios(
        scenario('judge("OWN-001", fact, False, profile)', clauses=wanted, more=", profile")
    )

    assert fake.run().ret == 1
    found = {one["cell"]["profile"]: one for one in fake.results["findings"]}
    assert {name: one["verdict"] for name, one in found.items()} == {
        "clean": "FAIL",
        "burst-loss": "PASS",
    }
    assert {name: one["notes"] for name, one in found.items()} == {
        "clean": ["clean"],
        "burst-loss": ["burst-loss"],
    }


def test_it_works_in_the_other_mode_of_pytest_asyncio_too(fake: Project) -> None:
    fake.scenarios(HOLDS)

    assert fake.run("-o", "asyncio_mode=auto").ret == 0


@pytest.mark.parametrize(
    "other",
    [
        "def test_other(): assert False",
        "@pytest.fixture\ndef broken(): raise ValueError\ndef test_other(broken): pass",
    ],
)
def test_a_failure_that_is_no_finding_is_1_though_all_clauses_hold(
    fake: Project, other: str
) -> None:
    fake.scenarios(HOLDS + other)

    assert fake.run().ret == 1
    assert fake.verdicts == {"OWN-001": "PASS"}


BAD_PROFILE = """
title = "the second phase is before the first"
cite = "ours: a test"
[[phase]]
at_s = 0.0
[[phase]]
at_s = -1.0
"""
MISTAKES = {
    "clause": ((), scenario("pass", clauses='"OWN-01"'), "*no clause 'OWN-01' among *OWN-001*"),
    "profile": (
        (),
        scenario("pass", clauses='"OWN-001", profile="nope"'),
        "*test_own.py::test_it: no profile 'nope'; known are *clean*",
    ),
    "phases": (
        (),
        scenario("pass", clauses='"OWN-001", profile="early.toml"'),
        "*test_own.py::test_it: early.toml:*at_s*",
    ),
    "sabotage": (
        ("--lk-sabotage", "x"),
        HOLDS,
        "*no sabotage 'x': *sabotages` lists them",
    ),
    "catalogue": (("-o", "lk_clauses=none.toml"), HOLDS, "*none.toml: cannot be read*"),
    "key": (("-o", "lk_clauses=bad.toml"), HOLDS, "*bad.toml: OWN-009: unit is missing"),
    "deviations": (("-o", "lk_deviations=bad.toml"), HOLDS, "*bad.toml: only*deviation*"),
}


@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_one_line_before_anything_is_made(fake: Project, what: str) -> None:
    args, text, says = MISTAKES[what]
    fake.write("bad.toml", '[OWN-009]\nlevel = "MUST"\n')
    fake.write("early.toml", BAD_PROFILE)
    fake.scenarios(text)
    result = fake.run(*args)
    lines = [line for line in (*result.errlines, *result.outlines) if "ERROR" in line]

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert len(lines) == 1
    assert not fake.folders
    pytest.LineMatcher(lines).fnmatch_lines([says])


def test_no_server_ends_the_run_at_once_with_one_line_and_a_report(
    fake: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_SERVER", "no livekit-server can be had: try this")
    fake.scenarios(HOLDS + scenario("pass", name="other"))
    result = fake.run()

    assert result.ret == 10
    said = "*! livekit-harness: no livekit-server can be had: try this !*"
    result.stdout.fnmatch_lines([said])
    result.stdout.no_fnmatch_line("*Traceback*")
    assert (fake.folder / "report.html").is_file()
    why = "the run ended with exit code 10: no livekit-server can be had: try this"
    assert fake.results["run"]["why"].endswith(why)


def test_a_report_folder_that_cannot_be_written_is_one_line(fake: Project) -> None:
    fake.write("file", "in the way")
    fake.scenarios(HOLDS)
    result = fake.run("--lk-reports", "file/reports")

    assert result.ret == 10
    result.stdout.fnmatch_lines(["*livekit-harness: cannot write *file/reports*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize(
    ("args", "code"), [(("--collect-only",), 0), (("-k", "nothing"), 5), (("--fixtures",), 0)]
)
def test_nothing_is_made_where_no_scenario_runs(
    fake: Project, args: tuple[str, ...], code: int
) -> None:
    fake.scenarios(HOLDS)

    assert fake.run(*args).ret == code
    assert not fake.folders


@pytest.mark.parametrize(("assertion", "code"), [("True", 0), ("False", 1)])
def test_a_project_without_scenarios_is_left_alone(
    fake: Project, assertion: str, code: int
) -> None:
    fake.write("test_plain.py", f"def test_plain():\n    assert {assertion}\n")
    result = fake.run()

    assert result.ret == code
    assert not (fake.path / "reports").exists()
    result.stdout.no_fnmatch_line("*LiveKit*")


@pytest.mark.parametrize("args", [(), ("-n", "2")])
def test_a_failure_elsewhere_is_not_hidden_by_findings(
    fake: Project, args: tuple[str, ...]
) -> None:
    fake.scenarios(HOLDS)
    fake.write("test_plain.py", "def test_plain():\n    assert False\n")

    assert fake.pytester.runpytest_subprocess(*args).ret == 1


def test_a_module_that_cannot_be_collected_is_not_hidden_by_findings(fake: Project) -> None:
    fake.scenarios(HOLDS)
    fake.write("test_plain.py", "import nothing_of_that_name\n")

    assert fake.run("--continue-on-collection-errors").ret == 1
    assert fake.verdicts == {"OWN-001": "PASS"}


def test_a_project_without_scenarios_is_left_alone_by_several_processes(fake: Project) -> None:
    fake.write("test_plain.py", "def test_plain():\n    pass\n")
    result = fake.pytester.runpytest_subprocess("-n", "2")

    assert result.ret == 0
    assert not (fake.path / "reports").exists()
    result.stdout.no_fnmatch_line("*LiveKit*")


@pytest.mark.parametrize("plugin", ["terminal", "cacheprovider", "junitxml", "logging"])
def test_it_does_without_other_plugins(fake: Project, plugin: str) -> None:
    fake.scenarios(HOLDS)

    assert fake.run("-p", f"no:{plugin}").ret == 0
    assert fake.verdicts == {"OWN-001": "PASS"}


def test_it_can_be_left_out(project: Project) -> None:
    project.write("pytest.ini", "[pytest]\nasyncio_default_fixture_loop_scope = function\n")
    project.write(
        "test_plain.py",
        "def test_plain(pytestconfig):\n"
        "    assert not pytestconfig.pluginmanager.has_plugin('livekit-harness-run')\n",
    )

    assert project.run("-p", "no:livekit_harness").ret == 0


def test_several_processes_make_one_run(fake: Project) -> None:
    fake.scenarios(
        HOLDS + scenario('judge("OWN-002", fact, False, "x")', clauses='"OWN-002"', name="other")
    )
    result = fake.pytester.runpytest_subprocess("-n", "2", "--lk-seed", "81")

    assert result.ret == 1
    assert fake.verdicts == {"OWN-001": "PASS", "OWN-002": "FAIL"}
    assert fake.results["run"]["seed"] == 81
    assert fake.results["coverage"]["clauses"] >= 40
    result.stdout.fnmatch_lines(["NOT CONFORMANT: 1 FAIL"])
