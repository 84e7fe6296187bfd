from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from harness.evidence.sdk_call import SdkCall, add_call, read_calls, that_ended


def test_the_last_word_about_a_call_counts(tmp_path: Path) -> None:
    journal = tmp_path / "journal"
    for call in (
        SdkCall(name="first", end="began"),
        SdkCall(name="first", end="returned", value={"width": 4}),
        SdkCall(name="second", end="began"),
    ):
        add_call(journal, call)

    calls = read_calls(journal)

    assert list(calls) == ["first", "second"]
    assert calls["first"].value == {"width": 4}
    assert that_ended(calls.values(), "began", "died") == [calls["second"]]


def test_where_nothing_was_written_nothing_was_called(tmp_path: Path) -> None:
    assert read_calls(tmp_path / "journal") == {}


def test_what_is_no_journal_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal").write_text('{"name": "first", "end": "vanished"}\n')

    with pytest.raises(msgspec.DecodeError):
        read_calls(tmp_path / "journal")
