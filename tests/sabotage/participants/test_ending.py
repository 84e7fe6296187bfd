from __future__ import annotations

import os
import signal
import time

import pytest

from harness.participant.protocol import Done, Mute, Unmute
from harness.sabotage.participants.ending import STILL_S, dying, stalling
from tests.sabotage.seams import changes_of

[die] = changes_of(dying).values()
[stall] = changes_of(stalling).values()


async def carry_out() -> Done:
    return Done(at_ns=7)


@pytest.fixture
def ends(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What would end or stop this process."""
    said: list[object] = []
    monkeypatch.setattr(os, "kill", lambda *what: said.append(what))
    monkeypatch.setattr(time, "sleep", said.append)
    return said


@pytest.mark.asyncio
async def test_who_is_to_mute_dies_or_stands_still_first(ends: list[object]) -> None:
    for change in (die, stall):
        await change(carry_out, Mute(sid="TR_x"))

    assert ends == [(os.getpid(), signal.SIGKILL), STILL_S]


@pytest.mark.asyncio
async def test_all_else_is_done_as_ever(ends: list[object]) -> None:
    for change in (die, stall):
        assert await change(carry_out, Unmute(sid="TR_x")) == Done(at_ns=7)

    assert not ends
