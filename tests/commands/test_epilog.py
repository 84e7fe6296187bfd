from __future__ import annotations

import argparse
import inspect
import re
import shlex
import sys
from dataclasses import replace

import pytest

from harness.cli import COMMANDS, build_parser, main
from harness.commands.command import NOTHING_FOUND, Command, Example
from harness.commands.epilog import Formatter, epilog, exit_codes

BY_NAME = {command.name: command for command in COMMANDS}
ENDS_WITH = {"NOTHING_FOUND": {NOTHING_FOUND}, "INTERRUPTED": {130}, "exit_code": {11, 12}}
"""What the file of a command speaks of → what it may end with."""
DANCE = Command(
    name="dance",
    help="dance",
    arguments=lambda parser: None,
    run=lambda arguments: 0,
    examples=(Example(line="livekit-harness dance --slow", does="a waltz"),),
)


def help_of(name: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as raised:
        main([name, "--help"])
    assert raised.value.code == 0
    return capsys.readouterr().out


@pytest.mark.parametrize("name", BY_NAME)
def test_every_help_has_an_example_as_it_is_typed(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    lines = help_of(name, capsys).splitlines()

    assert "examples:" in lines
    for example in BY_NAME[name].examples:
        assert f"  {example.line}" in lines


@pytest.mark.parametrize("name", BY_NAME)
def test_every_example_is_understood(name: str) -> None:
    for example in BY_NAME[name].examples:
        program, *words = shlex.split(example.line.partition(" > ")[0])
        assert program == "livekit-harness"
        assert build_parser().parse_args(words).command is BY_NAME[name]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_exit_code_is_told(name: str) -> None:
    source = inspect.getsource(sys.modules[BY_NAME[name].run.__module__])
    spoken = [codes for word, codes in ENDS_WITH.items() if re.search(rf"\b{word}\b", source)]

    told = exit_codes(BY_NAME[name])

    assert all(codes <= set(told) for codes in spoken)
    assert not told or {0, 2} < set(told)


def test_no_help_names_a_file_that_no_wheel_has(capsys: pytest.CaptureFixture[str]) -> None:
    assert [name for name in BY_NAME if "docs/" in help_of(name, capsys)] == []


def test_codes_come_in_their_order_and_misuse_by_itself() -> None:
    text = epilog(replace(DANCE, exit_codes={11: "open", 0: "good", 1: "bad"}, note="A note."))

    assert text == (
        "examples:\n  livekit-harness dance --slow\n      a waltz\n\n"
        "exit code:\n  0    good\n  1    bad\n"
        "  2    what was asked cannot be done: one line says why\n  11   open\n\nA note."
    )


def test_a_command_that_says_nothing_else_has_no_table_of_codes() -> None:
    assert "exit code" not in epilog(DANCE)
    assert exit_codes(DANCE) == {}


def test_what_is_too_long_hangs_below_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    text = "head:\n  11   one two three four five six seven --eight-nine\n\nlast"
    shown = argparse.ArgumentParser(epilog=text, formatter_class=Formatter).format_help()

    assert shown.endswith(
        "head:\n  11   one two three four five six\n       seven --eight-nine\n\nlast\n"
    )
