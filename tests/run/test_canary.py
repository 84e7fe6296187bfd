from __future__ import annotations

from harness.run.canary import Canary, choose_canary, judges_everything
from harness.sabotage.sabotage import Sabotage, ServerFault

SCENARIOS = {"one": ("A", "B", "E"), "two": ("E",), "three": ("C", "D")}
MUTE = Sabotage(name="mute", breaks="x", kills=frozenset({"A", "E", "Z"}))
LOUD = Sabotage(name="loud", breaks="x", kills=frozenset({"A", "C"}))
KNOWN = Sabotage(name="known", breaks="x", kills=frozenset({"B"}))
COSTLY = Sabotage(
    name="costly", breaks="x", kills=frozenset({"D"}), server_fault=ServerFault(how="kill")
)
OTHER = Sabotage(name="other", breaks="x", kills=frozenset({"D"}), server={"room": {}})


def drawn(seed: int, *sabotages: Sabotage) -> Canary | None:
    return choose_canary(SCENARIOS, sabotages, seed=seed, without=["B"])


def test_a_clause_is_drawn_by_the_seed_with_who_kills_it_and_where() -> None:
    canaries = [drawn(seed, MUTE, LOUD, KNOWN, COSTLY, OTHER) for seed in range(100)]
    found = {(one.clause, one.sabotage.name, one.scenario) for one in canaries if one}

    assert found == {
        ("A", "mute", "one"), ("A", "loud", "one"), ("C", "loud", "three"),
    }  # fmt: skip
    assert drawn(7, MUTE, LOUD) == drawn(7, MUTE, LOUD)


def test_there_is_none_where_nothing_cheap_kills_what_is_judged() -> None:
    assert drawn(1, KNOWN, COSTLY, OTHER) is None


def test_nine_in_ten_clauses_of_the_catalogue_are_everything() -> None:
    catalogue = [str(n) for n in range(10)]

    assert judges_everything([*catalogue[1:], "OWN-1"], catalogue)
    assert not judges_everything([*catalogue[2:], "OWN-1", "OWN-2"], catalogue)
