from __future__ import annotations

import re
import tomllib
from pathlib import Path
from types import ModuleType

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.gateway.interceptors import load_interceptor
from harness.judging.disturbance import THRESHOLDS
from harness.participant.tampering import load_tamper
from harness.sabotage import registry
from harness.sabotage.registry import (
    KIND_OF,
    KINDS,
    SABOTAGES,
    UnknownSabotage,
    by_name,
    sabotage_named,
)
from harness.sabotage.sabotage import Sabotage
from tests.scenario_index import scenarios

FOLDER = Path(registry.__file__).parent
DEVIATIONS = FOLDER.parent.parent / "scenarios" / "known_deviations.toml"
each = pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES.keys())
JUDGED = {clause for _, clauses in scenarios() for clause in clauses}
KNOWN = {
    one["clause"] for one in tomllib.loads(DEVIATIONS.read_text(encoding="utf-8"))["deviation"]
}


def test_every_kind_has_its_folder_and_every_file_is_in_one() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/__init__.py")}

    assert folders == set(KINDS) == set(KIND_OF.values())
    assert {path.stem for path in FOLDER.glob("*.py")} == {"__init__", "registry", "sabotage"}


def test_two_of_one_name_are_refused() -> None:
    one = ("sdk", Sabotage(name="one", breaks="x"))

    with pytest.raises(ValueError, match="several sabotages are called one"):
        by_name([one, one, ("sdk", Sabotage(name="two", breaks="x"))])


@pytest.mark.parametrize("attribute", ["SABOTAGE", "SABOTAGES"])
def test_a_file_declares_one_or_several(attribute: str) -> None:
    module = ModuleType("own")
    one = Sabotage(name="one", breaks="x")
    setattr(module, attribute, one if attribute == "SABOTAGE" else (one,))

    assert registry.declared(module) == (one,)
    assert registry.declared(ModuleType("helper")) == ()


@each
def test_it_names_clauses_that_a_scenario_judges(sabotage: Sabotage) -> None:
    assert sabotage.named <= set(Catalogue.load(SHIPPED))
    assert sabotage.named <= JUDGED
    assert not sabotage.kills & sabotage.starves


@each
def test_what_it_disturbs_are_words_of_a_disturbance_and_starve_something(
    sabotage: Sabotage,
) -> None:
    words = [words for _, words in THRESHOLDS.values()]
    assert bool(sabotage.disturbs) <= bool(sabotage.starves)
    assert any(sabotage.disturbs in one for one in words)


@each
def test_it_names_something_or_says_why_it_cannot(sabotage: Sabotage) -> None:
    assert bool(sabotage.named) != bool(sabotage.harmless)
    assert sabotage.harmless or sabotage.named - KNOWN, "all that it names fails without it"


@each
def test_it_breaks_something_and_says_what_in_a_line(sabotage: Sabotage) -> None:
    assert (
        sabotage.interceptors
        or sabotage.impairments
        or sabotage.tampers
        or sabotage.server
        or sabotage.server_fault
        or sabotage.ignores_grants
        or sabotage.ledger_lies
    )
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", sabotage.name)
    for sentence in filter(None, (sabotage.breaks, sabotage.harmless)):
        assert sentence == sentence.strip()
        assert not sentence.endswith(".")
        assert "\n" not in sentence


@each
def test_what_it_names_can_be_loaded(sabotage: Sabotage) -> None:
    for path in sabotage.interceptors:
        load_interceptor(path)
    for path in sabotage.tampers:
        load_tamper(path)


def test_one_is_found_by_name() -> None:
    assert sabotage_named("swap-tracks") is SABOTAGES["swap-tracks"]


def test_an_unknown_one_is_refused_with_those_that_are_near() -> None:
    with pytest.raises(UnknownSabotage, match="'swap-trucks': did you mean swap-tracks"):
        sabotage_named("swap-trucks")
    with pytest.raises(UnknownSabotage, match="'zzz': `livekit-harness sabotages` lists them"):
        sabotage_named("zzz")
