from __future__ import annotations

from harness.sabotage.sabotage import Sabotage


def test_it_is_proven_by_what_it_kills_and_by_what_it_starves() -> None:
    one = Sabotage(name="x", breaks="x", kills=frozenset({"A-1"}), starves=frozenset({"A-2"}))

    assert one.named == {"A-1", "A-2"}
    assert not Sabotage(name="x", breaks="x", harmless="nobody notices").named


def test_it_is_to_blame_for_the_disturbance_that_it_names_alone() -> None:
    stalling = Sabotage(name="x", breaks="x", disturbs="of the sound")

    assert stalling.brings_about("alice: 30 % of the sound came late; machine: busy")
    assert not stalling.brings_about("machine: busy")
    assert not Sabotage(name="y", breaks="y").brings_about("machine: busy")
