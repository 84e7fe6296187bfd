from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.replace_file import replace_file


def test_a_file_is_another_one_afterwards_and_who_reads_the_former_reads_it_whole(
    tmp_path: Path,
) -> None:
    file = tmp_path / "file"
    replace_file(file, b"former")
    with file.open("rb") as reader:
        replace_file(file, b"new")
        assert reader.read() == b"former"

    assert file.read_bytes() == b"new"
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_where_it_cannot_be_nothing_is_left(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(OSError, match="directory"):
        replace_file(tmp_path / "file", b"new")

    assert [path.name for path in tmp_path.iterdir()] == ["file"]
