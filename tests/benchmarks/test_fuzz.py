from __future__ import annotations

import contextlib
from importlib import import_module
from pathlib import Path

from tests.fuzzing.target import Target
from tests.fuzzing.targets import TARGETS


def test_an_input_without_end_is_found_whatever_the_code_catches(tmp_path: Path) -> None:
    fuzz = import_module("benchmarks.fuzz")
    target: Target = TARGETS[0]
    found = fuzz._Found(target, tmp_path)

    def take(_: bytes) -> None:
        with contextlib.suppress(OSError, ValueError):  # as code does that reads a file
            fuzz._hangs()

    fuzz._give(take, b"x", found)

    [finding] = found.all()
    assert finding.what == "_HangsError: no end within 60 s"
    assert Path(finding.input).read_bytes() == b"x"
