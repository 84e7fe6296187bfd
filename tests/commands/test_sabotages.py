from __future__ import annotations

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.cli import main
from harness.sabotage.registry import KINDS, SABOTAGES


def printed(capsys: pytest.CaptureFixture[str], *args: str) -> list[str]:
    assert main(["sabotages", *args]) == 0
    return capsys.readouterr().out.splitlines()


def test_each_stands_below_its_kind_with_the_clauses_that_must_notice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    lines = printed(capsys)
    kinds = [line.split()[0] for line in lines if not line.startswith(" ")]
    names = [line.split(":")[0].strip() for line in lines if line[2:3].strip() and line[0] == " "]

    assert kinds == list(KINDS)
    assert names == list(SABOTAGES)
    assert "kills MUTE-001, MUTE-004" in " ".join(" ".join(lines).split())
    assert all(len(line) <= 100 for line in lines)


def test_a_clause_is_asked_who_kills_it(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "PUB-009")

    assert lines[0] == "PUB-009 is killed by 1 sabotage"
    assert lines[1].startswith("  swap-tracks: ")


def test_clauses_that_nothing_kills_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "--unproven")
    killed = {clause for one in SABOTAGES.values() for clause in one.kills}
    alive = [clause for clause in Catalogue.load(SHIPPED) if clause not in killed]

    assert lines[0].startswith(f"{len(alive)} of ")
    assert [line.split(":")[0].strip() for line in lines[1:] if line[:3] != "   "] == alive


def test_an_unknown_clause_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sabotages", "PUB-999"]) == 2
    assert "no clause 'PUB-999'" in capsys.readouterr().err
