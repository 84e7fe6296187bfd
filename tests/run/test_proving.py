from __future__ import annotations

import pytest

from harness.run.proving import Proving, ProvingError, proving, split_cell
from harness.sabotage.registry import KIND_OF, KINDS
from harness.sabotage.sabotage import Sabotage

ALL = {
    one.name: one
    for one in (
        Sabotage(name="a", breaks="x", kills=frozenset({"OWN-001"})),
        Sabotage(name="b", breaks="x", kills=frozenset({"OWN-001", "OWN-002"})),
        Sabotage(name="c", breaks="x", harmless="nobody notices"),
        Sabotage(name="d-a", breaks="x", kills=frozenset({"OWN-003"})),
    )
}


def made(wanted: str, seed: int = 1) -> Proving:
    return proving(wanted, seed=seed, sabotages=ALL, kinds=dict.fromkeys(ALL, "sdk"))


@pytest.mark.parametrize(
    ("wanted", "names", "whole"),
    [
        ("all", "a b c d-a", True),
        ("cross", "a b c d-a", True),
        ("cross:2", "a b c d-a", False),
        ("b", "b", False),
        ("d-a, a", "a d-a", False),
        ("9", "a b c d-a", False),
    ],
)
def test_which_are_proven(wanted: str, names: str, *, whole: bool) -> None:
    assert (made(wanted).names, made(wanted).whole) == (tuple(names.split()), whole)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("all", "a b c d-a control"),
        ("cross", "a b c d-a control"),
        ("control", "control"),
        ("b,control", "b control"),
        ("b", "b"),
        ("9", "a b c d-a"),
        ("cross:2", "a b c d-a"),
    ],
)
def test_the_control_is_one_of_all_or_is_named(wanted: str, names: str) -> None:
    controlled = made(wanted).with_control({"OWN-003"})

    assert controlled.names == tuple(names.split())
    if "control" in names:
        assert controlled.of("scenario", ("OWN-003",), smoke=False)[-1].name == "control"
        row = controlled.rows({"control"})[-1]
        assert (row.kind, row.kills, row.harmless) == ("control", ("OWN-003",), "")


def test_where_nothing_is_known_to_deviate_there_is_no_control() -> None:
    for wanted in ("all", "cross", "b", "9"):
        assert made(wanted).with_control(()) == made(wanted)
    with pytest.raises(ProvingError, match="nothing is known to fail"):
        made("b,control").with_control(())


def test_a_number_of_them_is_drawn_by_the_seed() -> None:
    drawn = {made("2", seed).names for seed in range(50)}

    assert made("2", 7).names == made("2", 7).names
    assert {len(names) for names in drawn} == {2}
    assert len(drawn) == 6


@pytest.mark.parametrize(
    "wanted", ["", "e", "a,", "scenarios/", "-1", "²", "cross:", "cross:-1", "0", "cross:0"]
)
def test_what_is_not_there_is_said(wanted: str) -> None:
    with pytest.raises(ProvingError, match="there is no sabotage"):
        made(wanted)


def test_what_is_near_is_named_and_the_control_is_near_too() -> None:
    with pytest.raises(ProvingError, match=r"no sabotage 'controls'; did you mean control\?"):
        made("b,controls")


def names(wanted: str, *, smoke: bool, seed: int = 1) -> str:
    """Under which sabotages a scenario that judges OWN-001 is played."""
    proven = made(wanted, seed).of("scenario", ("OWN-001", "X-1"), smoke=smoke)
    return " ".join(one.name for one in proven)


def test_a_scenario_is_played_under_what_names_its_clauses_and_smoke_under_all_named() -> None:
    assert names("all", smoke=False) == "a b"
    assert names("a,b,c", smoke=True) == "a b c"
    assert names("c,d-a", smoke=True) == "c d-a"
    assert names("b,c", smoke=False) == "b"
    assert names("cross", smoke=False) == "a b c d-a"


def test_of_many_each_is_played_with_a_quarter_of_smoke_and_the_harmless_with_all() -> None:
    drawn = [names("all", smoke=True, seed=seed) for seed in range(400)]

    assert set(drawn) == {"a b c", "a b c d-a"}
    assert 60 <= drawn.count("a b c d-a") <= 140
    assert names("all", smoke=True, seed=7) == names("all", smoke=True, seed=7)


def test_a_sample_of_the_cross_is_drawn_of_what_is_not_played_else() -> None:
    cells = [f"f.py::test_{n}" for n in range(20)]
    drawn = {frozenset(made("cross:2", seed).drawn(cells)) for seed in range(50)}

    assert names("cross:2", smoke=True) == "c d-a"
    assert {len(some) for some in drawn} == {2}
    assert len(drawn) > 30
    assert made("cross:2", 7).drawn(cells) == made("cross:2", 7).drawn(cells[::-1])
    assert made("cross:99").drawn(cells) == made("cross").drawn(cells) == set(cells)


def test_what_a_sabotage_starves_is_played_like_what_it_kills() -> None:
    one = Sabotage(name="e", breaks="x", starves=frozenset({"OWN-004"}))
    proven = proving("e", seed=1, sabotages={"e": one}, kinds={"e": "sdk"})

    assert proven.of("scenario", ("OWN-004",), smoke=False) == (one,)
    assert proven.of("scenario", ("OWN-001",), smoke=False) == ()
    assert proven.rows({"e"})[0].starves == ("OWN-004",)


def test_rows_say_what_a_report_needs() -> None:
    row = made("b").rows({"b"})[0]

    assert (row.name, row.kind, row.kills) == ("b", "sdk", ("OWN-001", "OWN-002"))
    assert set(KIND_OF.values()) <= set(KINDS)


def test_of_what_was_not_asked_for_by_name_there_is_a_row_only_where_it_is_played() -> None:
    assert [row.name for row in made("all").rows({"b", None})] == ["b"]
    assert [row.name for row in made("a,b").rows({"b"})] == ["a", "b"]


@pytest.mark.parametrize(
    ("nodeid", "scenario", "sabotage"),
    [
        ("f.py::test_it", "f.py::test_it", None),
        ("f.py::test_it[a]", "f.py::test_it", "a"),
        ("f.py::test_it[d-a]", "f.py::test_it", "d-a"),
        ("f.py::test_it[clean-a]", "f.py::test_it[clean]", "a"),
        ("f.py::test_it[clean-d-a]", "f.py::test_it[clean]", "d-a"),
        ("f.py::test_it[clean]", "f.py::test_it[clean]", None),
    ],
)
def test_a_node_id_without_its_sabotage(nodeid: str, scenario: str, sabotage: str | None) -> None:
    assert split_cell(nodeid, ALL) == (scenario, sabotage)
