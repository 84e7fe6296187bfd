from __future__ import annotations

from pathlib import Path

from harness.measuring.measured import Measured
from harness.measuring.write import HTML, JSON, MARKDOWN, write_reports


def test_three_files_are_written_in_place_of_former_ones(
    measured: Measured, tmp_path: Path
) -> None:
    (tmp_path / JSON).write_text("old")
    with (tmp_path / JSON).open() as reader:
        write_reports(tmp_path, measured)
        assert reader.read() == "old"

    assert {file.name for file in tmp_path.iterdir()} == {HTML, JSON, MARKDOWN}
    assert (tmp_path / JSON).read_text().startswith("{")
