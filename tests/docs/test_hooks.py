from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path, PurePosixPath
from types import ModuleType

import pytest

from harness import scenario
from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.cli import COMMANDS, build_parser
from harness.commands.command import Command
from harness.network.profile import profile_names
from tests.docs.blocks import MARKDOWN, ROOT


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    """What makes pages when the site is built; mkdocs itself is not needed for that."""
    spec = importlib.util.spec_from_file_location("docs_hooks", ROOT / "docs" / "hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def headings(text: str, level: int) -> list[str]:
    tokens = MARKDOWN.parse(text)
    marks = [n for n, token in enumerate(tokens) if token.type == "heading_open"]
    return [tokens[n + 1].content for n in marks if tokens[n].tag == f"h{level}"]


def test_every_clause_has_a_row(hooks: ModuleType) -> None:
    text = "\n".join(hooks.clauses_page(Catalogue.load(SHIPPED)))
    assert re.findall(r"^\| ([A-Z]+-\d+) ", text, re.MULTILINE) == sorted(Catalogue.load(SHIPPED))


def test_every_profile_has_a_row(hooks: ModuleType) -> None:
    text = "\n".join(hooks.profiles_page())
    assert re.findall(r"^\| `([^`]+)` ", text, re.MULTILINE) == profile_names()


def test_verifiers_are_told_with_arguments_and_what_they_rest_on(hooks: ModuleType) -> None:
    text = "\n".join(hooks.verifiers_page())
    one = text.partition("### picture_recovery\n")[2].partition("###")[0]

    assert {"sound_edge", "recovery", "combine"} <= set(headings(text, 2))
    assert "picture_recovery(recording: VideoRecording, picture: ColourCode, *, healed_ns" in one
    assert "\n- `healed_ns`: When the fault was over.\n" in one
    assert "first_tone" in headings(text, 3)


def test_the_stage_is_told_call_by_call(hooks: ModuleType) -> None:
    text = "\n".join(hooks.stage_page())

    assert headings(text, 2) == [*hooks.STAGE, *hooks.GIVEN]
    assert "\nawait join(*identities: str, auto_subscribe: bool=True," in text
    assert "\nwitness(publication: Publication[Any])\n" in text
    assert not [name for name in headings(text, 3) if name.startswith("_")]


def test_what_the_stage_is_given_is_told_field_by_field(hooks: ModuleType) -> None:
    text = "\n".join(hooks.stage_page())

    assert "| `pause_ms: int` | `0` | Digital silence after each sound" in section(text, "## Tone")
    assert "| `type: ToxicType` |  |  |" in section(text, "## Toxic")
    exported = {name for name in scenario.__all__ if name in hooks.GIVEN}
    assert exported == set(hooks.GIVEN)


def section(text: str, heading: str) -> str:
    """Of one heading, up to the next of its level or a higher one."""
    level = heading.partition(" ")[0]
    rest = f"\n{text}".partition(f"\n{heading}\n")[2]
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def test_every_option_of_pytest_is_told_with_what_it_says(hooks: ModuleType) -> None:
    told = section("\n".join(hooks.commands_page()), "## pytest")
    plugin = (ROOT / "harness" / "plugin.py").read_text()

    options = re.findall(r"^\| `(--lk-[a-z-]+)", told, re.MULTILINE)
    assert options == re.findall(r'"(--lk-[a-z-]+)"', plugin)
    assert "| `--lk-seed N` |  | seed of all randomness (default: a new one for each run) |" in told
    assert "| `auto` | where livekit-server comes from: `auto`, `external`, `container`" in told
    assert "\n| `--lk-prove [WHICH]` |  | prove that clauses can fail: " in told
    for setting in re.findall(r'addini\("(\w+)"', plugin):
        assert f"\n| `{setting}` | " in told


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_is_told_whole(hooks: ModuleType, command: Command) -> None:
    told = section("\n".join(hooks.commands_page()), f"## {command.name}")
    [parser] = (one for name, _, one in hooks._subcommands(build_parser()) if name == command.name)

    assert f"\nlivekit-harness {command.name}" in told
    for example in command.examples:
        assert f"- `{example.line}`: {example.does}\n" in told
    for name in [*parser._option_string_actions, *(f"| {code} |" for code in command.exit_codes)]:
        assert name in told or name in {"-h", "--help"}
    assert command.note in told
    assert "None" not in told


def test_what_a_command_can_be_told_to_do_has_a_heading(hooks: ModuleType) -> None:
    told = section("\n".join(hooks.commands_page()), "### gateway set")

    assert "\nlivekit-harness gateway set [-h] [--participant IDENTITY] [--record DIR]" in told
    assert r"| `NAME\|FILE` | an error | the profile; it begins now |" in told


@pytest.mark.parametrize("schema", ["results.schema.json", "compare.schema.json"])
def test_every_key_of_a_schema_is_told(hooks: ModuleType, schema: str) -> None:
    text = "\n".join(hooks.keys_page("it", schema))
    document = json.loads((ROOT / "docs" / schema).read_text())

    assert headings(text, 2) == list(document["$defs"])
    for name, kind in document["$defs"].items():
        rows = re.findall(r"^\| `([^`]+)` \| (.+?) \|", section(text, f"## {name}"), re.MULTILINE)
        assert [key for key, _ in rows] == list(kind.get("properties", ()))


def test_types_of_keys_are_told(hooks: ModuleType) -> None:
    text = "\n".join(hooks.keys_page("results.json", hooks.RESULTS))
    assert text.startswith("# results.json, key by key\n")
    assert "[Results](#results) is the whole of it." in text
    assert "| `findings` | array of [Finding](#finding) | One for each clause in each" in text
    assert "| `interval` | array (number, number) or null |" in text
    assert "| `limit` | object (name to number) or null | `{" in text
    assert "One of `cut`, `damaged`, `finished`, `running`." in text


def test_every_page_that_is_made_is_in_the_navigation(hooks: ModuleType) -> None:
    source = (ROOT / "docs" / "hooks.py").read_text()
    made = [*hooks.ELSEWHERE.values(), *re.findall(r'made\["([^"]+)"\]', source)]
    navigation = (ROOT / "mkdocs.yml").read_text().partition("\nnav:")[2]
    assert len(made) == 10
    assert [page for page in made if f"- {page}\n" not in navigation] == []
    assert [name for name in hooks.ELSEWHERE if not (ROOT / name).is_file()] == []


def test_links_lead_to_files_here_and_to_pages_on_the_site(hooks: ModuleType) -> None:
    text = "[a](../../CONTRIBUTING.md), [b](../../harness/clauses), [c](options.md)"

    linked = hooks.linked(text, PurePosixPath("reference"))

    assert linked == "[a](../how-to/contribute.md), [b](clauses.md), [c](options.md)"
    assert hooks.linked("[b](../harness/clauses)", PurePosixPath()) == "[b](reference/clauses.md)"


def test_a_bar_in_code_of_a_table_is_no_more_than_that_on_the_site(hooks: ModuleType) -> None:
    text = "| `a\\|b` | c\\|d |\n`a\\|b`"
    assert hooks.with_bars(text) == "| `a|b` | c\\|d |\n`a\\|b`"


@pytest.mark.parametrize(
    "file", sorted((ROOT / "docs").rglob("*.md")), ids=lambda file: str(file.relative_to(ROOT))
)
def test_every_link_to_a_file_leads_somewhere_without_the_site_too(file: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", file.read_text("utf-8"))

    assert [link for link in links if not (file.parent / link).exists()] == []
