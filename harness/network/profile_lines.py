"""Where in a TOML file each key and list element stands, which `tomllib` does not say."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys and list indices from the top of the document."""

_DEEPEST = 16
"""Longest path that is noted: dotted keys may have any number of parts, and each is a table."""

_TOKEN = re.compile(
    r"""
    (?P<space>[ \t\r]+|\#[^\n]*)
  | (?P<line>\n)
  | (?P<text>\"{3}(?:\\.|[^\\])*?\"{3,5} | '{3}.*?'{3,5} | "(?:\\.|[^"\\\n])*" | '[^'\n]*')
  | (?P<mark>[\[\]{}=,.])
  | (?P<bare>[^\s\[\]{}=,.\#"']+)
    """,
    re.VERBOSE | re.DOTALL,
)


class _Token(NamedTuple):
    kind: str
    text: str
    line: int


def lines_of(text: str) -> dict[Path, int]:
    """Path of every table, key and list element to its line, counted from 1.

    A table that is spread over several places has the line of the first.

    Args:
        text: A document that `tomllib` accepts; of others nothing is promised but an end.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a path, or of the innermost of what it is in; 1 when that is the document."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)


def _tokens(text: str) -> Iterator[_Token]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        assert kind is not None, "every alternative has a name"
        if kind != "space":
            yield _Token(kind, match.group(), line)
        line += match.group().count("\n")


class _Scanner:
    """Follows the nesting of a document and notes lines; values it passes over."""

    def __init__(self, text: str) -> None:
        self.lines: dict[Path, int] = {}
        self._tokens = list(_tokens(text))
        self._at = 0
        self._lists: dict[Path, int] = {}
        """Lists of tables (`[[…]]`) and how many elements each has so far."""

    def document(self) -> None:
        table: Path = ()
        while (token := self._next()) is not None:
            if token.kind == "line":
                continue
            if token.text == "[":
                table = self._header(token.line)
            else:
                self._at -= 1
                self._pair(table)

    def _next(self) -> _Token | None:
        self._at += 1
        return self._tokens[self._at - 1] if self._at <= len(self._tokens) else None

    def _peek(self) -> str:
        return self._tokens[self._at].text if self._at < len(self._tokens) else ""

    def _skip(self, *texts: str) -> None:
        while self._peek() in texts and self._at < len(self._tokens):
            self._at += 1

    def _note(self, path: Path, line: int) -> Path:
        for length in range(1, min(len(path), _DEEPEST) + 1):
            self.lines.setdefault(path[:length], line)
        return path

    def _header(self, line: int) -> Path:
        """`[a.b]` or `[[a.b]]`, behind its first bracket: the path of the table."""
        is_list = self._peek() == "["
        self._skip("[")
        *outer, name = self._key() or [""]
        path: Path = ()
        for part in outer:
            path = self._inside((*path, part))
        path = (*path, name)
        if is_list:
            self._lists[path] = self._lists.get(path, 0) + 1
        self._skip("]")
        return self._note(self._inside(path), line)

    def _inside(self, path: Path) -> Path:
        """A list of tables stands for its last element."""
        count = self._lists.get(path)
        return path if count is None else (*path, count - 1)

    def _key(self) -> list[str]:
        parts: list[str] = []
        while (token := self._next()) is not None:
            parts.append(_name(token))
            if self._peek() != ".":
                break
            self._at += 1
        return parts

    def _pair(self, table: Path) -> None:
        line = self._tokens[self._at].line
        path = self._note((*table, *self._key()), line)
        self._skip("=")
        self._value(path)

    def _value(self, path: Path) -> None:
        first = self._next()
        if first is None:
            return
        if first.text == "[" or first.text == "{":
            self._collection(path, first.text)
            return
        while self._at < len(self._tokens) and self._peek() not in ("\n", ",", "]", "}"):
            self._at += 1

    def _collection(self, path: Path, opening: str) -> None:
        index = 0
        self._skip("\n", ",")
        while self._at < len(self._tokens) and self._peek() not in ("]", "}"):
            if opening == "{":
                self._pair(path)
            else:
                self._value(self._note((*path, index), self._tokens[self._at].line))
            index += 1
            self._skip("\n", ",")
        self._at += 1


def _name(token: _Token) -> str:
    """The key that a token writes."""
    if token.kind != "text":
        return token.text
    (key,) = tomllib.loads(f"{token.text} = 0")
    return key
