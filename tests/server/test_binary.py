from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from harness.server.binary import named, on_path
from harness.server.model import ServerError


def test_program_on_path(
    script: Callable[[str, str], Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = script("livekit-server", "")
    monkeypatch.setenv("PATH", str(program.parent))
    assert on_path("livekit-server") == program
    assert on_path("toxiproxy-server") is None


def test_named_program(script: Callable[[str, str], Path]) -> None:
    program = script("my-server", "")
    assert named(program) == program
    program.chmod(0o644)
    with pytest.raises(ServerError, match=r"--lk-server-binary .*my-server: no such program"):
        named(program)
