from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from harness.report.pictures.attempt_folder import AttemptFolder
from harness.report.pictures.packets import MOST_LINES, packets_drawn
from tests.evidence.ledger_recorder import call, rtp
from tests.report.pictures.evidence import at, message, opened, write_messages, write_tracks


def test_each_track_and_layer_is_a_line(folder: AttemptFolder) -> None:
    named = message(0.1, "alice", "server", "track_published", sid="TR_v", name="camera")
    write_messages(folder.path, [named])
    up = packets_drawn(folder, "up", bands=(), marks=())
    down = packets_drawn(folder, "down", bands=(), marks=())

    assert up is not None
    assert down is not None
    for drawn in (up, down):
        ET.fromstring(drawn)
    assert "alice camera f 100 in all" in up
    assert "alice camera q 100 in all" in up
    assert "bob camera of alice 100 in all" in down


def test_only_the_busiest_are_drawn(tmp_path: Path) -> None:
    write_tracks(tmp_path, MOST_LINES + 1)
    drawn = packets_drawn(opened(tmp_path), "up", bands=(), marks=())
    assert drawn is not None
    assert f"alice TR_{MOST_LINES} {MOST_LINES + 1} in all" in drawn
    assert "alice TR_0" not in drawn
    assert "1 quieter ones are not drawn" in drawn


def test_what_is_not_bound_is_unknown(tmp_path: Path) -> None:
    recorder = call(tmp_path)
    recorder.packet(at(1.0), rtp(1, 500, 50))
    recorder.packet(at(1.0), rtp(1, 501, 96))
    recorder.ledger()
    drawn = packets_drawn(opened(tmp_path), "up", bands=(), marks=())
    assert drawn is not None
    assert "alice unknown 1 in all" in drawn
    assert "alice unknown video 1 in all" in drawn


@pytest.mark.parametrize("direction", ["up", "down"])
def test_no_packets_are_no_picture(tmp_path: Path, direction: str) -> None:
    call(tmp_path).ledger()
    folder = opened(tmp_path)
    assert packets_drawn(folder, direction, bands=(), marks=()) is None  # type: ignore[arg-type]
