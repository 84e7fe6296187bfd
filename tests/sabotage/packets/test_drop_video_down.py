from __future__ import annotations

from harness.network.impairment import Target
from harness.network.impairments import Loss
from harness.sabotage.packets.drop_video_down import SABOTAGE


def test_all_video_on_the_last_leg_is_lost_and_nothing_else() -> None:
    assert SABOTAGE.interceptors == ()
    assert SABOTAGE.impairments == (
        Loss(ratio=1.0, target=Target(direction="down", medium="video")),
    )
