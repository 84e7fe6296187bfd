from __future__ import annotations

import io

import pytest

from harness.standalone.display import (
    CLEAR_BELOW,
    CUT_LINES,
    WRAP_LINES,
    ChangeLines,
    LiveTable,
    display_on,
)
from tests.standalone.test_table import ALICE, LEFT


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_has_a_table_and_a_file_has_lines() -> None:
    assert isinstance(display_on(Terminal()), LiveTable)
    assert isinstance(display_on(io.StringIO()), ChangeLines)


def test_the_table_is_drawn_in_place_below_what_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("LINES", "24")
    out = Terminal()
    display = LiveTable(out)
    display.show((ALICE,))
    display.say("a warning")
    display.show(())
    drawn = out.getvalue().replace(CUT_LINES, "").replace(WRAP_LINES, "")
    first, said, second = drawn.split(CLEAR_BELOW)[1:]

    assert first.count("\n") == 3
    assert first.endswith("\x1b[3F")
    assert said.startswith("a warning\nparticipant, track")
    assert second.splitlines()[-1] == "nobody has connected yet"


def test_a_closed_table_leaves_what_was_said() -> None:
    out = Terminal()
    display = LiveTable(out)
    display.say("hello")
    display.show(())
    display.close()

    assert out.getvalue().startswith(f"{CLEAR_BELOW}hello\n")
    assert out.getvalue().endswith(f"\x1b[2F{CLEAR_BELOW}{CUT_LINES}{WRAP_LINES}")


def test_lines_tell_what_changes() -> None:
    out = io.StringIO()
    display = display_on(out)
    for view in ((ALICE,), (ALICE,), (LEFT,)):
        display.show(view)
    display.say("a warning")
    display.close()

    assert out.getvalue().splitlines() == [
        "alice connected in demo: 3g, phase 1",
        "alice left",
        "a warning",
    ]
