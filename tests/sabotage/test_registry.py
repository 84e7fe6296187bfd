from __future__ import annotations

from pathlib import Path

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.gateway.interceptors import load_interceptor
from harness.sabotage import registry
from harness.sabotage.registry import SABOTAGES, UnknownSabotage, sabotage_named
from harness.sabotage.sabotage import Sabotage

FOLDER = Path(registry.__file__).parent
NO_SABOTAGE = {"--init--", "registry", "sabotage"}
each = pytest.mark.parametrize("sabotage", SABOTAGES.values(), ids=SABOTAGES.keys())


def test_every_file_of_the_folder_is_registered_under_its_name() -> None:
    files = {path.stem.replace("_", "-") for path in FOLDER.glob("*.py")}

    assert set(SABOTAGES) == files - NO_SABOTAGE


@each
def test_it_names_clauses_that_there_are(sabotage: Sabotage) -> None:
    assert sabotage.kills
    assert sabotage.kills <= set(Catalogue.load(SHIPPED))


@each
def test_it_breaks_something_and_says_what_in_a_line(sabotage: Sabotage) -> None:
    assert sabotage.interceptors or sabotage.impairments
    assert sabotage.breaks.strip()
    assert "\n" not in sabotage.breaks


@each
def test_a_gateway_can_load_its_interceptors(sabotage: Sabotage) -> None:
    for path in sabotage.interceptors:
        load_interceptor(path)


def test_one_is_found_by_name() -> None:
    assert sabotage_named("swap-tracks") is SABOTAGES["swap-tracks"]


def test_an_unknown_one_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownSabotage) as raised:
        sabotage_named("swap-trucks")

    assert "'swap-trucks'" in str(raised.value)
    assert all(name in str(raised.value) for name in SABOTAGES)
