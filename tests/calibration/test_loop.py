from __future__ import annotations

from pathlib import Path

import pytest

from harness.calibration.loop import measure_loop
from harness.participant.handle import WORKER
from harness.processes.keeper_client import Keeper


@pytest.mark.asyncio
async def test_sound_and_picture_that_stay_in_their_process_have_floors(tmp_path: Path) -> None:
    with Keeper.start(preload=[WORKER], log=tmp_path / "keeper.log") as keeper:
        floors = await measure_loop(keeper, tmp_path)

    assert floors.keys() == {"loop_picture_ms", "loop_sound_ms"}
    for floor in floors.values():
        assert floor.missing is None
        assert floor.value is not None
        assert 0 < floor.value < 200
        assert floor.rests_on >= 10
