from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import pytest


def benchmark(name: str) -> ModuleType:
    return import_module(f"benchmarks.{name}")


@pytest.mark.parametrize(
    ("name", "arguments", "says"),
    [
        ("accuracy", ["--delays", "abc"], "'abc' is no list such as 0,20,80"),
        ("accuracy", ["--delays", "20,"], "'20,' is no list such as 0,20,80"),
        ("accuracy", ["--delays", "-5"], "delays are 0 to 15000 ms"),
        ("accuracy", ["--delays", "nan"], "delays are 0 to 15000 ms"),
        ("accuracy", ["--delays", "0"], "name a delay other than 0"),
        ("accuracy", ["--runs", "0"], "'0' is no whole number of 1 or more"),
        ("accuracy", ["--seconds", "x"], "'x' is no number above 0"),
        ("participants", ["--rooms", "1:0"], "'1:0' is no room such as 1:8 or mesh:4"),
        ("participants", ["--rooms", "mesh:1"], "'mesh:1' is no room"),
        ("participants", ["--rooms", "3:8"], "'3:8' is no room"),
        ("participants", ["--rooms", "1:8,"], "'' is no room"),
        ("participants", ["--fps", "-30"], "'-30' is no whole number of 1 or more"),
        ("long_call", ["--minutes", "-1"], "'-1' is no number above 0"),
        ("long_call", ["--minutes", "inf"], "'inf' is no number above 0"),
        ("long_call", ["--minutes", "0.1"], "0.1: 1 to 300 minutes"),
        ("long_call", ["--minutes", "301"], "301: 1 to 300 minutes"),
        ("run", ["--times", "0"], "'0' is no whole number of 1 or more"),
        ("kill", ["--times", "0"], "'0' is no whole number of 1 or more"),
        ("fuzz", ["--minutes", "0"], "'0' is no number above 0"),
        ("network", ["--seconds", "0"], "'0' is no number above 0"),
        ("network", ["--million-packets", "-1"], "'-1' is no number above 0"),
        ("network", ["--million-packets", "1e-9"], "1e-9 million are less than 10 packets"),
        ("long_call", ["--write", "/nope/x.json"], "there is no folder /nope: make it first"),
        ("long_call", ["--write", "/usr"], "/usr is a folder: name a file"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_starts(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    name: str,
    arguments: list[str],
    says: str,
) -> None:
    monkeypatch.setattr(sys, "argv", ["benchmark", *arguments])
    with pytest.raises(SystemExit, match="2"):
        benchmark(name).main()
    assert says in capsys.readouterr().err


def test_what_can_be_is_taken(tmp_path: Path) -> None:
    take = benchmark("arguments")

    assert (take.count("3"), take.above_0("0.5")) == (3, 0.5)
    assert (take.minutes("1"), take.millions("0.5")) == (1.0, 500_000)
    assert take.delays_ms("0,20,80.5") == [0, 20, 80.5]
    assert take.new_file(str(tmp_path / "x.json")) == tmp_path / "x.json"
    asked = benchmark("participants").rooms("1:8,mesh:2")
    assert [(room.shape, room.number) for room in asked] == [("one to many", 8), ("mesh", 2)]
