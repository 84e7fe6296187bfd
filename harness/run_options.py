"""What pytest was asked, and what an item of it is, in words of ours."""

from __future__ import annotations

import secrets
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from harness.judging.gate import Gate, parse_gate
from harness.run.options import RunOptions
from harness.run.proving import Proving, ProvingError, proving
from harness.run.scenario import PROFILE, Demands
from harness.sabotage.registry import KIND_OF, SABOTAGES, sabotage_named
from harness.server.choose import Wanted

SEED_LIMIT = 2**32
REPORTS = "reports"
FOLDER, SEED = "lk_folder", "lk_seed"
"""What the main process tells those of pytest-xdist."""


def run_options(config: pytest.Config) -> RunOptions:
    """The options of a run.

    Raises:
        UnknownSabotage: there is none of that name.
        ProvingError: what is to be proven cannot be understood.
        GateError: what is to decide the exit code cannot be understood.
        pytest.UsageError: a setting is written in the way of another kind of file.
    """
    worker = worker_of(config)
    name = config.getoption("lk_sabotage")
    own = _files(config, "lk_clauses")
    deviations = [*_files(config, "lk_deviations"), *config.getoption("lk_deviations")]
    told = worker.get(SEED, config.getoption("lk_seed"))
    seed: int = secrets.randbelow(SEED_LIMIT) if told is None else told
    return RunOptions(
        seed=seed,
        reports=config.getoption("lk_reports") or config.rootpath / REPORTS,
        command=("pytest", *config.invocation_params.args),
        server=Wanted(
            backend=config.getoption("lk_backend"),
            url=config.getoption("lk_url"),
            server_binary=config.getoption("lk_server_binary"),
            server_version=config.getoption("lk_server_version"),
        ),
        sabotage=sabotage_named(name) if name else None,
        proving=_proving(config, seed, sabotaged=bool(name)),
        gate=_gate(config),
        load=config.getoption("lk_load"),
        catalogues=tuple(own),
        deviations=tuple(deviations),
        part_of=Path(worker[FOLDER]) if FOLDER in worker else None,
        worker=worker.get("workerid", ""),
    )


def _files(config: pytest.Config, name: str) -> list[Path]:
    """The files that a setting names."""
    files: list[Path] = config.getini(name)
    if any(file.name.startswith("[") for file in files):
        raise pytest.UsageError(
            f"{name}: in {config.inipath} files stand without brackets and quotes, with blanks "
            "between them"
        )
    return files


def _gate(config: pytest.Config) -> Gate:
    told: str | None = config.getoption("lk_gate")
    settled: str = config.getini("lk_gate")
    return parse_gate(settled if told is None else told)


def _proving(config: pytest.Config, seed: int, *, sabotaged: bool) -> Proving | None:
    wanted = config.getoption("lk_prove")
    if wanted is None:
        return None
    if sabotaged:
        raise ProvingError("--lk-prove brings its sabotages: leave --lk-sabotage out")
    return proving(wanted, seed=seed, sabotages=SABOTAGES, kinds=KIND_OF)


def worker_of(config: pytest.Config) -> dict[str, Any]:
    """What pytest-xdist told this process; empty in the main process."""
    told: dict[str, Any] = getattr(config, "workerinput", {})
    return told


def demands_of(item: pytest.Item) -> Demands:
    """What the scenario declares that an item is."""
    demands: Demands = item.function.lk_demands  # type: ignore[attr-defined]
    if demands.profiles:
        return replace(demands, profile=item.callspec.params[PROFILE])  # type: ignore[attr-defined]
    return demands
