from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from harness.commands.runs import REPORTS, chosen_run, claim_number, reports_argument
from harness.evidence.run_folder import RunFolderError


def test_the_reports_folder_is_that_of_the_project_unless_another_is_named() -> None:
    parser = argparse.ArgumentParser()
    reports_argument(parser)
    assert parser.parse_args([]).reports == REPORTS
    assert parser.parse_args(["--reports", "other"]).reports == Path("other")


def test_the_last_run_is_chosen_unless_one_is_named(reports: Path) -> None:
    assert chosen_run(None, reports) == (reports / "latest").resolve()
    assert chosen_run(Path("named"), reports) == Path("named").resolve()
    with pytest.raises(RunFolderError, match="no run in elsewhere"):
        chosen_run(None, Path("elsewhere"))


def test_a_claim_is_a_number() -> None:
    assert claim_number("71") == 71
    with pytest.raises(argparse.ArgumentTypeError, match="-1: claims are numbered"):
        claim_number("-1")
