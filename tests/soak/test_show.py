from __future__ import annotations

import io

from harness.soak.child import Ended
from harness.soak.show import CLEAR, Lines
from harness.soak.soak import Plan, SoakRun


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def play(plan: Plan, out: io.StringIO) -> str:
    show = Lines(plan, out)
    show.begins(1, [])
    show.line("PASS 1/2 one")
    show.line("PASS 2/2 other")
    ended = Ended(code=3, last_lines=("INTERNALERROR",))
    show.ended(SoakRun(number=1, load="", took_s=8.3, ended=ended, report=None))
    return out.getvalue()


def test_a_file_has_lines_that_stay(plan: Plan) -> None:
    assert play(plan, io.StringIO()) == (
        "run 1 of 4\nrun 1 of 4: no run, exit code 3 in 8.3 s\n  INTERNALERROR\n"
    )


def test_a_terminal_shows_what_runs_below_them(plan: Plan) -> None:
    shown = play(plan, Terminal())
    assert shown.split(CLEAR)[1:4] == [
        "run 1 of 4\n",
        "1/4 PASS 1/2 one",
        "1/4 PASS 2/2 other",
    ]
    assert shown.count("\n") == 3
