from __future__ import annotations

from pathlib import Path

from harness.evidence.sent import read_sent
from harness.participant.sent_file import SentFile


def test_what_was_synced_can_be_read_while_the_file_grows(tmp_path: Path) -> None:
    file = SentFile(tmp_path / "tone.sent")
    file.append(0, 1_000)
    file.append(480, 11_000)
    file.sync()
    file.append(960, 21_000)

    assert read_sent(tmp_path / "tone.sent")["number"].tolist() == [0, 480]

    file.close()
    file.close()

    assert read_sent(tmp_path / "tone.sent")["at_ns"].tolist() == [1_000, 11_000, 21_000]
