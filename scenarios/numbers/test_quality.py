"""The quality of its connection that a participant is told."""

from __future__ import annotations

import pytest

from harness.network.impairment import Target
from harness.network.impairments.drop_list import DropList
from harness.scenario import Judge, PublishOptions, Stage, Tone, clause
from harness.verifiers.quality import Sender, quality_told_wrongly

EVERY = {"alice": None, "bob": 14, "carol": 5, "dave": 50, "erin": 8, "frank": 3}
"""Who loses each how many-th packet of sound on the way up."""
RED = ("dave", "erin", "frank")


@pytest.mark.long
@clause("NUM-011", limit_s=90)
async def test_everybody_is_told_the_quality_of_its_way(stage: Stage, judge: Judge) -> None:
    participants = await stage.join(*EVERY, auto_subscribe=False)
    await stage.impair(*(exactly(who, nth) for who, nth in EVERY.items() if nth))
    senders = []
    for place, who in enumerate(participants):
        red = who.identity in RED
        options = PublishOptions(red=red)
        sound = await who.publish(Tone(pilot_hz=300 + 100 * place), options=options)
        codec = "red" if red else "opus"
        senders.append(Sender(identity=who.identity, track=sound.sid, codec=codec))
    since = await stage.run(seconds=1)
    until = await stage.run(seconds=25)

    judge(
        "NUM-011", quality_told_wrongly, stage.events, stage.ledger, senders,
        since_ns=since, until_ns=until,
    )  # fmt: skip


def exactly(who: str, nth: int) -> DropList:
    """Each n-th packet of sound on the way up is lost."""
    target = Target(participant=who, direction="up", medium="audio")
    return DropList(target=target, indices=tuple(range(0, 3000, nth)))
