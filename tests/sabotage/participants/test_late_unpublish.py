from __future__ import annotations

import pytest

from harness.evidence.clock import NS_PER_MS, now_ns
from harness.participant.protocol import Done, Unmute, Unpublish
from harness.sabotage.participants import late_unpublish as module
from harness.sabotage.participants.late_unpublish import late_unpublish
from tests.sabotage.seams import changes_of

[change] = changes_of(late_unpublish).values()
LATE_MS = 20


@pytest.mark.asyncio
async def test_it_is_done_later_than_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LATE_S", LATE_MS / 1000)
    done: list[int] = []

    async def carry_out() -> Done:
        done.append(now_ns())
        return Done(at_ns=done[-1])

    answer = await change(carry_out, Unpublish(sid="TR_x"))

    assert len(done) == 1
    assert done[0] - answer.at_ns >= LATE_MS * NS_PER_MS


@pytest.mark.asyncio
async def test_anything_else_is_done_at_once() -> None:
    async def carry_out() -> Done:
        return Done(at_ns=7)

    assert await change(carry_out, Unmute(sid="TR_x")) == Done(at_ns=7)
