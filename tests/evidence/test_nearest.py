from __future__ import annotations

import pytest

from harness.evidence.nearest import did_you_mean


@pytest.mark.parametrize(
    ("word", "words", "said"),
    [
        ("clause", ["clauses", "claims"], "did you mean clauses?"),
        ("MUTE-02", ["ROOM-002", "MUTE-002"], "did you mean MUTE-002?"),
        ("mute", ["room"], ""),
        ("mute", [], ""),
        ("", ["mute"], ""),
    ],
)
def test_the_nearest_word_is_named(word: str, words: list[str], said: str) -> None:
    assert did_you_mean(word, words) == said


def test_several_are_named_the_nearest_first() -> None:
    names = iter(["unmutes", "mutes", "mute", "moderator"])

    assert did_you_mean("mutes-", names, most=2) == "did you mean mutes or mute?"


def test_how_near_is_the_callers_word() -> None:
    assert did_you_mean("4g", ["3g"]) == ""
    assert did_you_mean("4g", ["3g"], likeness=0.5) == "did you mean 3g?"
