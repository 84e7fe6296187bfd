from __future__ import annotations

from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.clauses.claims import DOCUMENTATION, ClaimsError, documentation, load_claims
from harness.clauses.model import CLAIMS

TEXT = DOCUMENTATION.read_text(encoding="utf-8")


def test_each_claim_is_there_once() -> None:
    claims = documentation().claims
    assert [claim.number for claim in claims] == list(range(1, CLAIMS + 1))
    assert len({claim.statement for claim in claims}) == CLAIMS


def test_a_claim_knows_its_pages() -> None:
    mute = documentation().claim(2)
    assert mute.number == 2
    assert [page.label for page in mute.pages] == ["publishing", "camera-mic"]
    assert mute.pages[1].title == "Camera & microphone"


def test_every_claim_is_decided_by_a_clause_and_every_clause_names_claims_that_exist() -> None:
    decided = {claim for clause in Catalogue.load(SHIPPED).values() for claim in clause.claims}
    assert decided == {claim.number for claim in documentation().claims}


def test_every_page_has_claims() -> None:
    found = documentation()
    assert {page for claim in found.claims for page in claim.pages} == set(found.pages)


@pytest.mark.parametrize(
    ("find", "replace", "says"),
    [
        ("[claim.71]", "[claim.72]", r"missing or no such: \[71, 72\]"),
        ("[claim.71]", "[claim.70]", "Cannot declare"),
        ("[claim.71]", "[claim.x]", "Expected `int`"),
        (
            'pages = ["implementation"]',
            'pages = ["nowhere"]',
            "claim 9: there is no page 'nowhere'",
        ),
        ('pages = ["implementation"]', "pages = []", "length >= 1"),
        ('pages = ["implementation"]', "", "`pages`"),
        ('title = "Publishing tracks"', 'name = "Publishing tracks"', "name"),
        (
            '"https://docs.livekit.io/transport',
            '"http://docs.livekit.io/transport',
            "matching regex",
        ),
        ('statement = "An internal', 'verdict = "no"\nstatement = "An internal', "verdict"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, find: str, replace: str, says: str) -> None:
    file = tmp_path / "claims.toml"
    assert find in TEXT
    file.write_text(TEXT.replace(find, replace), encoding="utf-8")
    with pytest.raises(ClaimsError, match=rf"claims\.toml: .*{says}"):
        load_claims(file)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ClaimsError, match=r"gone\.toml"):
        load_claims(tmp_path / "gone.toml")
