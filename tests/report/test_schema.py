from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from harness.evidence.run_event import FindingMade, RunEvent, RunFinished, RunStarted
from harness.report import comparison_json
from harness.report.comparison_json import ComparisonDocument
from harness.report.document import SCHEMA, Results
from harness.report.model import read_report
from harness.report.results import results
from harness.report.schema import schema

DOCS = Path(__file__).parent.parent.parent / "docs"
PUBLISHED: dict[str, tuple[type, str]] = {
    "results.schema.json": (Results, f"results.json of livekit-harness, schema {SCHEMA}"),
    "compare.schema.json": (
        ComparisonDocument,
        f"livekit-harness compare --json, schema {comparison_json.SCHEMA}",
    ),
}


@pytest.fixture(scope="module")
def valid() -> Draft202012Validator:
    return Draft202012Validator(json.loads((DOCS / "results.schema.json").read_bytes()))


@pytest.mark.parametrize("name", PUBLISHED)
def test_what_is_published_is_what_is_written(name: str) -> None:
    kind, title = PUBLISHED[name]
    made = schema(kind, title=title)
    if os.environ.get("UPDATE_GOLDEN") == "1":
        (DOCS / name).write_bytes(made)

    assert made == (DOCS / name).read_bytes()
    Draft202012Validator.check_schema(json.loads(made))


def written(folder: Path) -> Any:  # noqa: ANN401 - any JSON
    return json.loads(results(read_report(folder)))


def test_a_whole_run_is_valid(run: Path, valid: Draft202012Validator) -> None:
    valid.validate(written(run))


@pytest.mark.parametrize("kind", [RunStarted, RunFinished, FindingMade])
def test_so_is_one_that_was_killed_or_lost_a_part(
    kind: type[RunEvent],
    run_of: Callable[[Callable[[RunEvent], bool]], Path],
    valid: Draft202012Validator,
) -> None:
    valid.validate(written(run_of(lambda event: not isinstance(event, kind))))


def test_so_is_one_that_an_earlier_version_wrote(run: Path, valid: Draft202012Validator) -> None:
    file = run / "events.ndjson"
    events = file.read_bytes()
    without = re.sub(rb',"(disturbed|tried|profile|expires)":[^,}]*', b"", events)
    assert without != events
    file.write_bytes(without)
    valid.validate(written(run))


def test_a_later_version_may_add_keys(run: Path, valid: Draft202012Validator) -> None:
    document = written(run)
    document["new"] = document["run"]["new"] = document["findings"][0]["new"] = 1
    valid.validate(document)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("schema",), 2),
        (("findings", 0, "verdict"), "MAYBE"),
        (("findings", 0, "measured"), "much"),
        (("findings", 0, "interval"), [1]),
        (("run", "exit_code"), "0"),
        (("clauses", "MUTE-001", "level"), "must"),
    ],
)
def test_another_value_is_not_valid(
    run: Path, valid: Draft202012Validator, path: tuple[str | int, ...], value: object
) -> None:
    document = place = written(run)
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(ValidationError):
        valid.validate(document)


@pytest.mark.parametrize("path", [("findings",), ("run", "gate"), ("findings", 0, "floor")])
def test_a_key_that_is_gone_is_not_valid(
    run: Path, valid: Draft202012Validator, path: tuple[str | int, ...]
) -> None:
    document = place = written(run)
    for step in path[:-1]:
        place = place[step]
    del place[path[-1]]
    with pytest.raises(ValidationError):
        valid.validate(document)


@dataclass(frozen=True, kw_only=True)
class Inner:
    """A part."""

    value: float = 1.0
    """Of two
    lines."""


@dataclass(frozen=True, kw_only=True)
class Outer:
    """The whole."""

    parts: tuple[Inner, ...] = ()
    named: dict[str, Inner | None]


def test_fields_are_required_and_told_of() -> None:
    made = json.loads(schema(Outer, title="parts"))
    assert made["title"] == "parts"
    assert set(made["$defs"]["Outer"]["required"]) == {"parts", "named"}
    assert made["$defs"]["Outer"]["description"] == "The whole."
    assert made["$defs"]["Inner"]["properties"] == {
        "value": {"type": "number", "description": "Of two lines."}
    }
    assert made["$defs"]["Inner"]["required"] == ["value"]
