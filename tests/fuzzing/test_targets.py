"""Each target keeps its promises for some input; `python -m benchmarks.fuzz` asks for longer."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from tests.fuzzing.mutations import Mutator
from tests.fuzzing.target import Target
from tests.fuzzing.targets import TARGETS

INPUTS = 100
SEED = 7


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_no_input_breaks_its_promises(target: Target, tmp_path: Path) -> None:
    for_seeds, own = tmp_path / "seeds", tmp_path / "own"
    for_seeds.mkdir()
    own.mkdir()
    seeds = target.seeds(for_seeds)
    made = Mutator(seeds, Random(f"{SEED} {target.name}"))
    with target.open(own) as take:
        for data in (*seeds, *(made.next() for _ in range(INPUTS))):
            take(data)
