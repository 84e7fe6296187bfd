"""What pytest loads: options, marks, a fixture, and the hooks of a run once there is a scenario.

Kept light, for it is loaded in every run of pytest in an environment that has the harness.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from harness.server.names import BACKENDS

if TYPE_CHECKING:
    from harness.run_hooks import RunHooks, ScenarioContext

RUN_HOOKS = "livekit-harness-run"
LEFT_OUT = pytest.StashKey[list[pytest.Item]]()
"""Of the settings of pytest: scenarios that were collected and will not run."""
MARKS = (
    "smoke: a few scenarios of every area, within a minute",
    "long: takes minutes by nature",
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of a run."""
    group = parser.getgroup("livekit", "LiveKit conformance scenarios")
    add = group.addoption
    add("--lk-backend", default="auto", choices=BACKENDS, help="where livekit-server comes from")
    add(
        "--lk-url",
        metavar="URL",
        help="judge this deployment; key and secret are read from LIVEKIT_API_KEY and "
        "LIVEKIT_API_SECRET",
    )
    add("--lk-server-binary", metavar="PATH", type=Path, help="the livekit-server to run, by path")
    add("--lk-server-version", metavar="X.Y.Z", help="the livekit-server to pull or build")
    add(
        "--lk-seed",
        metavar="N",
        type=int,
        help="seed of all randomness (default: a new one for each run)",
    )
    add("--lk-sabotage", metavar="NAME", help="break this; `livekit-harness sabotages` lists them")
    add("--lk-load", metavar="TEXT", default="", help="what else this machine is kept busy with")
    add(
        "--lk-prove",
        metavar="WHICH",
        nargs="?",
        const="all",
        help="prove that clauses can fail: play scenarios under sabotages; all, or names, a number "
        "of them, `cross` for all on all, `cross:600` for so many of its cells, or `control` for "
        "what is known to fail, with nothing broken",
    )
    add(
        "--lk-gate",
        metavar="WORDS",
        help="which levels, areas and clauses decide the exit code, e.g. MUST,SHOULD:MUTE,-LAT "
        "(default: all but INFO); write it as --lk-gate=…",
    )
    add(
        "--lk-deviations",
        metavar="FILE",
        type=Path,
        action="append",
        default=[],
        help="known deviations besides those of the settings; may be given several times",
    )
    add(
        "--lk-watch",
        action="store_true",
        help="follow the run in a browser: serves a page on this machine alone, and prints its "
        "address; it shows what runs, how far, how long still, and what failed so far",
    )
    add(
        "--lk-reports",
        metavar="DIR",
        type=Path,
        help="where run folders are made (default: reports)",
    )
    parser.addini("lk_clauses", "TOML files or folders with clauses of your own", type="paths")
    parser.addini("lk_gate", "what decides the exit code, as --lk-gate", type="string", default="")
    parser.addini("lk_deviations", "TOML files of known deviations", type="paths")


def pytest_configure(config: pytest.Config) -> None:
    """Register marks."""
    for mark in MARKS:
        config.addinivalue_line("markers", mark)
    if config.getoption("lk_prove") is not None:
        run_hooks(config)  # which sees whether that can be had


@pytest.hookimpl(trylast=True)
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Under `--lk-prove` a scenario becomes one for each sabotage that it is played under."""
    if metafunc.config.getoption("lk_prove") is not None and is_scenario(metafunc.definition):
        run_hooks(metafunc.config).make_cells(metafunc)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With a scenario among what was collected there will be a run."""
    if any(is_scenario(item) for item in items):
        run_hooks(config).in_order(items)


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Keep the scenarios that will not run: the report says why."""
    for item in filter(is_scenario, items):
        item.config.stash.setdefault(LEFT_OUT, []).append(item)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:  # noqa: ANN401 - of pytest-xdist
    """The main process of pytest-xdist collects nothing, and has the run all the same."""
    run_hooks(node.config).introduce(node)


@pytest.fixture
def lk_scenario(request: pytest.FixtureRequest) -> ScenarioContext:
    """How a scenario finds its run; asked for by what `@clause` makes, not by its author."""
    return run_hooks(request.config).context_of(request.node)


def run_hooks(config: pytest.Config) -> RunHooks:
    """The hooks of this run, registered at the first call."""
    with interrupts_later():
        from harness.run_hooks import RunHooks  # half a second, which most runs do not need

    found = config.pluginmanager.get_plugin(RUN_HOOKS)
    if found is None:
        found = RunHooks(config)
        config.pluginmanager.register(found, RUN_HOOKS)
    assert isinstance(found, RunHooks)
    return found


@contextmanager
def interrupts_later() -> Iterator[None]:
    """An interrupt comes when this ends.

    While modules are imported it may strike in code that `dataclasses` has made, which has no line
    number: pytest, which wants to show the place, fails with a traceback of its own (pytest 9.2).
    """
    before = signal.getsignal(signal.SIGINT)
    if threading.current_thread() is not threading.main_thread() or not callable(before):
        yield
        return
    held: list[int] = []
    signal.signal(signal.SIGINT, lambda number, _: held.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if held:
        signal.raise_signal(signal.SIGINT)


def is_scenario(item: pytest.Item) -> bool:
    """Whether `@clause` made it."""
    return hasattr(getattr(item, "function", None), "lk_demands")
