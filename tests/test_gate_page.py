"""docs/how-to/gate.md and what it shows: commands, tables and files are as the harness has them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.judging.gate import parse_gate
from harness.judging.outcome import ExitCode

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGE = (DOCS / "how-to" / "gate.md").read_text()
ACTION: dict[str, Any] = YAML(typ="safe").load((ROOT / "action.yml").read_text())
PLUGIN = (ROOT / "harness" / "plugin.py").read_text()
EXAMPLES = [DOCS / "ci" / "github.yml", DOCS / "ci" / "gitlab.yml"]


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("action.yml", "github-actions"),
        ("docs/ci/github.yml", "github-workflows"),
        ("docs/ci/gitlab.yml", "gitlab-ci"),
    ],
)
def test_files_of_ci_are_valid(file: str, kind: str) -> None:
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", file]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", [EXAMPLES[1], ROOT / "action.yml", DOCS / "how-to" / "gate.md"])
def test_options_that_are_shown_are_there(file: Path) -> None:
    shown = set(re.findall(r"--lk-[a-z-]+[a-z]", file.read_text()))
    assert shown
    assert [option for option in shown if f'"{option}"' not in PLUGIN] == []


def test_gates_that_are_shown_are_of_this_catalogue() -> None:
    rows = re.findall(r"^\| (?:nothing, or )?`([A-Z0-9,:-]+)` \|", PAGE, re.MULTILINE)
    shown = rows + re.findall(r"gate=([A-Z0-9,:-]+)", PAGE)
    files = [re.search(r"GATE: (\S+)", example.read_text()) for example in EXAMPLES]
    shown += [found[1] for found in files if found]
    assert len(shown) > 8
    for text in shown:
        parse_gate(text).check(Catalogue.load(SHIPPED))


def test_every_exit_code_is_in_the_table() -> None:
    page = (DOCS / "reference" / "run-folder.md").read_text()
    first = page.partition("| exit code |")[2].partition("\n\n")[0]
    told = {int(number) for cell in re.findall(r"^\| ([\d, ]+) \|", first, re.MULTILINE)
            for number in cell.split(",")}  # fmt: skip
    assert told == {code.value for code in ExitCode} | {2, 3, 4, 5}


def test_inputs_and_outputs_of_the_action_are_told() -> None:
    for kind in ("inputs", "outputs"):
        assert [name for name in ACTION[kind] if f"`{name}`" not in PAGE] == []


def test_the_workflow_gives_the_action_what_it_takes() -> None:
    workflow = YAML(typ="safe").load(EXAMPLES[0].read_text())
    uses = [step for step in workflow["jobs"]["gate"]["steps"] if "livekit-harness@" in
            step.get("uses", "")]  # fmt: skip
    assert len(uses) == 2
    for step in uses:
        assert step["with"].keys() <= ACTION["inputs"].keys()


@pytest.mark.parametrize("file", [ROOT / "action.yml", EXAMPLES[0]])
def test_actions_of_others_are_pinned(file: Path) -> None:
    used = re.findall(r"uses: (\S+)", file.read_text())
    others = [one for one in used if not one.startswith("example/livekit-harness@")]
    assert others
    assert all(re.search(r"@[0-9a-f]{40}$", one) for one in others)


def test_links_lead_to_files() -> None:
    for link in re.findall(r"\]\((\.\./[^)]+)\)", PAGE):
        file = DOCS / "how-to" / link.partition("#")[0]
        assert file.resolve().is_file(), link
