"""`--lk-prove` in projects of their own, with the seams below the hooks replaced."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import pytest

from harness.judging.outcome import ExitCode
from harness.prove_cells import make_cells
from harness.run.proving import Proving
from harness.run.scenario import Demands
from harness.run_hooks import EXPLAINED, RunHooks
from tests.conftest import FAKES

if TYPE_CHECKING:
    from tests.conftest import Project

pytest_plugins = ["pytester"]

SABOTAGES = """
from harness.sabotage.registry import KIND_OF, SABOTAGES
from harness.sabotage.sabotage import Sabotage

def declare(name, kills, **more):
    one = Sabotage(name=name, breaks="x", kills=frozenset(kills), tampers=(name,), **more)
    patch.setitem(SABOTAGES, name, one)
    patch.setitem(KIND_OF, name, "sdk")

declare("one", ["OWN-001"])
declare("two", ["OWN-002"])
declare("three", ["OWN-001", "OWN-002"])
"""
SCENARIOS = """
@clause("OWN-001", "OWN-003")
async def test_first(stage, judge):
    judge("OWN-001", fact, not {"one", "three"} & set(stage.tampers), "x")
    judge("OWN-003", fact, True, "x")

@pytest.mark.smoke
@clause("OWN-002", profiles=("clean", "lossy-downlink"))
async def test_second(stage, judge):
    judge("OWN-002", fact, not {"two", "three"} & set(stage.tampers), "x")

@clause("OWN-003")
async def test_third(stage, judge):
    raise ValueError("nobody plays this")
"""


@pytest.fixture
def proving(project: Project) -> Project:
    project.write("conftest.py", FAKES + SABOTAGES)
    project.scenarios(SCENARIOS)
    return project


def proof(project: Project) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project.folder / "proof.json").read_bytes())
    return document


def test_a_proof_that_holds_is_0_and_says_what_kills_each_clause(proving: Project) -> None:
    result = proving.run("--lk-prove=one,two,three")
    document = proof(proving)

    assert result.ret == 0
    result.assert_outcomes(passed=5, deselected=4)
    assert document["holds"]
    assert (document["sabotages"], document["killed"], document["unnoticed"]) == (3, 2, [])
    first, second = "test_own.py::test_first", "test_own.py::test_second"
    first_network = [f"{second}[clean]"]
    assert document["by_clause"] == {
        "OWN-001": {"sabotages": {"one": [first], "three": [first]}},
        "OWN-002": {"sabotages": {"two": first_network, "three": first_network}},
    }
    result.stdout.fnmatch_lines(
        [
            "AS DECLARED    1/5 one: *first (*)  OWN-001=FAIL",
            "PROVEN: 2 of 2 named clauses proven able to fail, *",
        ]
    )
    assert not (proving.folder / "junit.xml").exists()
    assert "What kills each clause" in (proving.folder / "report.html").read_text()
    assert not list(proving.folder.glob("attempts/*/*/*"))


def test_the_full_cross_has_every_network(proving: Project) -> None:
    result = proving.run("--lk-prove=cross", "--collect-only", "-q", "-k", "second")

    for network in ("clean", "lossy-downlink"):
        result.stdout.fnmatch_lines([f"*test_second[[]{network}-one[]]"])


def test_what_a_lossy_network_allows_is_broken_on_a_clean_one_alone(project: Project) -> None:
    alone = 'declare("alone", ["OWN-002"], clean_only=True)\n'
    lossy = SCENARIOS.replace('("clean", "lossy-downlink")', '("lossy-downlink", "clean")')
    project.write("conftest.py", FAKES + SABOTAGES + alone)
    for scenarios, wanted, networks in (
        (SCENARIOS, "cross", ["clean"]),
        (SCENARIOS, "alone", ["clean"]),
        (lossy, "cross", ["clean"]),
        (lossy, "alone", []),
    ):
        project.scenarios(scenarios)
        result = project.run(f"--lk-prove={wanted}", "--collect-only", "-q", "-k", "second")
        played = [line for line in result.outlines if line.endswith("-alone]")]
        assert [line.partition("[")[2] for line in played] == [f"{one}-alone]" for one in networks]


def test_a_sample_of_the_cross_plays_so_many_cells_of_what_names_nothing(proving: Project) -> None:
    result = proving.run("--lk-prove=cross:3", "-k", "second")

    assert result.ret == 0
    result.assert_outcomes(passed=3)
    assert proof(proving)["by_clause"] == {}


def test_a_fail_that_is_not_named_is_1_and_its_evidence_stays(proving: Project) -> None:
    proving.scenarios(SCENARIOS.replace("True", "not stage.tampers"))
    result = proving.run("--lk-prove=one")

    assert result.ret == 1
    result.stdout.fnmatch_lines(["UNEXPECTED   *OWN-003=FAIL*", "NOT PROVEN: *"])
    assert [one["clause"] for one in proof(proving)["unexpected"]] == ["OWN-003"]
    assert list(proving.folder.glob("attempts/one/*/1"))


def test_a_cell_that_is_skipped_leaves_the_proof_open(proving: Project) -> None:
    proving.scenarios(
        SCENARIOS.replace("@pytest.mark.smoke", "@pytest.mark.skip\n@pytest.mark.smoke")
    )
    result = proving.run("--lk-prove=one,two")

    assert result.ret == ExitCode.INCONCLUSIVE
    assert (proof(proving)["cut"], proof(proving)["not_played"]) == (True, ["OWN-002"])
    result.stdout.fnmatch_lines(["*after 1 of 3 scenarios under sabotages*"])


@pytest.mark.parametrize(
    ("keyword", "marks", "part", "clauses"),
    [
        ("", "", "scenarios", ("OWN-001",)),
        ("first", "", "scenarios", ()),
        ("", "smoke", "scenarios", ()),
        ("", "", "test_own.py::test_first", ()),
    ],
)
def test_a_part_of_the_scenarios_is_no_proof_of_everything(
    keyword: str, marks: str, part: str, clauses: tuple[str, ...]
) -> None:
    metafunc = SimpleNamespace(
        function=SimpleNamespace(lk_demands=Demands(clauses=("OWN-001",))),
        definition=SimpleNamespace(nodeid="x", get_closest_marker=lambda _: None),
        config=SimpleNamespace(
            option=SimpleNamespace(keyword=keyword, markexpr=marks), args=[part]
        ),
    )

    assert (
        make_cells(cast("pytest.Metafunc", metafunc), Proving(sabotages=(), kinds={}, whole=True))
        == clauses
    )


def test_what_nobody_notices_is_1_and_an_expected_failure(proving: Project) -> None:
    proving.scenarios(SCENARIOS.replace('{"one", "three"}', "set()"))
    result = proving.run("--lk-prove=one")

    assert result.ret == 1
    result.assert_outcomes(passed=1, xfailed=1, deselected=2)
    assert proof(proving)["unnoticed"] == ["one"]
    result.stdout.fnmatch_lines(["MISSED HERE *OWN-001=PASS*", "  unnoticed: one"])


KNOWN = '[[deviation]]\nid = "known"\nclause = "OWN-003"\nreason = "r"\nlink = "https://x"\n'
DEVIATING = SCENARIOS.replace(
    'judge("OWN-003", fact, True, "x")', 'judge("OWN-003", fact, False, "x")'
)


@pytest.mark.parametrize(
    ("scenarios", "code", "killer"), [(DEVIATING, 0, {"deviation": "known"}), (SCENARIOS, 1, None)]
)
def test_a_known_deviation_is_its_own_proof_where_the_control_sees_it(
    proving: Project, scenarios: str, code: int, killer: dict[str, str] | None
) -> None:
    proving.scenarios(scenarios[: scenarios.index('@clause("OWN-003")')])
    proving.write("known.toml", KNOWN)
    result = proving.run("--lk-prove=one,two,control", "-o", "lk_deviations=known.toml")

    assert result.ret == code
    result.stdout.fnmatch_lines(["* control: test_own: first (*)  OWN-003=*"])
    assert proof(proving)["by_clause"].get("OWN-003") == killer
    assert proof(proving)["sabotages"] == 2
    missed = [(one["sabotage"], one["clause"]) for one in proof(proving)["missed"]]
    assert missed == ([] if killer else [("control", "OWN-003")])


TWICE = """
def pytest_runtest_teardown(item):
    if "second" in item.name:
        raise KeyboardInterrupt

def pytest_keyboard_interrupt():
    raise KeyboardInterrupt
"""


def test_a_proof_that_is_interrupted_twice_was_cut_and_is_not_refuted(proving: Project) -> None:
    proving.write("conftest.py", FAKES + SABOTAGES + TWICE)
    proving.pytester.runpytest_subprocess("--lk-prove=one,two,three")
    run, document = proving.results["run"], proof(proving)

    assert (run["exit_code"], run["state"], run["headline"]) == (2, "cut", "Cut short")
    assert run["why"].startswith("after 3 of 5 scenarios under sabotages; of what was played, 1 of")
    assert run["why"].endswith("the run ended with exit code 2: interrupted")
    assert (document["cut"], document["not_played"]) == (True, ["OWN-002"])
    assert (document["killed"], document["missed"]) == (1, [])


def test_several_processes_make_one_proof_and_a_process_that_dies_is_told(
    proving: Project,
) -> None:
    dies = SCENARIOS.replace(
        '    judge("OWN-002"',
        '    import os\n    if "one" in stage.tampers: os._exit(3)\n    judge("OWN-002"',
    )
    proving.scenarios(dies)
    result = proving.pytester.runpytest_subprocess("-n", "2", "--lk-prove=one,two")
    document = proof(proving)

    assert result.ret == 0
    assert sorted(document["by_clause"]) == ["OWN-001", "OWN-002"]
    assert {(one["clause"], one["verdict"]) for one in document["starved"]} == {
        ("OWN-002", "ERROR")
    }


def test_scenarios_that_prove_nothing_are_left_out_and_other_tests_run(proving: Project) -> None:
    proving.write("test_other.py", "def test_other():\n    pass\n")
    result = proving.run("--lk-prove=one", "-k", "other or third")

    result.assert_outcomes(passed=1, deselected=4)
    assert not proving.folders


def test_a_sabotage_whose_scenarios_were_not_chosen_leaves_the_proof_open(
    proving: Project,
) -> None:
    result = proving.run("--lk-prove=one,two", "-k", "first")

    assert result.ret == ExitCode.INCONCLUSIVE
    assert proof(proving)["not_tried"] == ["two"]
    result.stdout.fnmatch_lines(["  no scenario of those chosen is played under: two"])


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--lk-prove=nobody",), "*--lk-prove=nobody: there is no sabotage 'nobody'; write *"),
        (("--lk-prove=two,on",), "*there is no sabotage 'on'; did you mean one*"),
        (("--lk-prove=one", "--lk-sabotage=two"), "*leave --lk-sabotage out"),
    ],
)
def test_a_mistake_is_one_line(proving: Project, args: tuple[str, ...], says: str) -> None:
    result = proving.run(*args)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([says])
    assert not proving.folders


CANARY = """
from harness.run import canary
patch.setattr(canary, "GATING_RATIO", 0.0)
"""


@pytest.fixture
def gating(proving: Project) -> Project:
    """A project whose few scenarios count as everything."""
    proving.write("conftest.py", FAKES + SABOTAGES + CANARY)
    proving.scenarios(SCENARIOS.replace('raise ValueError("nobody plays this")', HOLDS))
    return proving


HOLDS = 'judge("OWN-003", fact, True, "x")'
NOTE = "*the canary, sabotage * against OWN-00? in test_own.py::test_*"


def test_a_canary_that_is_noticed_is_told_at_the_end_and_is_no_finding(gating: Project) -> None:
    result = gating.run("--lk-seed=3")

    assert result.ret == 0
    result.assert_outcomes(passed=5)
    result.stdout.fnmatch_lines(["PASS *the canary (*)  noticed", f"{NOTE}, was noticed"])
    assert gating.verdicts == dict.fromkeys(("OWN-001", "OWN-002", "OWN-003"), "PASS")
    assert len(gating.results["findings"]) == 5
    assert all(one["cell"]["sabotage"] is None for one in gating.results["findings"])
    assert "was noticed" in (gating.folder / "report.html").read_text()
    assert not list(gating.folder.glob("attempts/canary/*"))


@pytest.mark.parametrize(
    ("becomes", "code", "line", "says"),
    [
        (
            'fact, True, "x"', 10, "ERROR *  not noticed",
            "was NOT noticed: findings of this run cannot be trusted",
        ),
        (
            'missing, "bool", "nobody recorded"', 11, "INCONCLUSIVE *  could not be judged",
            "could not be judged (INCONCLUSIVE: *)",
        ),
    ],
)  # fmt: skip
def test_a_canary_that_is_not_noticed_voids_the_run(
    gating: Project, becomes: str, code: int, line: str, says: str
) -> None:
    under = f"judge(name, *({becomes.replace(', ', ', ', 1)},)) if stage.tampers else "
    text = SCENARIOS.replace('raise ValueError("nobody plays this")', HOLDS)
    for name in ("OWN-001", "OWN-002"):
        text = text.replace(
            f'    judge("{name}"', f'    name = "{name}"\n    {under}judge("{name}"'
        )
    gating.scenarios(text)
    result = gating.run("--lk-seed=3")

    assert result.ret == code
    result.assert_outcomes(passed=4, failed=1)
    result.stdout.fnmatch_lines([line, f"{NOTE}, {says}"])
    assert list(gating.folder.glob("attempts/canary/*/1"))


@pytest.mark.parametrize(
    "args", [("-k", "first"), ("-m", "smoke"), ("test_own.py::test_first",), ("--lk-prove=one",)]
)
def test_a_run_that_is_narrowed_has_no_canary(gating: Project, args: tuple[str, ...]) -> None:
    gating.run(*args)

    assert not (gating.folder / "events.ndjson").read_text().count("canary_done")


def test_several_processes_have_one_canary(gating: Project) -> None:
    result = gating.pytester.runpytest_subprocess("-n", "2", "--lk-seed", "3")

    assert result.ret == 0
    result.stdout.fnmatch_lines([f"{NOTE}, was noticed"])
    events = "".join(path.read_text() for path in gating.folder.glob("events*.ndjson"))
    assert events.count('"canary_done"') == 1


def test_what_is_judged_on_a_server_of_its_own_is_no_canary(gating: Project) -> None:
    own = "server=ServerConfig(options={'room': {'max_participants': 9}})"
    text = SCENARIOS.replace('raise ValueError("nobody plays this")', HOLDS)
    text = text.replace('@clause("OWN-001", "OWN-003")', f'@clause("OWN-001", "OWN-003", {own})')
    profiles = 'profiles=("clean", "lossy-downlink")'
    gating.scenarios("from harness.scenario import ServerConfig\n" + text.replace(profiles, own))
    result = gating.run("--lk-seed=3")

    assert result.ret == 0
    assert "canary_done" not in (gating.folder / "events.ndjson").read_text()


@pytest.mark.parametrize(("died", "explained"), [("[canary]", True), ("", False)])
def test_a_process_that_died_under_the_canary_is_told_of_at_the_end(
    died: str, *, explained: bool
) -> None:
    hooks, report = object.__new__(RunHooks), SimpleNamespace(longrepr="worker gw0 crashed")
    nothing_begun = SimpleNamespace(
        options=SimpleNamespace(proving=None), note_crash=lambda *_, **__: []
    )
    vars(hooks).update(_session=nothing_begun)
    hooks.pytest_handlecrashitem(f"a.py::test_a{died}", cast("pytest.TestReport", report))

    assert hasattr(report, EXPLAINED) is explained
