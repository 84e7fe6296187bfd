from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from harness.report.markdown import cells, code, fenced, linked, plain, sentence

TABLE = MarkdownIt("gfm-like", {"linkify": False})
BREAK = "\u200b"


ANY = st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=40)
MARKS = st.text("`<>ab1\\|*_[]()!&;:/@#~ -", max_size=40)


@example("__0__")
@example("```<img src=https://evil/x>`")
@example("`` `<b>` ``")
@given(st.one_of(ANY, MARKS))
def test_a_text_stays_a_text(text: str) -> None:
    row = cells(plain(text), "end")
    table = "\n".join([cells("a", "b"), cells("---", "---"), row])
    told = [token.children or [] for token in TABLE.parse(table) if token.type == "inline"]

    assert {one.type for children in told for one in children} <= {"text", "code_inline"}
    shown = ["".join(_letters(one) for one in children) for children in told]
    # Markdown takes a space off both ends of code
    assert [one.replace(" ", "") for one in shown] == ["a", "b", "".join(text.split()), "end"]


def _letters(token: Token) -> str:
    """What a reader sees, with the marks of what is code."""
    return f"`{token.content}`" if token.type == "code_inline" else token.content.replace(BREAK, "")


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("`a_b` *c*", r"`a_b` \*c\*"),
        ("one ` alone", r"one \` alone"),
        ("R&D &lt; ~~x~~", r"R&D \&lt; \~\~x\~\~"),
        ("_x_ a_b <br>", r"\_x\_ a_b \<br\>"),
        ("__init__ a__b", r"\_\_init\_\_ a\_\_b"),
        ("```<img src=x>`", r"\`\`\`\<img src=x\>\`"),
        ("`a` ``<b>`", r"\`a\` \`\`\<b\>\`"),
    ],
)
def test_code_in_a_text_stays_code(text: str, made: str) -> None:
    assert plain(text) == made


def test_what_github_makes_a_link_by_itself_stays_a_text() -> None:
    assert plain("https://evil/x WWW.evil.x") == r"https\://evil/x WWW\.evil.x"
    assert plain("@org/all a@b.c @ `@x`") == "@&#8203;org/all a@&#8203;b.c @ `@x`"


def test_a_link_leads_to_the_web_and_ends_where_its_address_does() -> None:
    assert linked("a_b", "https://x/y?z=1#k") == "[a_b](https://x/y?z=1#k)"
    assert linked("*", "https://x)<img src=y>") == r"[\*](https://x%29%3Cimg%20src=y%3E)"
    assert linked("a", "javascript:x") == linked("a", "") == "a"


def test_a_sentence_begins_and_ends_as_one() -> None:
    assert sentence(" one thing ") == "One thing."
    assert sentence("done!") == "Done!"


def test_code_is_on_one_line() -> None:
    assert code("a`b\nc") == "`a b c`"


def test_a_fence_is_longer_than_what_is_in_it() -> None:
    assert fenced(["```", "x"]) == ["````", "```", "x", "````"]
    assert fenced(["x"])[0] == "```"
