"""What a browser would take for HTML in a page of Markdown, but what our writers put there."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

_MARKDOWN = MarkdownIt("gfm-like", {"linkify": False})
_OURS = re.compile(r"<br>|<details><summary>[^<>]*</summary>|</details>")


def live_html(markdown: str) -> list[str]:
    """Pieces of HTML in a summary or a table that no writer of ours made."""
    tokens = _MARKDOWN.parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    found = [one.content.strip() for one in (*tokens, *inline) if one.type.startswith("html")]
    return [one for one in found if not _OURS.fullmatch(one)]
