from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue, CatalogueError, UnknownClauseError
from harness.clauses.model import Clause, EvidenceKind, Level, Limit
from harness.clauses.units import is_timing

EXAMPLE = Path(__file__).parent / "example.toml"
GOOD = EXAMPLE.read_text(encoding="utf-8").split("\n\n")[0] + "\n"


def load(tmp_path: Path, text: str) -> Catalogue:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    return Catalogue.load(file)


def test_reads_every_key() -> None:
    clause = Catalogue.load(EXAMPLE)["MUTE-002"]
    assert clause.area == "MUTE"
    assert clause.level is Level.MUST
    assert clause.claims == (2, 3)
    assert clause.evidence == (EvidenceKind.DECODED, EvidenceKind.WIRE)
    assert clause.unit == "ms"
    assert clause.timing
    assert clause.limit == Limit(max=300)
    assert clause.limit.direction == "smaller"


def test_is_sorted_and_filtered_by_area() -> None:
    catalogue = Catalogue.load(EXAMPLE)
    assert list(catalogue) == ["MUTE-002", "MUTE-003", "PUB-001"]
    assert catalogue.areas == ("MUTE", "PUB")
    assert list(catalogue.of_area("PUB")) == ["PUB-001"]
    with pytest.raises(UnknownClauseError, match="no area 'MUT'; there are MUTE, PUB"):
        catalogue.of_area("MUT")


def test_unknown_id_names_the_nearest() -> None:
    with pytest.raises(UnknownClauseError, match=r"no clause 'MUTE-02' .*did you mean MUTE-002\?"):
        Catalogue.load(EXAMPLE)["MUTE-02"]
    assert "MUTE-02" not in Catalogue.load(EXAMPLE)


def test_what_is_far_from_every_id_is_near_to_none() -> None:
    with pytest.raises(UnknownClauseError, match=r"no clause 'NO-1' among \d+$"):
        Catalogue.load(SHIPPED)["NO-1"]


def test_a_users_folder_extends_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text(GOOD.replace("MUTE-002", "APP-001"), encoding="utf-8")
    assert {"APP-001", "MUTE-002"} <= set(Catalogue.load(EXAMPLE, tmp_path))


def test_an_id_twice_names_both_files(tmp_path: Path) -> None:
    (tmp_path / "app.toml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"app.toml: MUTE-002 is already .*example.toml"):
        Catalogue.load(EXAMPLE, tmp_path)


@pytest.mark.parametrize(
    ("find", "replace", "says"),
    [
        ("[MUTE-002]", "[mute-2]", "mute-2: an id is AREA-nnn"),
        ('level = "MUST"', 'level = "must"', "level: 'must' is not one of MUST, SHOULD, MAY, INFO"),
        ('level = "MUST"', "level = 3", "level: 3 is not one of MUST"),
        ('level = "MUST"\n', "", "level is missing"),
        ("measures =", "measuress =", "measuress: unknown key; did you mean measures?"),
        ("measures =", "colour = 1\nmeasures =", "colour: unknown key; allowed are statement"),
        ("[2, 3]", "[2, 72]", "claims: .*whole numbers 1 to 71"),
        ("[2, 3]", "[true]", "claims: .*whole numbers 1 to 71"),
        ("[2, 3]", "[2, 2]", "claims: 2 is there twice"),
        ('["decoded", "wire"]', '["heard"]', "evidence: 'heard' is not one of decoded, wire"),
        ('["decoded", "wire"]', "[]", "evidence: .* is not a list of decoded"),
        ('unit = "ms"\n', "", "unit is missing"),
        ('unit = "ms"', 'unit = "msec"', "timing is missing, and the unit 'msec'"),
        ("limit = {", "timing = 1\nlimit = {", "timing: 1 is not true or false"),
        ("limit = {", "only_worse_under_load = 1\nlimit = {", "only_worse_under_load: 1 is"),
        ("{ max = 300 }", "{ max = 300, min = 301 }", "limit: min 301 is above max 300"),
        ("{ max = 300 }", "{ maximum = 300 }", "limit.maximum: unknown key; did you mean max?"),
        ("{ max = 300 }", "{ }", "limit: {} is not a table with max, min or both"),
        ("{ max = 300 }", "{ max = nan }", "limit.max: nan is not a finite number"),
        ("{ max = 300 }", "{ max = true }", "limit.max: True is not a finite number"),
        ("limit = { max = 300 }\n", "", "limit is missing"),
        ('limit_source = "ours', 'limit_source = ""\nx = "', "x: unknown key"),
        ('statement = "After', 'statement = ""\n# "', "statement: '' is not a text"),
    ],
)
def test_errors_name_file_clause_and_key(
    tmp_path: Path, find: str, replace: str, says: str
) -> None:
    assert find in GOOD
    with pytest.raises(CatalogueError, match=r"own\.toml: [\w-]+: ") as raised:
        load(tmp_path, GOOD.replace(find, replace))
    with pytest.raises(CatalogueError, match=says):
        raise raised.value
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[MUTE-002", "not a TOML file"),
        (GOOD + GOOD, "not a TOML file"),
        ("MUTE-002 = 3", "a clause is a table"),
        ("x = " + "[" * 50_000, "not a TOML file: maximum recursion depth"),
        ("x = " + "9" * 5000, "not a TOML file: Exceeds the limit"),
        (GOOD.replace("max = 300", f"max = {10**400}"), "is not a finite number"),
    ],
)
def test_what_is_no_catalogue_says_so(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(CatalogueError, match=says):
        load(tmp_path, text)


def test_missing_file_and_empty_folder(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match=r"gone\.toml: cannot be read: No such file"):
        Catalogue.load(tmp_path / "gone.toml")
    with pytest.raises(CatalogueError, match=r"no \*\.toml file"):
        Catalogue.load(tmp_path)


def test_the_shipped_catalogue_is_sound() -> None:
    assert len(Catalogue.load(SHIPPED)) >= 20


def test_no_shipped_time_or_rate_with_only_a_maximum_is_said_to_be_none() -> None:
    clauses = [one for one in Catalogue.load(SHIPPED).values() if one.limit.min is None]
    assert [one.id for one in clauses if is_timing(one.unit) and not one.timing] == []


def test_rows_are_json_values_that_come_back() -> None:
    catalogue = Catalogue.load(EXAMPLE)
    assert msgspec.convert(catalogue.rows(), list[Clause]) == list(catalogue.values())
