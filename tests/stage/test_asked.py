from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

import msgspec
import pytest

from harness.evidence.bindings import BindingsWriter, ImpairmentsRow, NumberedImpairment
from harness.network.impairment import Target
from harness.network.impairments import Delay, DropList, Impairment, Loss
from harness.server.model import Server
from harness.stage.asked import Asked
from harness.stage.errors import StageError
from harness.stage.fault import fault
from harness.stage.stage import StageSetup, open_stage
from tests.stage.conftest import snapshot

if TYPE_CHECKING:
    from harness.processes.keeper_client import Keeper
    from tests.stage.conftest import FakeTroupe

SERVER = Server(
    url="ws://127.0.0.1:7", api_key="APIkey", api_secret="a-secret-of-at-least-32-characters",
    version="1.13.5", backend="binary", owned=True,
)  # fmt: skip
NOWHERE = DropList(indices=(5, 25), target=Target(direction="down", track="TR_gone"))
LATE = Delay(delay_ms=20, target=Target(participant="bob"))
SABOTAGE = Loss(ratio=1.0, target=Target(participant="nobody"))
NEVER = Loss(ratio=0.5)
"""Of a phase that did not come."""
IN_FORCE: dict[int, Impairment] = {16: NOWHERE, 17: LATE, 18: SABOTAGE}
TOLD = ("drop_list (direction down, track TR_gone) met no packet of its target",)


def test_what_was_asked_for_and_met_nothing_is_told() -> None:
    rows = {cause: msgspec.to_builtins(one) for cause, one in IN_FORCE.items()}

    asked = Asked()
    asked.impair([LATE])
    asked.play(fault(NOWHERE, seconds=2), "bob")
    asked.play(fault(NEVER, seconds=2), None)
    assert asked.unmet(rows, {17}) == TOLD
    assert asked.unmet(rows, {16, 17}) == ()
    assert Asked().unmet(rows, ()) == ()


def test_a_fault_of_somebody_who_is_not_there_is_told() -> None:
    asked = Asked()
    asked.impair([LATE, NEVER])
    asked.check_aim(["alice", "bob"])
    asked.play(fault(NEVER, seconds=2), "carol")
    with pytest.raises(StageError, match="at 'carol', who never joined; there were alice"):
        asked.check_aim(["alice", "bob"])


@pytest.mark.asyncio
async def test_a_stage_tells_what_its_scenario_did_in_vain(
    troupe: FakeTroupe, tmp_path: Path
) -> None:
    setup = StageSetup(
        keeper=cast("Keeper", None), server=SERVER, folder=tmp_path, room="r",
        impairments=(SABOTAGE,),
    )  # fmt: skip
    troupe.gateway.counts = msgspec.structs.replace(snapshot("bob"), met=(17,))
    numbered = tuple(
        NumberedImpairment(cause=cause, impairment=msgspec.to_builtins(one))
        for cause, one in IN_FORCE.items()
    )
    async with open_stage(setup) as stage:
        await stage.join("bob")
        await stage.impair(LATE)
        await stage.impair()
        await stage.play(fault(NOWHERE, seconds=2), "bob")
        bindings = BindingsWriter(setup.folder)
        bindings.write(ImpairmentsRow(at_ns=1, participant="bob", impairments=numbered))
        bindings.close()

    assert stage.unmet == TOLD
