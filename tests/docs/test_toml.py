"""TOML that the documentation shows is what the harness reads."""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.judging.deviations import Deviations
from harness.network.profile import parse_profile
from tests.docs.blocks import ROOT, Block, blocks, files_of

PLUGIN = (ROOT / "harness" / "plugin.py").read_text()
SHOWN = [one for one in blocks() if one.kind == "toml"]


@pytest.mark.parametrize("one", SHOWN, ids=str)
def test_it_can_be_used(one: Block, tmp_path: Path) -> None:
    tables: dict[str, Any] = tomllib.loads(one.text)
    file = tmp_path / "shown.toml"
    file.write_text(one.text)
    if "phase" in tables:
        assert parse_profile(one.text, name="shown", file=str(file)).phases
    elif "deviation" in tables:
        clauses = tmp_path / "clauses.toml"
        clauses.write_text(files_of(one.page).get("clauses.toml", ""))
        catalogue = Catalogue.load(SHIPPED, clauses)
        known = Deviations.load(file, catalogue=catalogue, today=date(2026, 12, 1))
        assert known.know(tables["deviation"][0]["clause"])
    elif "tool" in tables:
        settings = tables["tool"]["pytest"]["ini_options"]
        assert [name for name in settings if name.startswith("lk_")] == ["lk_clauses"]
        assert 'addini("lk_clauses"' in PLUGIN
    else:
        assert list(Catalogue.load(file)) == sorted(tables)
