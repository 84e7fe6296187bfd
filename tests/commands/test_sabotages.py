from __future__ import annotations

from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.cli import main
from harness.commands import sabotages
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
    lines = printed(capsys, "pub-009")

    assert lines[0] == "PUB-009 is killed by 1 sabotage"
    assert lines[1].startswith("  swap-tracks: ")
    assert printed(capsys, "MUTE-005") == [
        "MUTE-005 is killed by 0 sabotages: it is known to fail with nothing broken"
    ]


def test_a_sabotage_is_asked_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    text = " ".join(" ".join(printed(capsys, "swap-tracks")).split())

    assert text.startswith(f"swap-tracks: {SABOTAGES['swap-tracks'].breaks}; kills ")
    assert "PUB-009" in text


def test_clauses_that_nothing_kills_are_listed_but_for_those_that_are_known_to_fail(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known = tmp_path / "known.toml"
    known.write_text(
        '[[deviation]]\nid = "x"\nclause = "API-001"\nreason = "r"\nlink = "https://x"\n'
    )
    monkeypatch.setattr(sabotages, "DEVIATIONS", known)
    lines = printed(capsys, "--unproven")
    killed = {clause for one in SABOTAGES.values() for clause in one.kills}
    alive = [one for one in Catalogue.load(SHIPPED) if one not in {*killed, "API-001"}]

    assert lines[0].startswith(f"{len(alive)} of ")
    assert [line.split(":")[0].strip() for line in lines[1:] if line[:3] != "   "] == alive


def test_deviations_that_cannot_be_read_are_one_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "known.toml").write_text("[[")
    monkeypatch.setattr(sabotages, "DEVIATIONS", tmp_path / "known.toml")

    assert main(["sabotages", "--unproven"]) == 2
    assert "known.toml: not a TOML file" in capsys.readouterr().err


def test_an_unknown_clause_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sabotages", "PUB-999"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("livekit-harness: no clause 'PUB-999'")


def test_an_unknown_sabotage_is_one_line_with_those_that_are_near(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["sabotages", "swap-track"]) == 2
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith("livekit-harness: there is no sabotage 'swap-track': did you mean swap-")


def test_one_clause_and_those_that_nothing_kills_are_two_questions(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["sabotages", "PUB-009", "--unproven"])
    assert raised.value.code == 2
    assert "not allowed with argument" in capsys.readouterr().err
