from __future__ import annotations

from harness.sabotage.sdk.hollow_calls import HOLLOW, hollow_calls
from tests.sabotage.seams import Seams


def test_names_are_there_and_cannot_be_used() -> None:
    seams = Seams()
    hollow_calls(seams)

    assert seams.added == dict.fromkeys(HOLLOW)
