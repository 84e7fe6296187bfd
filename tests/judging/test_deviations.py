from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from harness.clauses.catalogue import Catalogue
from harness.evidence.finding import Cell, Verdict
from harness.judging.deviations import Deviation, DeviationError, Deviations, expiry_notes

if TYPE_CHECKING:
    from tests.judging.conftest import Make

TODAY = date(2026, 11, 21)
GOOD = """
[[deviation]]
id = "no-publication-mute"
clause = "MUTE-002"
server = "1.13.*"
sdk = ["python 1.2.0", "python 1.1.*"]
reason = "the publication has no mute()"
link = "https://example.org/1"
expires = 2027-01-01
"""


@pytest.fixture
def catalogue(make: Make) -> Catalogue:
    return Catalogue({"MUTE-002": make.clause()})


def load(tmp_path: Path, catalogue: Catalogue, text: str) -> Deviations:
    file = tmp_path / "known_deviations.toml"
    file.write_text(text, encoding="utf-8")
    return Deviations.load(file, catalogue=catalogue, today=TODAY)


def test_a_listed_fail_or_pass_carries_the_id(
    make: Make, tmp_path: Path, catalogue: Catalogue
) -> None:
    known = load(tmp_path, catalogue, GOOD)
    assert known.of("MUTE-002", make.cell, Verdict.FAIL) == "no-publication-mute"
    assert known.of("MUTE-002", make.cell, Verdict.PASS) == "no-publication-mute"
    assert known.of("MUTE-003", make.cell, Verdict.FAIL) is None


def test_an_entry_knows_where_it_is_listed_and_until_when(
    tmp_path: Path, catalogue: Catalogue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    second = GOOD.replace("no-pub", "other-pub").partition("expires")[0]
    first, last = load(tmp_path, catalogue, f"# known{GOOD}  {second.lstrip()}").entries

    assert first.named == "no-publication-mute (known_deviations.toml:2, until 2027-01-01)"
    assert last.named == "other-publication-mute (known_deviations.toml:10, never expires)"
    monkeypatch.chdir("/")
    assert load(tmp_path, catalogue, GOOD).entries[0].listed_in == (
        f"{tmp_path.relative_to('/')}/known_deviations.toml:2"
    )


def test_of_an_entry_written_otherwise_the_file_is_known(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    text = 'deviation = [{id = "x", clause = "MUTE-002", reason = "r", link = "l"}]'
    assert (
        load(tmp_path, catalogue, text).entries[0].listed_in == f"{tmp_path}/known_deviations.toml"
    )


@pytest.mark.parametrize("verdict", [Verdict.ERROR, Verdict.INCONCLUSIVE, Verdict.UNSUPPORTED])
def test_what_was_not_judged_is_not_explained(
    make: Make, tmp_path: Path, catalogue: Catalogue, verdict: Verdict
) -> None:
    assert load(tmp_path, catalogue, GOOD).of("MUTE-002", make.cell, verdict) is None


@pytest.mark.parametrize(
    ("server", "sdk", "covered"),
    [
        ("1.13.5", "python 1.2.0", True),
        ("1.13.9", "python 1.1.4", True),
        ("1.14.0", "python 1.2.0", False),
        ("1.13.5", "python 1.3.0", False),
        ("1.13.5", "rust 1.2.0", False),
    ],
)
def test_versions_are_patterns(
    tmp_path: Path, catalogue: Catalogue, server: str, sdk: str, covered: bool
) -> None:
    entry = load(tmp_path, catalogue, GOOD).entries[0]
    assert entry.covers("MUTE-002", Cell(server=server, sdk={"bob": sdk})) is covered


@pytest.mark.parametrize(("profile", "covered"), [("3g", True), ("poor-3g", False)])
def test_what_fails_under_a_profile_alone_is_known_there_alone(profile: str, covered: bool) -> None:
    entry = Deviation(id="x", clause="A-001", profile=("3g",), reason="r", link="l")

    assert entry.covers("A-001", Cell(server="1.13.5", profile=profile)) is covered


def test_one_participant_with_the_version_is_enough() -> None:
    entry = Deviation(id="x", clause="A-001", sdk=("python 1.2.0",), reason="r", link="l")
    assert entry.covers("A-001", Cell(server="1", sdk={"a": "rust 1", "b": "python 1.2.0"}))
    assert not entry.covers("A-001", Cell(server="1"))


def test_no_pattern_means_every_version(tmp_path: Path, catalogue: Catalogue) -> None:
    text = "\n".join(line for line in GOOD.splitlines() if not line.startswith(("server", "sdk")))
    entry = load(tmp_path, catalogue, text).entries[0]
    assert entry.covers("MUTE-002", Cell(server="9.9"))


def test_an_empty_list_is_fine(tmp_path: Path, catalogue: Catalogue) -> None:
    assert load(tmp_path, catalogue, "").entries == ()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (GOOD.replace("MUTE-002", "MUTE-02"), "no-publication-mute: no clause 'MUTE-02'"),
        (GOOD.replace("2027-01-01", '"soon"'), "expires: 'soon' is not a date"),
        (GOOD.replace("2027-01-01", "2027-01-01T00:00:00"), "is not a date"),
        (GOOD + GOOD, "no-publication-mute: the id is there twice"),
        (GOOD.replace("reason", "resaon"), "resaon: unknown key"),
        (GOOD.replace('id = "no-publication-mute"\n', ""), "entry 1: id is missing"),
        (GOOD.replace('"1.13.*"', "[]"), "server: an empty list matches nothing"),
        (GOOD.replace('"1.13.*"', "[3]"), "server: 3 is not a text"),
        (GOOD.replace("[[deviation]]", "[deviation]"), r"only \[\[deviation\]\] tables"),
        (GOOD.replace("[[deviation]]", "[[deviations]]"), r"only \[\[deviation\]\] tables"),
        ("deviation = [3]", r"only \[\[deviation\]\] tables"),
        ("[[", "not a TOML file"),
    ],
)
def test_errors_name_file_and_entry(
    tmp_path: Path, catalogue: Catalogue, text: str, says: str
) -> None:
    with pytest.raises(DeviationError, match=says) as raised:
        load(tmp_path, catalogue, text)
    assert str(tmp_path / "known_deviations.toml") in str(raised.value)
    assert "\n" not in str(raised.value)


def test_an_entry_that_expired_excuses_nothing(
    make: Make, tmp_path: Path, catalogue: Catalogue
) -> None:
    known = load(tmp_path, catalogue, GOOD.replace("2027-01-01", "2026-11-20"))
    assert known.of("MUTE-002", make.cell, Verdict.FAIL) is None
    assert not known.know("MUTE-002")
    assert [row["id"] for row in known.rows()] == ["no-publication-mute"]


@pytest.mark.parametrize(
    ("expires", "says"),
    [
        (None, None),
        (date(2026, 12, 6), None),
        (date(2026, 12, 5), "x of A-001 expires on 2026-12-05: from the day after"),
        (date(2026, 11, 21), "x of A-001 expires on 2026-11-21: from the day after"),
        (date(2026, 11, 20), "x of A-001 expired on 2026-11-20 and excuses nothing"),
    ],
)
def test_expiry_is_told_two_weeks_before(expires: date | None, says: str | None) -> None:
    entry = Deviation(id="x", clause="A-001", reason="r", link="l", expires=expires)
    notes = expiry_notes([entry], TODAY)

    assert [note.startswith(f"the known deviation {says}") for note in notes] == [True] * bool(says)


def test_the_last_day_of_an_entry_still_counts(tmp_path: Path, catalogue: Catalogue) -> None:
    assert load(tmp_path, catalogue, GOOD.replace("2027-01-01", str(TODAY))).know("MUTE-002")


def test_bytes_that_are_no_text_are_said_so(tmp_path: Path, catalogue: Catalogue) -> None:
    file = tmp_path / "known_deviations.toml"
    file.write_bytes(b"\xff")
    with pytest.raises(DeviationError, match="not a TOML file"):
        Deviations.load(file, catalogue=catalogue, today=TODAY)


def test_a_missing_file_says_so(tmp_path: Path, catalogue: Catalogue) -> None:
    with pytest.raises(DeviationError, match=r"gone\.toml: cannot be read"):
        Deviations.load(tmp_path / "gone.toml", catalogue=catalogue, today=TODAY)


def test_rows_are_json_values_that_come_back(tmp_path: Path, catalogue: Catalogue) -> None:
    known = load(tmp_path, catalogue, GOOD)
    assert tuple(msgspec.convert(known.rows(), list[Deviation])) == known.entries


def test_it_knows_its_clauses(tmp_path: Path, catalogue: Catalogue) -> None:
    known = load(tmp_path, catalogue, GOOD)

    assert known.know("MUTE-002")
    assert not known.know("MUTE-003")
