from __future__ import annotations

import pytest

from harness.cli import main
from harness.commands import doctor
from harness.server.choose import Wanted


class Found:
    """What the doctor's examination gives."""

    def __init__(self, *, auto: str | None) -> None:
        self.auto = auto

    def lines(self) -> list[str]:
        return ["a line", "another"]


@pytest.mark.parametrize(("auto", "code"), [("container", 0), (None, 1)])
def test_what_was_found_is_printed_and_nothing_found_is_exit_1(
    auto: str | None,
    code: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def examine(wanted: Wanted) -> Found:
        return Found(auto=auto)

    monkeypatch.setattr(doctor, "examine", examine)
    assert main(["doctor"]) == code
    assert capsys.readouterr().out == "a line\nanother\n"
