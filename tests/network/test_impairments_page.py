from __future__ import annotations

import re
from pathlib import Path

import msgspec
import pytest

from harness.network.impairments import REGISTRY

PAGE = Path(__file__).parents[2] / "docs/reference/impairments.md"
ROW = re.compile(r"^\| `(\w+)` \| (.*?) \| (.*) \|$", re.MULTILINE)


def rows() -> dict[str, str]:
    """Name → fields, of the table of impairments."""
    return {name: fields for name, fields, _ in ROW.findall(PAGE.read_text())}


def test_the_table_names_every_impairment_in_the_order_in_which_they_act() -> None:
    assert list(rows()) == list(REGISTRY)


@pytest.mark.parametrize("name", REGISTRY)
def test_a_row_names_every_field_and_its_default(name: str) -> None:
    fields = {field.name: field for field in msgspec.structs.fields(REGISTRY[name])}
    fields.pop("target")
    names = re.findall(r"`(\w+)`", re.sub(r"\([^)]*\)", "", rows()[name]))
    assert sorted(names) == sorted(fields)
    for field in fields.values():
        if isinstance(field.default, int | float | str):
            shown = str(field.default).lower().removesuffix(".0")
            assert re.search(rf"`{field.name}` \(`?{shown}`?\)", rows()[name])
