from __future__ import annotations

from harness.sabotage.sabotage import Sabotage


def test_it_is_proven_by_what_it_kills_and_by_what_it_starves() -> None:
    one = Sabotage(name="x", breaks="x", kills=frozenset({"A-1"}), starves=frozenset({"A-2"}))

    assert one.named == {"A-1", "A-2"}
    assert not Sabotage(name="x", breaks="x", harmless="nobody notices").named
