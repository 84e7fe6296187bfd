"""Tables of the reference name what there is: options, keys, methods, verifiers."""

from __future__ import annotations

import importlib
import json
import re
from collections.abc import Iterator
from itertools import pairwise
from types import ModuleType

import pytest
from markdown_it.token import Token

from harness import cli
from harness.clauses.clause_table import KEYS
from harness.stage.guest import Guest
from harness.stage.moderator import Moderator
from harness.stage.participant import Participant
from harness.stage.publication import Publication
from harness.stage.received import Received
from harness.stage.stage import Stage
from tests.docs.blocks import MARKDOWN, ROOT

OPTIONS = "docs/reference/options.md"
STAGE = "docs/reference/stage-and-verifiers.md"
WHO = {
    "stage": Stage,
    "stage.moderator": Moderator,
    "a participant": Participant,
    "a guest": Guest,
    "a publication": Publication,
    "what record gives": Received,
}
"""Beginning of a row → the class that it tells of."""
MODULES = {path.name for path in (ROOT / "harness" / "verifiers").glob("*.py")}
NO_METHODS = {"stage", "record", "url", "token"}
"""What stands in first cells, and what is no attribute of the class of a guest."""


def code_by_row(page: str, head: str) -> list[tuple[str, list[str]]]:
    """Of each row of the tables with such a first head: first cell, and the code in all cells."""
    return list(_rows(page, head))


def _rows(page: str, head: str) -> Iterator[tuple[str, list[str]]]:
    for table in _tables(page):
        if table[0][0].content == head:
            for row in table[1:]:
                spans = [span for cell in row for span in cell.children or ()]
                code = [span.content for span in spans if span.type == "code_inline"]
                yield row[0].content.replace("`", ""), code


def _tables(page: str) -> list[list[list[Token]]]:
    """Of each table its rows, of each row its cells."""
    tables: list[list[list[Token]]] = []
    for before, token in pairwise(MARKDOWN.parse((ROOT / page).read_text())):
        if token.type == "table_open":
            tables.append([])
        elif token.type == "tr_open":
            tables[-1].append([])
        elif before.type in ("th_open", "td_open"):
            tables[-1][-1].append(token)
    return tables


def shown_options(page: str, head: str) -> set[str]:
    return {name for first, _ in code_by_row(page, head) for name in re.findall("--[a-z-]+", first)}


def test_every_option_of_pytest_is_told() -> None:
    plugin = (ROOT / "harness" / "plugin.py").read_text()
    assert shown_options(OPTIONS, "option") == set(re.findall(r'"(--lk-[a-z-]+)"', plugin))
    settings = {first for first, _ in code_by_row(OPTIONS, "setting of pytest")}
    assert settings == set(re.findall(r'addini\("(\w+)"', plugin))


def test_every_option_of_the_gateway_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        cli.main(["gateway", "--help"])
    options = set(re.findall(r"--[a-z-]+", capsys.readouterr().out)) - {"--help"}
    assert shown_options("docs/how-to/impair-any-client.md", "option") == options


def test_every_key_of_a_clause_is_told() -> None:
    rows = code_by_row("docs/how-to/own-scenarios.md", "key")
    told = [name for first, _ in rows for name in first.split(", ")]
    assert sorted(told) == sorted(["[AREA-nnn]", *KEYS])


def test_every_key_of_latency_json_is_told() -> None:
    golden = ROOT / "tests" / "measuring" / "golden" / "latency.json"
    [call, *_] = json.loads(golden.read_text())["profiles"]
    rows = code_by_row("docs/how-to/measure-latency.md", "key")
    told = [name for first, _ in rows for name in first.split(", ")]
    assert sorted(told) == sorted([*call, *call["metrics"][0]])


@pytest.mark.parametrize("row", code_by_row(STAGE, "who"), ids=lambda row: row[0])
def test_what_the_stage_can_do_is_there(row: tuple[str, list[str]]) -> None:
    first, code = row
    [told] = (kind for name, kind in WHO.items() if re.match(rf"{name}(,|$)", first))
    names = {found[0] for one in code if (found := re.match(r"\w+", one))} - NO_METHODS
    assert names
    assert [name for name in names if not hasattr(told, name)] == []


@pytest.mark.parametrize("row", code_by_row(STAGE, "verifiers, in `harness.verifiers`"), ids=str)
def test_every_verifier_that_is_named_is_there(row: tuple[str, list[str]]) -> None:
    first, code = row
    module: ModuleType | None = None
    for name in (name for name in code if name in first):
        if f"{name}.py" in MODULES:
            module = importlib.import_module(f"harness.verifiers.{name}")
        else:
            assert hasattr(module, name)
    assert module is not None
