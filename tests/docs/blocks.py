"""What the documentation shows: its fenced blocks, and each command line as a shell reads it.

The examples of `--help` belong to it.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from markdown_it import MarkdownIt

from harness.cli import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "scenarios/examples/agent/README.md",
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")),
)
PROGRAMS = {
    *(
        "livekit-harness",
        "pytest",
        "tox",
        "python",
        "python3",
        "pip",
        "ruff",
        "mypy",
        "mkdir",
        "cd",
        ".",
    ),
}
"""What a line of commands begins with; what begins otherwise is what a program prints."""
REDIRECTIONS = {">", ">>", "<", "|"}
MARKDOWN = MarkdownIt("commonmark").enable("table")
SUBCOMMANDS = {command.name for command in COMMANDS}


@dataclass(frozen=True, kw_only=True)
class Block:
    """A fenced block of a page."""

    page: str
    line: int
    """Of its first line, counted from 1."""
    language: str
    text: str

    @property
    def kind(self) -> str:
        """Its language; without one `commands` or `output`."""
        if self.language:
            return self.language
        programs = [program(words) for _, words in _lines_of_words(self.text)]
        return "commands" if programs and set(programs) <= PROGRAMS else "output"

    @property
    def file(self) -> str | None:
        """The file that it shows, where its first line says `# name`, and perhaps more."""
        found = re.match(r"# ([\w./]+\.(?:py|toml))\b", self.text)
        return found[1] if found else None

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


@dataclass(frozen=True, kw_only=True)
class CommandLine:
    """One command with its arguments, from a block or from a sentence."""

    page: str
    line: int
    words: tuple[str, ...]
    """Without what it is redirected to."""

    @property
    def program(self) -> str:
        """Its name, wherever it is installed."""
        return program(self.words)

    def __str__(self) -> str:
        return f"{self.page}:{self.line} {shlex.join(self.words)}"


def program(words: tuple[str, ...]) -> str:
    """The name of the program that a command line starts."""
    return words[0].rpartition("/")[2] or words[0]


def blocks(*pages: str) -> list[Block]:
    """All blocks of some pages, else of every page."""
    return [
        Block(page=page, line=token.map[0] + 2, language=token.info, text=token.content)
        for page in pages or PAGES
        for token in MARKDOWN.parse((ROOT / page).read_text())
        if token.type in ("fence", "code_block") and token.map
    ]


def block(page: str, start: str) -> Block:
    """The one block of a page that begins with this text."""
    [found] = (one for one in blocks(page) if one.text.startswith(start))
    return found


def files_of(page: str) -> dict[str, str]:
    """The files that a page has its reader write, by name."""
    return {one.file: one.text for one in blocks(page) if one.file}


def command_lines() -> list[CommandLine]:
    """Every command of every page, in blocks, sentences and tables, and of every `--help`."""
    shown = [
        CommandLine(page=one.page, line=one.line + offset, words=words)
        for one in blocks()
        if one.kind == "commands"
        for offset, words in _lines_of_words(one.text)
    ]
    return [*shown, *(one for page in PAGES for one in _in_sentences(page)), *_in_help()]


def _in_sentences(page: str) -> Iterator[CommandLine]:
    for token in MARKDOWN.parse((ROOT / page).read_text()):
        for span in token.children or ():
            if span.type == "code_inline" and token.map and _is_command(span.content):
                for _, words in _lines_of_words(span.content):
                    yield CommandLine(page=page, line=token.map[0] + 1, words=_in_full(words))


def _in_help() -> Iterator[CommandLine]:
    for command in COMMANDS:
        for number, example in enumerate(command.examples, start=1):
            for _, words in _lines_of_words(example.line):
                yield CommandLine(page=f"{command.name} --help", line=number, words=words)


def _is_command(code: str) -> bool:
    first, _, rest = code.partition(" ")
    return bool(rest) and (first in PROGRAMS - {"."} or first in SUBCOMMANDS)


def _in_full(words: tuple[str, ...]) -> tuple[str, ...]:
    """A sentence may leave `livekit-harness` out."""
    return ("livekit-harness", *words) if words[0] in SUBCOMMANDS else words


def _lines_of_words(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Offset of its line, and the words of each command; `&&` begins another."""
    for offset, line in enumerate(text.splitlines()):
        commands: list[list[str]] = [[]]
        for word in _words(line):
            if word == "&&":
                commands.append([])
            else:
                commands[-1].append(word)
        for command in commands:
            words = tuple(takewhile(lambda word: word not in REDIRECTIONS, command))
            if words:
                yield offset, words


def _words(line: str) -> list[str]:
    lexer = shlex.shlex(line, posix=True, punctuation_chars="&|<>")
    lexer.whitespace_split = True
    lexer.commenters = "#"
    try:
        return list(lexer)
    except ValueError:  # an apostrophe: no command
        return line.split()
