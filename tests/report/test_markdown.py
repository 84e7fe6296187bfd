from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from harness.report.markdown import cells, code, fenced, plain, sentence

TABLE = MarkdownIt("gfm-like", {"linkify": False})


def shown(markdown: str) -> str:
    """The letters that a reader sees."""
    return "".join(
        child.content or "\n" * (child.type == "softbreak")
        for token in TABLE.parse(markdown)
        for child in token.children or ()
    )


@example("__0__")
@given(
    st.text(
        st.characters(codec="utf-8", exclude_categories=["C"], exclude_characters="`"), max_size=40
    )
)
def test_a_text_stays_a_text(text: str) -> None:
    row = cells(plain(text), "end")
    table = "\n".join([cells("a", "b"), cells("---", "---"), row])
    words = [
        "".join(child.content for child in token.children or ())
        for token in TABLE.parse(table)
        if token.type == "inline"
    ]
    assert words == ["a", "b", " ".join(text.split()), "end"]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("`a_b` *c*", r"`a_b` \*c\*"),
        ("one ` alone", r"one \` alone"),
        ("R&D &lt; ~~x~~", r"R&D \&lt; \~\~x\~\~"),
        ("_x_ a_b <br>", r"\_x\_ a_b \<br\>"),
        ("__init__ a__b", r"\_\_init\_\_ a\_\_b"),
    ],
)
def test_code_in_a_text_stays_code(text: str, made: str) -> None:
    assert plain(text) == made


def test_a_sentence_begins_and_ends_as_one() -> None:
    assert sentence(" one thing ") == "One thing."
    assert sentence("done!") == "Done!"


def test_code_is_on_one_line() -> None:
    assert code("a`b\nc") == "`a b c`"


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    assert fenced(["```", "x"]) == ["````", "```", "x", "````"]
    assert fenced(["x"])[0] == "```"
