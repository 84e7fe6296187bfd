from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.evidence.json_value import read_json, read_lines

DECODER: msgspec.json.Decoder[list[object]] = msgspec.json.Decoder(list[object])


def test_a_value_comes_back() -> None:
    assert read_json(b'[1, "x"]', DECODER) == [1, "x"]
    assert read_json(msgspec.Raw(b"[]"), DECODER) == []


@pytest.mark.parametrize(
    "data", [b"", b"{", b"{}", b'["\xff"]', b'["\xed\xa0\x80"]', b"[" * 100_000, b"[1e999]"]
)
def test_what_is_none_is_a_value_error_of_one_line(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z"):
        read_json(data, DECODER)


@given(st.binary(max_size=50))
def test_any_bytes_are_a_value_or_a_value_error(data: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(read_json(data, DECODER), list)


def test_a_file_of_lines_is_read_up_to_the_one_that_was_cut(tmp_path: Path) -> None:
    file = tmp_path / "some.ndjson"
    assert read_lines(file, list) == ()
    file.write_bytes(b'[1]\n["x"]\n[2')
    assert read_lines(file, list) == ([1], ["x"])
    file.write_bytes(b"[1]\n{}\n")
    with pytest.raises(ValueError, match="Expected `array`"):
        read_lines(file, list)
