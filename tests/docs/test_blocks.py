"""No block of the documentation without a test.

Commands are read and carried out by `test_commands.py`, TOML is loaded by `test_toml.py`, all of it
without being named. Any other block stands here with the test that it has.
"""

from __future__ import annotations

import ast

import pytest

from tests.docs.blocks import ROOT, Block, blocks

WHEEL = "tests/test_wheel.py"
OUTPUT = "tests/docs/test_output.py"
PROOF = "tests/docs/test_sabotages.py"
TUTORIAL = f"{WHEEL}::test_the_tutorial_runs_as_it_is_written"
OWN = f"{WHEEL}::test_scenarios_of_ones_own_run_as_they_are_written"
EXTEND = "tests/docs/test_extend.py::test_all_that_is_shown_is_green"
TESTS = {
    ("README.md", "PASS  "): f"{OUTPUT}::test_a_run_ends_as_is_shown",
    ("docs/tutorial.md", "CONFORMANT: "): f"{OUTPUT}::test_a_run_ends_as_is_shown",
    ("docs/tutorial.md", "PASS           1/2 test_app"): TUTORIAL,
    ("docs/tutorial.md", '@clause("APP-001"'): TUTORIAL,
    ("docs/tutorial.md", "# test_greeting.py"): TUTORIAL,
    ("docs/tutorial.md", "PASS           1/1 test_greeting"): f"{OUTPUT}::test_a_line_is_as_shown",
    ("docs/tutorial.md", "PASS           1/2 test_greeting"): TUTORIAL,
    ("docs/tutorial.md", "  FAIL "): TUTORIAL,
    ("docs/how-to/own-scenarios.md", "# test_lobby.py"): OWN,
    ("docs/how-to/own-scenarios.md", "# probes.py"): OWN,
    ("docs/how-to/own-scenarios.md", "# test_tunnel.py"): OWN,
    ("scenarios/examples/agent/README.md", "AGENT = "): (
        "tests/stage/test_agent_example.py::test_a_worker_of_a_framework_is_started_as_is_shown"
    ),
    ("docs/how-to/extend.md", "# "): EXTEND,
    ("docs/how-to/extend.md", "+++ "): EXTEND,
    ("docs/how-to/check-the-documentation.md", "71"): f"{OUTPUT}::test_claims_are_told_as_shown",
    ("docs/how-to/impair-any-client.md", "rec"): f"{OUTPUT}::test_a_gateway_draws_what_is_shown",
    ("docs/reference/ledger.md", "1261 packets"): f"{OUTPUT}::test_a_ledger_is_summed_up_as_shown",
    ("docs/reference/profiles.md", "mine.toml:6"): (
        "tests/network/test_profile_page.py::test_the_shown_errors_are_those_that_are_told"
    ),
    ("docs/explanation/proof.md", "from livekit.protocol"): f"{PROOF}::test_a_mute_is_swallowed",
    ("docs/explanation/proof.md", "from harness"): f"{PROOF}::test_it_is_a_sabotage",
    ("docs/explanation/proof.md", "from __future__"): f"{PROOF}::test_tampers_change_what_they_say",
}  # fmt: skip
"""Page and beginning of a block → the test that reads it."""
EVERY = {"commands", "toml"}
"""Kinds of which every block has a test by itself."""


def entries(one: Block) -> list[tuple[str, str]]:
    return [key for key in TESTS if one.page == key[0] and one.text.startswith(key[1])]


@pytest.mark.parametrize("one", blocks(), ids=str)
def test_a_block_has_a_test(one: Block) -> None:
    assert one.kind in EVERY or len(entries(one)) == 1, "name the test that reads it in TESTS"


@pytest.mark.parametrize("key", TESTS, ids=str)
def test_what_is_listed_is_shown(key: tuple[str, str]) -> None:
    assert key in [entry for one in blocks(key[0]) for entry in entries(one)]


@pytest.mark.parametrize("test", sorted(set(TESTS.values())))
def test_what_is_listed_is_a_test(test: str) -> None:
    file, _, name = test.partition("::")
    tree = ast.parse((ROOT / file).read_text())
    assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
