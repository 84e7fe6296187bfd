from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any

import pytest

from harness import scenario
from harness.run.judge import Judge
from harness.run.scenario import STANDARD, Body, Demands
from harness.scenario import ServerConfig, Stage, clause


async def plain(stage: Stage, judge: Judge) -> None:
    """What it is about."""


def demands_of(made: Body) -> Demands:
    demands: Demands = made.lk_demands  # type: ignore[attr-defined]
    return demands


def test_a_scenario_says_what_it_judges_and_on_what() -> None:
    tcp = ServerConfig(ice_tcp=True)
    asked: dict[str, Any] = {
        "profile": "lossy-downlink",
        "server": tcp,
        "interceptors": ("module:Own",),
        "limit_s": 90,
    }
    made = clause("A-001", "A-002", **asked)(plain)

    here = Path(__file__).parent
    assert demands_of(made) == Demands(clauses=("A-001", "A-002"), folder=here, **asked)
    assert demands_of(clause("A-001")(plain)) == Demands(
        clauses=("A-001",), profile="clean", folder=here, server=STANDARD, limit_s=60
    )


def test_pytest_is_asked_for_the_run_and_for_the_scenario_s_own_fixtures() -> None:
    async def body(rate: int, stage: Stage, tmp_path: object, judge: Judge) -> None:
        pass

    signature = inspect.signature(clause("A-001")(body))

    assert list(signature.parameters) == ["lk_scenario", "rate", "tmp_path"]


def test_under_several_profiles_it_is_one_scenario_for_each() -> None:
    made = clause("A-001", profiles=("clean", "3g"))(plain)

    assert demands_of(made).profiles == ("clean", "3g")
    assert list(inspect.signature(made).parameters) == ["lk_scenario", "profile"]
    (mark, _) = sorted(made.pytestmark, key=lambda mark: mark.name, reverse=True)  # type: ignore[attr-defined]
    assert (mark.name, mark.args) == ("parametrize", ("profile", ("clean", "3g")))


def test_a_scenario_may_take_the_name_of_its_profile() -> None:
    async def body(stage: Stage, judge: Judge, profile: str) -> None:
        pass

    made = clause("A-001", profiles=("clean", "3g"))(body)

    assert list(inspect.signature(made).parameters) == ["lk_scenario", "profile"]


def test_a_scenario_keeps_its_name_and_words_and_runs_under_pytest_asyncio() -> None:
    made = clause("A-001")(plain)

    assert (made.__name__, made.__doc__) == ("plain", "What it is about.")
    assert inspect.iscoroutinefunction(made)
    assert [mark.name for mark in made.pytestmark] == ["asyncio"]  # type: ignore[attr-defined]


@pytest.mark.asyncio
async def test_the_run_calls_the_body_with_stage_judge_and_fixtures() -> None:
    seen: dict[str, Any] = {}

    async def body(stage: Stage, judge: Judge, rate: int) -> None:
        seen.update(stage=stage, judge=judge, rate=rate)

    class Context:
        async def judge(self, body: Body) -> None:
            await body(stage="a stage", judge="a judge")

    await clause("A-001")(body)(lk_scenario=Context(), rate=8)

    assert seen == {"stage": "a stage", "judge": "a judge", "rate": 8}


async def no_stage(judge: Judge) -> None:
    pass


async def no_judge(stage: Stage) -> None:
    pass


@pytest.mark.parametrize(("body", "what"), [(no_stage, "stage"), (no_judge, "judge")])
def test_a_scenario_must_take_stage_and_judge(body: Body, what: str) -> None:
    with pytest.raises(TypeError, match=f"must take the parameter '{what}'"):
        clause("A-001")(body)


@pytest.mark.parametrize("ids", [(), (plain,), (7,)])
def test_a_scenario_must_name_its_clauses(ids: tuple[Any, ...]) -> None:
    with pytest.raises(TypeError, match="name the clauses that the scenario judges"):
        clause(*ids)


def test_a_scenario_is_a_coroutine_function() -> None:
    def not_one(stage: Stage, judge: Judge) -> None:
        pass

    with pytest.raises(TypeError, match="must be a coroutine function: async def"):
        clause("A-001")(not_one)  # type: ignore[arg-type]


def test_a_clause_is_named_once() -> None:
    with pytest.raises(TypeError, match="A-001, A-001 names one twice"):
        clause("A-001", "A-001")


def test_what_an_author_needs_is_in_one_place() -> None:
    assert all(hasattr(scenario, name) for name in scenario.__all__)
