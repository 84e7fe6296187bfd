from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.network.profile_lines import Path as KeyPath
from harness.network.profile_lines import line_of, lines_of

PROFILES = sorted((Path(__file__).parents[2] / "harness/network/profiles").glob("*.toml"))

DOCUMENT = '''\
title = "a # [b]"   # = c
cite = """
one = 1
"quoted" \\""" two
"""
empty = []
[[phase]]
at_s = 0.5
udp.up = { loss_ratio = 0.1, "delay_ms" = 1e3 }
udp.'down' = { drop_indices = [
  1,
  2,  # three = 3
  ], jitter = { reorder = true } }

[[phase]]  # second
at_s = 1979-05-27 07:32:00
[[phase.aimed]]
medium = \'\'\'
x\'\'\'
[phase.tcp.signal]
cut = true
[[phase]]
points = [{ x = 1 }, { x = 2, y = [[3], [4, 5]] }]
'''


def paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    """All paths of what tomllib read."""
    if path:
        yield path
    if isinstance(value, dict):
        for key, one in value.items():
            yield from paths(one, (*path, key))
    if isinstance(value, list):
        for index, one in enumerate(value):
            yield from paths(one, (*path, index))


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 1),
        (("cite",), 2),
        (("empty",), 6),
        (("phase", 0), 7),
        (("phase", 0, "udp", "up", "delay_ms"), 9),
        (("phase", 0, "udp", "down", "drop_indices"), 10),
        (("phase", 0, "udp", "down", "drop_indices", 1), 12),
        (("phase", 0, "udp", "down", "jitter", "reorder"), 13),
        (("phase", 1), 15),
        (("phase", 1, "aimed", 0, "medium"), 18),
        (("phase", 1, "tcp", "signal", "cut"), 21),
        (("phase", 2, "points", 1, "y", 1, 1), 23),
    ],
)
def test_lines_are_those_of_the_keys(path: KeyPath, line: int) -> None:
    assert lines_of(DOCUMENT)[path] == line


def test_what_is_missing_has_the_line_of_what_it_is_missing_in() -> None:
    lines = lines_of(DOCUMENT)
    assert line_of(lines, ("phase", 2, "at_s")) == 22
    assert line_of(lines, ("nothing",)) == 1


@pytest.mark.parametrize("text", [DOCUMENT, *(path.read_text() for path in PROFILES)])
def test_it_sees_the_same_paths_as_the_parser(text: str) -> None:
    assert set(lines_of(text)) == set(paths(tomllib.loads(text)))


keys = st.text("abc-_1", min_size=1, max_size=3) | st.sampled_from(['"a.b"', "'[c]'", '"\\u0041"'])
scalars = st.sampled_from(
    ["1", "-1.5", "true", '"# = ["', "'{'", '"""\n]"""', "inf", "07:32:00", "0x1F", '"\\""']
)
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda some: "[\n" + " ,\n".join(some) + "]")
        | st.lists(st.tuples(keys, inner), max_size=2).map(
            lambda some: "{" + ", ".join(f"{key} = {value}" for key, value in some) + "}"
        )
    ),
    max_leaves=6,
)
statements = (
    st.tuples(st.lists(keys, min_size=1, max_size=2), values).map(
        lambda pair: f"{'.'.join(pair[0])} = {pair[1]}"
    )
    | st.lists(keys, min_size=1, max_size=2).map(lambda parts: f"[{' . '.join(parts)}]")
    | st.lists(keys, min_size=1, max_size=2).map(lambda parts: f"[[{'.'.join(parts)}]] # x")
)


@given(st.lists(statements, max_size=6))
def test_any_document_that_the_parser_reads(some: list[str]) -> None:
    text = "\n".join(some)
    try:
        read = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        read = {}
    found = lines_of(text)
    if read:
        assert set(found) == set(paths(read))
    assert all(1 <= line <= text.count("\n") + 1 for line in found.values())


@pytest.mark.parametrize(("parts", "noted"), [(15, 15), (16, 16), (17, 16)])
def test_the_longest_path_that_is_noted_has_sixteen_parts(parts: int, noted: int) -> None:
    assert max(map(len, lines_of(".".join("a" * parts) + " = 1"))) == noted
