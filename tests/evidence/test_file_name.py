from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harness.evidence.file_name import MOST_CHARACTERS, file_name


@pytest.mark.parametrize("text", ["alice", "bob-2", "sound1.local", "A_b", "-x"])
def test_a_plain_name_stays(text: str) -> None:
    assert file_name(text) == text


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("", "%"),
        (".", "%2E"),
        ("..", "%2E."),
        (".hidden", "%2Ehidden"),
        ("../../etc", "%2E.%2F..%2Fetc"),
        ("/etc", "%2Fetc"),
        ("user 1", "user%201"),
        ("<script>", "%3Cscript%3E"),
        ("a\u202eb\x00", "a%E2%80%AEb%00"),
        ("%41", "%2541"),
    ],
)
def test_another_name_is_written_as_in_a_url(text: str, name: str) -> None:
    assert file_name(text) == name


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=200))
def test_any_text_names_a_file_of_the_folder(tmp_path: Path, text: str) -> None:
    name = file_name(text)
    assert 0 < len(name) <= MOST_CHARACTERS
    path = tmp_path / name
    assert path.parent == tmp_path
    path.touch()
    path.unlink()


@given(st.text(max_size=150), st.text(max_size=150))
def test_different_texts_have_different_names(one: str, other: str) -> None:
    assert (file_name(one) == file_name(other)) == (one == other)


def test_long_names_differ_at_their_end() -> None:
    long = "x" * 1000
    assert file_name(long) != file_name(long + "y")
