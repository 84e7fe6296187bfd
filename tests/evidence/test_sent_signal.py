from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.sent_signal import signal_file, write_signal
from harness.participant.protocol import PublishTone
from harness.signals.sound import Tone


@pytest.mark.parametrize("name", ["sound1", "a.b", "%2E%2E"])
def test_it_lies_beside_the_hand_overs(tmp_path: Path, name: str) -> None:
    assert signal_file(tmp_path / f"{name}.sent") == tmp_path / f"{name}.signal.json"


def test_what_was_asked_for_is_written_whole(tmp_path: Path) -> None:
    command = PublishTone(name="sound1", tone=Tone(pilot_hz=700))
    write_signal(tmp_path / "sound1.sent", command)
    written = (tmp_path / "sound1.signal.json").read_bytes()
    assert msgspec.json.decode(written, type=PublishTone) == command
