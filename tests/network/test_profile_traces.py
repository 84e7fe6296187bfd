from __future__ import annotations

import os
from pathlib import Path

import pytest

from harness.network import profile_traces
from harness.network.profile_traces import TraceError, read_opportunities


def test_a_trace_is_a_time_a_line(tmp_path: Path) -> None:
    (tmp_path / "a.trace").write_text("0\n1\n1\n7\n")
    assert read_opportunities(tmp_path, "a.trace") == (0, 1, 1, 7)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1\n-2\n", "a.trace:2: '-2' is no whole number of ms"),
        ("1\n2.5\n", "a.trace:2: '2.5' is no whole number"),
        ("1\n\n2\n", "a.trace:2: '' is no whole number"),
        ("9" * 5000, "a.trace:1: '99999999999999999999' is no whole number"),
        ("3\n5\n4\n", "a.trace:3: 4 is before the time of the line above"),
        ("", "a.trace: ends at 0 ms"),
        ("0\n0\n", "a.trace: ends at 0 ms"),
        ("1\n²\n", "cannot read a.trace beside the profile"),
    ],
)
def test_what_is_no_trace_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "a.trace").write_text(text)
    with pytest.raises(TraceError) as caught:
        read_opportunities(tmp_path, "a.trace")
    assert str(caught.value).startswith(said)


@pytest.mark.parametrize("name", ["../a.trace", "/etc/passwd", "", ".", "..", "b.trace", "\0"])
def test_only_files_beside_the_profile_are_read(tmp_path: Path, name: str) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "a.trace").write_text("1\n")
    with pytest.raises(TraceError):
        read_opportunities(tmp_path / "inside", name)


@pytest.mark.parametrize(
    ("size", "said"), [(4 << 20, "is no whole number"), ((4 << 20) + 1, "longer than 4 MiB")]
)
def test_a_file_may_have_four_mebibytes(tmp_path: Path, size: int, said: str) -> None:
    (tmp_path / "a.trace").touch()
    os.truncate(tmp_path / "a.trace", size)
    with pytest.raises(TraceError, match=said):
        read_opportunities(tmp_path, "a.trace")


def test_a_huge_file_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(profile_traces, "LONGEST_BYTES", 1 << 20)
    (tmp_path / "a.trace").write_text("1\n" * (1 << 20))
    with pytest.raises(TraceError, match="longer than 1 MiB"):
        read_opportunities(tmp_path, "a.trace")
