from __future__ import annotations

from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def nothing_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def listed(capsys: Capture, *arguments: str) -> list[str]:
    """Ids of the clauses that are listed."""
    assert main(["clauses", *arguments]) == 0
    return [line.split()[0] for line in capsys.readouterr().out.splitlines()]


def test_an_own_clause_that_no_run_had_is_answered_with_where_they_are_known(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["clauses", "--reports", str(tmp_path), "show", "APP-001"]) == 2
    assert "the newest stored run are known (--reports DIR)" in capsys.readouterr().err


@pytest.mark.usefixtures("nothing_stored")
def test_clauses_are_listed_a_line_each(capsys: Capture) -> None:
    assert main(["clauses"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(Catalogue.load(SHIPPED))
    assert any(line.startswith("MUTE-001   MUST   A mute is announced") for line in lines)


def test_the_last_verdict_stands_beside_a_clause(reports: Path, capsys: Capture) -> None:
    assert main(["clauses", "--area", "mute"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("MUTE-002   MUST   PASS         After") for line in lines)
    assert any(line.startswith("MUTE-003   MUST   NONE         While") for line in lines)


@pytest.mark.usefixtures("nothing_stored")
def test_clauses_are_filtered_by_what_the_catalogue_says(capsys: Capture) -> None:
    catalogue = Catalogue.load(SHIPPED)
    assert listed(capsys, "--area", "MUTE") == list(catalogue.of_area("MUTE"))
    by_claim = listed(capsys, "--claim", "2", "--level", "should")
    assert "MUTE-005" in by_claim
    assert all(2 in catalogue[clause].claims for clause in by_claim)
    assert {"VID-037", "VID-038"} <= set(listed(capsys, "--claim", "24"))
    assert "MUTE-014" in listed(capsys, "--text", "TRACK_MUTED")


def test_clauses_are_filtered_by_their_last_verdict(reports: Path, capsys: Capture) -> None:
    assert listed(capsys, "--verdict", "fail") == ["MUTE-005", "MUTE-015"]
    assert "MUTE-005" not in listed(capsys, "--verdict", "none")


def test_nothing_found_is_an_exit_code(reports: Path, capsys: Capture) -> None:
    assert main(["clauses", "--verdict", "error"]) == 1
    assert main(["clauses", "--area", "MUT"]) == 2
    assert "no area 'MUT'" in capsys.readouterr().err


def test_no_match_and_no_folder_are_one_line(reports: Path, capsys: Capture) -> None:
    assert main(["clauses", "--verdict", "error"]) == 1
    number = len(Catalogue.load(SHIPPED))
    assert capsys.readouterr().err == (
        f"livekit-harness: no clause of the {number} matches what was asked for\n"
    )
    assert main(["clauses", "--reports", "elsewhere"]) == 2
    assert "there is no folder elsewhere: run" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["show", "MUTE-005"]])
@pytest.mark.parametrize("content", [b"", b"\x00\xff garbage\n"])
def test_a_run_that_cannot_be_read_is_skipped_and_named(
    reports: Path, capsys: Capture, arguments: list[str], content: bytes
) -> None:
    run = (reports / "latest").resolve()
    (run / "events.ndjson").write_bytes(content)
    assert main(["clauses", *arguments]) == 0
    printed = capsys.readouterr()
    assert f"skipped 1 run ({run.name}): its events.ndjson cannot be read" in printed.err
    assert run.name not in printed.out


def test_a_mistake_stays_one_line_beside_runs_that_are_skipped(
    reports: Path, capsys: Capture
) -> None:
    ((reports / "latest").resolve() / "events.ndjson").write_bytes(b"")
    assert main(["clauses", "show", "MUTE-0002"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_damaged_finding_is_shown_from_the_results(reports: Path, capsys: Capture) -> None:
    file = (reports / "latest").resolve() / "events.ndjson"
    file.write_bytes(file.read_bytes().splitlines(keepends=True)[0])
    assert main(["clauses", "show", "MUTE-005"]) == 0
    assert "  verdict   FAIL: because of MUTE-005" in capsys.readouterr().out


def test_the_clauses_of_a_project_are_known_from_its_last_run(
    reports: Path, capsys: Capture
) -> None:
    file = (reports / "latest").resolve() / "events.ndjson"
    file.write_bytes(file.read_bytes().replace(b'"id":"MUTE-002"', b'"id":"OWN-001"'))
    assert listed(capsys, "--area", "own") == ["OWN-001"]
    assert main(["clauses", "show", "own-001"]) == 0
    assert capsys.readouterr().out.startswith("OWN-001  After a publisher mutes")


@pytest.mark.usefixtures("nothing_stored")
def test_one_clause_is_shown(capsys: Capture) -> None:
    assert main(["clauses", "show", "MUTE-002"]) == 0
    text = capsys.readouterr().out
    assert text.startswith("MUTE-002  ")
    assert "≤ 300 ms" in text
    assert "  last run  none that is stored judged it\n" in text


@pytest.mark.parametrize(
    "arguments",
    [["show", "mute-005"], ["--reports", "reports", "show", "MUTE-005"]],
)
def test_a_clause_is_shown_with_what_runs_found(
    reports: Path, capsys: Capture, arguments: list[str]
) -> None:
    assert main(["clauses", *arguments]) == 0
    text = capsys.readouterr().out
    for wanted in (
        *(
            "  level     SHOULD",
            "  claim 2   Muting a track",
            "  verdict   FAIL: because of MUTE-005",
        ),
        *(
            "  scenario  scenarios/test_it.py::test_it",
            "  known as  uplink-while-muted (never expires): it goes on",
        ),
        *("  again     pytest scenarios/test_it.py::test_it --lk-seed=81", "profile clean: 1 FAIL"),
    ):
        assert wanted in text


@pytest.mark.usefixtures("nothing_stored")
def test_an_unknown_clause_names_the_nearest(capsys: Capture) -> None:
    assert main(["clauses", "show", "MUTE-0002"]) == 2
    assert "did you mean MUTE-002" in capsys.readouterr().err
