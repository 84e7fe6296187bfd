from __future__ import annotations

from livekit import rtc

from harness.sabotage.sdk.hollow_calls import HOLLOW, hollow_calls
from tests.sabotage.seams import changes_of


def test_names_are_there_and_cannot_be_called() -> None:
    changes = changes_of(hollow_calls)

    assert set(changes) == set(HOLLOW)
    for owner, name in HOLLOW.items():
        there = getattr(rtc, owner)
        made = changes[owner](there)
        assert (made.__name__, getattr(made, name)) == (owner, None)
        assert not hasattr(there, name)
