from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from jsonschema import Draft202012Validator

from harness.judging.compare import Change
from harness.report.comparison import read_results
from harness.report.comparison_json import comparison_json
from tests.report.comparisons import FAILS, LATER, changed, compared, of_each_kind
from tests.report.test_schema import DOCS


def test_golden(run: Path, tmp_path: Path, golden: Callable[[str, str], None]) -> None:
    golden("compare.json", comparison_json(of_each_kind(run, tmp_path / "new")))


def test_what_is_written_is_valid_and_says_what_changed(run: Path, tmp_path: Path) -> None:
    base = read_results(run)
    new = changed(tmp_path / "new", FAILS, LATER)
    document = json.loads(comparison_json(compared([base, base], new)))

    Draft202012Validator(json.loads((DOCS / "compare.schema.json").read_bytes())).validate(document)
    assert document["exit_code"] == 1
    assert document["versions"] == {"livekit-server": ["1.13.5", "1.14.0"]}
    assert [one["name"] for one in document["base"]] == [base.run.name] * 2
    assert document["summary"] == {
        change: {Change.REGRESSION: 1, Change.SAME: 6}.get(change, 0) for change in Change
    }
    (row,) = document["changes"]
    assert (row["change"], row["clause"], row["gates"]) == ("regression", "MUTE-001", True)
    assert [one["verdict"] for one in row["before"]] == ["PASS", "PASS"]
    assert row["after"]["verdict"] == "FAIL"


def test_what_is_on_one_side_only_has_no_other(run: Path) -> None:
    base = read_results(run)
    less = replace(base, findings=base.findings[1:])
    (removed,) = json.loads(comparison_json(compared([base], less)))["changes"]
    (added,) = json.loads(comparison_json(compared([less], base)))["changes"]
    assert (removed["change"], removed["after"]) == ("removed", None)
    assert (added["change"], added["before"]) == ("added", [])
