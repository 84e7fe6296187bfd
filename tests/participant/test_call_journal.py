from __future__ import annotations

from pathlib import Path

import pytest

from harness.evidence.sdk_call import SdkCall, add_call, read_calls
from harness.participant.call_journal import CallJournal


def refuse() -> None:
    raise ValueError("width is\n-4")


async def later(value: int) -> int:
    return value


@pytest.mark.asyncio
async def test_what_became_of_each_call_is_written_down(tmp_path: Path) -> None:
    journal = CallJournal(tmp_path / "journal")

    await journal.attempt("plain", len, [1, 2])
    await journal.attempt("awaited", later, value=7)
    await journal.attempt("refused", refuse)

    assert list(read_calls(tmp_path / "journal").values()) == [
        SdkCall(name="plain", end="returned", value=2),
        SdkCall(name="awaited", end="returned", value=7),
        SdkCall(name="refused", end="raised", kind="ValueError", says="width is -4"),
    ]


@pytest.mark.asyncio
async def test_a_call_under_way_is_in_the_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal"

    def look() -> str:
        return read_calls(path)["looks"].end

    await CallJournal(path).attempt("looks", look)

    assert read_calls(path)["looks"].value == "began"


@pytest.mark.asyncio
async def test_what_another_process_has_begun_is_not_called_again(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    add_call(path, SdkCall(name="deadly", end="died", kind="killed by SIGABRT"))

    journal = CallJournal(path)
    await journal.attempt("deadly", refuse)
    await journal.attempt("other", len, "x")
    await journal.attempt("other", refuse)

    ends = {name: call.end for name, call in read_calls(path).items()}
    assert ends == {"deadly": "died", "other": "returned"}
