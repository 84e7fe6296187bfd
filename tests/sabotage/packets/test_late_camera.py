from __future__ import annotations

from harness.sabotage.packets.late_camera import SABOTAGES


def test_only_a_camera_towards_subscribers_is_meant() -> None:
    targets = {one.target for sabotage in SABOTAGES for one in sabotage.impairments}

    assert [(t.direction, t.track, t.participant) for t in targets] == [
        ("down", "alice/camera", None)
    ]
