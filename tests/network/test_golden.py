"""The plan of a seed never changes: `UPDATE_GOLDEN=1 pytest tests/network/test_golden.py` says so.

Whoever runs that must have a reason: reports of earlier runs are repeated by these plans.
"""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from harness.network.impairments import REGISTRY
from tests.network.golden_plans import EXAMPLES, FOLDER, SEEDS, golden_text, plan

ROOT = Path(__file__).parent.parent.parent
RANDOM = {"loss", "burst_loss", "four_state_loss", "reorder", "duplicate", "corrupt", "jitter"}
PURE = sorted(
    path
    for part in ("impairments/*.py", "queues/*.py", "*.py")
    for path in (ROOT / "harness" / "network").glob(part)
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", REGISTRY)
def test_plans_are_those_that_were_written_once(name: str) -> None:
    path = FOLDER / f"{name}.json"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        path.write_bytes(golden_text(name))
    assert path.read_bytes() == golden_text(name)


def test_there_is_one_file_for_each_impairment() -> None:
    files = list(FOLDER.glob("*.json"))
    assert {path.stem for path in files} == set(REGISTRY) == set(EXAMPLES)
    assert all(msgspec.json.decode(path.read_bytes()) for path in files)


@pytest.mark.parametrize("name", REGISTRY)
def test_another_seed_is_another_plan_for_what_is_random_and_for_nothing_else(name: str) -> None:
    for impairment in EXAMPLES[name]:
        one, other = (plan(impairment, seed) for seed in SEEDS)
        assert (one != other) == (name in RANDOM)


@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_plans_are_the_same_in_another_process(hash_seed: str) -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "tests.network.golden_plans"],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        timeout=60,
        check=True,
    ).stdout
    assert printed == b"".join((FOLDER / f"{name}.json").read_bytes() for name in REGISTRY)


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.stem)
def test_no_module_draws_from_a_generator_or_reads_a_clock(path: Path) -> None:
    # `random` may draw otherwise in the next version of Python; a clock is never the same.
    names = {
        name
        for node in ast.walk(ast.parse(path.read_text()))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [f"{node.module}.{alias.name}" for alias in node.names]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }
    assert not {name.split(".")[0] for name in names} & {"random", "secrets", "time", "asyncio"}
    assert "harness.evidence.clock.now_ns" not in names
