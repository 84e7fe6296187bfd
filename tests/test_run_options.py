from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from harness.judging.gate import GateError
from harness.run.proving import ProvingError
from harness.run.scenario import PROFILE, Demands
from harness.run_options import FOLDER, SEED, demands_of, run_options, worker_of
from harness.sabotage.registry import UnknownSabotage

DEFAULTS: dict[str, object] = {"lk_load": "", "lk_deviations": []}


def config(worker: dict[str, Any] | None = None, **options: object) -> pytest.Config:
    """What pytest was asked: nothing but these."""
    made = SimpleNamespace(
        getoption=lambda name: options.get(name, DEFAULTS.get(name)),
        getini=lambda name: "" if name == "lk_gate" else [],
        rootpath=Path("/project"),
        invocation_params=SimpleNamespace(args=("scenarios",)),
    )
    if worker is not None:
        made.workerinput = worker
    return cast("pytest.Config", made)


def test_a_seed_is_given_or_drawn_and_a_process_of_several_has_that_of_the_run() -> None:
    assert run_options(config(lk_seed=7, lk_reports="r")).seed == 7
    drawn = {run_options(config(lk_reports="r")).seed for _ in range(3)}
    assert len(drawn) == 3
    of_several = config({SEED: 9, FOLDER: "/run", "workerid": "gw1"}, lk_reports="r")
    options = run_options(of_several)
    assert (options.seed, str(options.part_of), options.worker) == (9, "/run", "gw1")
    assert worker_of(of_several)["workerid"] == "gw1"
    assert worker_of(config()) == {}


def test_a_proof_is_drawn_by_the_seed_of_the_run() -> None:
    first, again, other = (
        run_options(config(lk_seed=seed, lk_prove="2", lk_reports="r")).proving
        for seed in (1, 1, 2)
    )

    assert first is not None
    assert first == again
    assert first != other


def test_the_gate_is_that_of_the_command_else_that_of_the_settings() -> None:
    settled = config(lk_reports="r")
    settled.getini = lambda name: "must" if name == "lk_gate" else []  # type: ignore[method-assign]
    assert run_options(settled).gate.text == "MUST"
    assert run_options(config(lk_reports="r", lk_gate="-LAT")).gate.text == "-LAT"
    assert run_options(config(lk_reports="r")).gate.is_default
    with pytest.raises(GateError):
        run_options(config(lk_reports="r", lk_gate="INFO"))


def test_a_version_of_the_server_is_wanted() -> None:
    options = run_options(config(lk_reports="r", lk_server_version="1.14.0"))
    assert options.server.server_version == "1.14.0"


def test_known_deviations_of_the_command_are_added_to_those_of_the_settings() -> None:
    settled = config(lk_reports="r", lk_deviations=[Path("mine.toml")])
    lists = {"lk_gate": "", "lk_deviations": [Path("ours.toml")]}
    settled.getini = lambda name: lists.get(name, [])  # type: ignore[method-assign]
    assert run_options(settled).deviations == (Path("ours.toml"), Path("mine.toml"))


def test_what_cannot_be_had_is_refused() -> None:
    with pytest.raises(UnknownSabotage):
        run_options(config(lk_sabotage="nope"))
    with pytest.raises(ProvingError, match="leave --lk-sabotage out"):
        run_options(config(lk_sabotage="swap-tracks", lk_prove="all"))


def test_a_scenario_of_several_profiles_has_the_one_of_its_item() -> None:
    async def scenario() -> None: ...

    scenario.lk_demands = Demands(clauses=("A",), profiles=("clean", "lte"))  # type: ignore[attr-defined]
    callspec = SimpleNamespace(params={PROFILE: "lte"})
    item = cast("pytest.Item", SimpleNamespace(function=scenario, callspec=callspec))

    assert demands_of(item).profile == "lte"


@pytest.mark.parametrize("name", ["lk_clauses", "lk_deviations"])
def test_brackets_of_toml_in_an_ini_file_are_told(name: str) -> None:
    asked = config(lk_reports="r")
    asked.getini = lambda one: [Path('/project/["own.toml"]')] if one == name else []  # type: ignore[method-assign, assignment]
    asked.inipath = Path("/project/pytest.ini")  # type: ignore[misc]

    with pytest.raises(pytest.UsageError, match=f"^{name}: in /project/pytest.ini files stand"):
        run_options(asked)
