from __future__ import annotations

from pathlib import Path

import pytest

from harness.gateway.recorder import LineWriter


def test_each_object_is_a_line_at_once(tmp_path: Path) -> None:
    writer = LineWriter(path=tmp_path / "rows.ndjson")
    writer.write({"a": 1})
    writer.write({"b": 2})

    assert (tmp_path / "rows.ndjson").read_text() == '{"a":1}\n{"b":2}\n'
    writer.close()


def test_a_full_disk_ends_the_file_and_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    writer = LineWriter(path=Path("/dev/full"))
    writer.write({"a": 1})
    writer.write({"b": 2})

    assert writer.error == "full ends here: No space left on device"
    assert len(caplog.records) == 1
    writer.close()
