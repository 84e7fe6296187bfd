"""Texts from outside in Markdown: they stay texts."""

from __future__ import annotations

import re
from urllib.parse import quote

from harness.report.links import web_link

_SPECIAL = re.compile(r"[\\*\[\]<>~]|(?<![^\W_])_|_(?![^\W_])|&(?=[#\w]+;)|:(?=//)|(?<=[Ww]{3})\.")
"""Of `_` all but one that stands alone between letters or digits, which is no mark-up. `://` and
`www.` begin what GitHub makes a link by itself."""
_MENTION = re.compile(r"@(?=\w)")
_BREAK = "&#8203;"
"""A space without width: GitHub looks for mentions and mail addresses in what it shows, where a
backslash is gone."""
_OF_URL = ":/?#@!$&'*+,;=%"
"""What stays as it is in an address, besides letters and digits; without what ends a link."""


def plain(text: str) -> str:
    """As Markdown shows it in a table cell: nothing of it is mark-up but `code`.

    Nor is code what a run of two or more backticks stands in: that ends only with one as long.
    """
    line = " ".join(text.split())
    pieces = line.split("`")
    closed = len(pieces) % 2 == 1 and "``" not in line
    for index in range(0, len(pieces), 2 if closed else 1):
        escaped = _SPECIAL.sub(r"\\\g<0>", pieces[index])
        pieces[index] = _MENTION.sub(f"@{_BREAK}", escaped)
    return ("`" if closed else r"\`").join(pieces)


def linked(text: str, address: str) -> str:
    """The text as a link, where its address is one of the web; else the text alone."""
    web = web_link(address)
    return f"[{plain(text)}]({quote(web, safe=_OF_URL)})" if web else plain(text)


def sentence(text: str) -> str:
    """With a capital letter and a full stop, unless it begins with code."""
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?', '…')) else '.'}"


def code(text: str) -> str:
    """On one line, in the letters of code."""
    return f"`{' '.join(text.replace('`', ' ').split())}`"


def fenced(lines: list[str]) -> list[str]:
    """A block of code, whatever is in it."""
    longest = max((len(run) for line in lines for run in re.findall("`+", line)), default=0)
    fence = "`" * max(3, longest + 1)
    return [fence, *lines, fence]


def cells(*texts: str) -> str:
    """A row of a table."""
    return f"| {' | '.join(text.replace('|', chr(92) + '|') for text in texts)} |"
