from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

LOCATED, BESIDE = object(), object()
CALM = {"loop_lag_p99_ms": 1.0}


class FakeCalls:
    """Answers as it is told to, one answer a try; meanwhile another run came in for BESIDE."""

    def __init__(self, lock: Path, *answers: str | object) -> None:
        self.lock, self.answers = lock, list(answers)

    async def located(self) -> object:
        answer = self.answers.pop(0)
        if isinstance(answer, str):
            raise import_module("benchmarks.accuracy_calls").NoAnswer(answer)
        if answer is BESIDE:
            with (self.lock / "media").open("ab") as media:
                media.write(b"somebody\n")
        return answer


def bench(monkeypatch: pytest.MonkeyPatch, folder: Path, *answers: str | object) -> Any:  # noqa: ANN401
    accuracy = import_module("benchmarks.accuracy")
    monkeypatch.setattr(accuracy, "runtime_folder", lambda: folder)
    return accuracy.Bench(FakeCalls(folder, *answers), folder, seconds=1)


@pytest.mark.asyncio
async def test_a_disturbed_place_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked = bench(monkeypatch, tmp_path, "disturbed: bob: late", BESIDE, LOCATED)

    assert await asked.located() is LOCATED
    assert asked.repeated == [
        "located: disturbed: bob: late", "located: other runs were beside it",
    ]  # fmt: skip


@pytest.mark.asyncio
async def test_a_table_without_places_is_no_table(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    accuracy = import_module("benchmarks.accuracy")
    asked = bench(monkeypatch, tmp_path, "a", "b", "c")

    with pytest.raises(SystemExit, match="no undisturbed try of 3"):
        await accuracy.measure(asked, [], runs=1)


def test_who_was_made_to_stand_still_disturbs_nothing() -> None:
    calls = import_module("benchmarks.accuracy_calls")
    late = {"loop_lag_p99_ms": 900.0}
    calls._require_calm(SimpleNamespace(health={"alice": late, "bob": CALM}), but="alice")
    with pytest.raises(calls.NoAnswer, match="disturbed: alice: event loop late"):
        calls._require_calm(SimpleNamespace(health={"alice": late}))
