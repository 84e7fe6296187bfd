from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from harness.processes.child import Child
from harness.processes.keeper_client import Keeper

LIMIT_S = 10.0


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Keeper]:
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    with Keeper.start(preload=["keeper_programs"], log=tmp_path / "keeper.log") as running:
        yield running
    assert "Traceback" not in (tmp_path / "keeper.log").read_text()


@pytest.fixture
def fork(keeper: Keeper, tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Starts a program of `keeper_programs`; its socket has a time limit and is closed."""
    children: list[Child] = []

    def start(program: str) -> Child:
        log = tmp_path / f"{program}.log"
        child = keeper.fork(f"keeper_programs:{program}", name=program, log=log)
        assert child.socket is not None
        child.socket.settimeout(LIMIT_S)
        children.append(child)
        return child

    yield start
    for child in children:
        assert child.socket is not None
        child.socket.close()


@pytest.fixture
def line_of() -> Callable[[Child], str]:
    """Reads what a program says of itself."""

    def read(child: Child) -> str:
        assert child.socket is not None
        with child.socket.makefile() as file:
            return file.readline().strip()

    return read
