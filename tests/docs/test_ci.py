"""docs/ci: the examples do what they say, run as CI runs them; what takes minutes is replaced."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

CI = Path(__file__).parents[2] / "docs" / "ci"
GITLAB: dict[str, Any] = YAML(typ="safe").load((CI / "gitlab.yml").read_text())["livekit"]
WORKFLOW = (CI / "github.yml").read_text()
INSTALLED = "/opt/livekit-harness"
GIT = """#!/usr/bin/env bash
case $1 in clone) mkdir "${@: -1}" ;; show) cat "$IN_USE" ;; esac
"""
TOX = """#!/usr/bin/env bash
echo "tox $*" >>"$SAID"
mkdir -p .tox/scenarios/bin && cp "$HARNESS_PROGRAM" .tox/scenarios/bin/livekit-harness
for word in "$@"; do case $word in --lk-reports=*) reports=${word#*=} ;; esac; done
[ "${reports##*/}" = in-use ] || [ -n "$STARTS" ] || exit "$CODE"
mkdir -p "$reports/run" && touch "$reports/run/junit.xml" "$reports/run/badge.svg"
ln -s run "$reports/latest"
[ "${reports##*/}" = candidate ] || exit 1
exit "$CODE"
"""
"""What is in use fails always: that is for the comparison to know."""
HARNESS = """#!/usr/bin/env bash
echo "livekit-harness $*" >>"$SAID"
[ "$1" = compare ] || exit 11
[ -d "${@: -1}" ] || exit 2
exit "$COMPARED"
"""


@dataclass(frozen=True, kw_only=True)
class GitlabRunner:
    """A checkout, and a machine with git, pip and tox that only note what they are asked."""

    folder: Path

    @property
    def project(self) -> Path:
        return self.folder / "project"

    @property
    def said(self) -> list[str]:
        """What tox and livekit-harness were called with."""
        file = self.folder / "said"
        return file.read_text().splitlines() if file.exists() else []

    def go(self, *, code: int = 0, compared: int = 0, starts: bool = True) -> int:
        """How the job ends, where the candidate's run and the comparison end like this.

        Args:
            code: Of the candidate's run.
            compared: Of the comparison.
            starts: Whether the candidate's run comes as far as a run folder.
        """
        env = os.environ | GITLAB["variables"]
        env |= {
            "PATH": f"{self.folder / 'bin'}{os.pathsep}{os.environ['PATH']}",
            "CI_PROJECT_DIR": str(self.project),
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
            "IN_USE": str(self.folder / "in-use"),
            "SAID": str(self.folder / "said"),
            "HARNESS_PROGRAM": str(self.folder / "harness"),
            "CODE": str(code),
            "COMPARED": str(compared),
            "STARTS": "yes" * starts,
        }
        script = "\n".join(GITLAB["script"]).replace(INSTALLED, str(self.folder / "installed"))
        argv = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
        return subprocess.run(argv, cwd=self.project, env=env, timeout=60, check=False).returncode


@pytest.fixture
def gitlab(tmp_path: Path) -> GitlabRunner:
    (tmp_path / "project" / "deploy").mkdir(parents=True)
    (tmp_path / "project" / "deploy" / "livekit-version").write_text("1.14.0\n")
    (tmp_path / "in-use").write_text("1.13.5\n")
    (tmp_path / "bin").mkdir()
    texts = {"bin/git": GIT, "bin/pip": "#!/bin/sh\n", "bin/tox": TOX, "harness": HARNESS}
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return GitlabRunner(folder=tmp_path)


def test_gitlab_judges_what_is_in_use_and_the_candidate_and_compares_them(
    gitlab: GitlabRunner,
) -> None:
    assert gitlab.go() == 0
    gate, reports = GITLAB["variables"]["GATE"], gitlab.project / "livekit-reports"
    known = f"--lk-deviations={gitlab.project}/deploy/livekit-deviations.toml"
    asked = f"--lk-gate={gate} {known} --lk-reports={reports}"
    old, new = f"{reports}/in-use/latest", f"{reports}/candidate/latest"
    assert gitlab.said == [
        f"tox run -e scenarios -- --lk-server-version=1.13.5 {asked}/in-use",
        f"tox run -e scenarios -- --lk-server-version=1.14.0 {asked}/candidate",
        f"livekit-harness report {new} --baseline {old}",
        f"livekit-harness compare --gate={gate} {old} {new}",
    ]
    assert (gitlab.project / GITLAB["artifacts"]["reports"]["junit"]).is_file()


@pytest.mark.parametrize(
    ("code", "compared", "ends"),
    [(0, 1, 1), (0, 11, 11), (0, 12, 12), (1, 0, 1), (1, 11, 1), (1, 12, 1), (11, 0, 11),
     (11, 1, 1), (10, 11, 10)],
)  # fmt: skip
def test_a_gitlab_job_ends_as_the_candidate_did_then_as_the_comparison(
    gitlab: GitlabRunner, code: int, compared: int, ends: int
) -> None:
    assert gitlab.go(code=code, compared=compared) == ends


@pytest.mark.parametrize("code", [4, 10])
def test_a_candidate_that_could_not_start_ends_the_gitlab_job_with_its_own_code(
    gitlab: GitlabRunner, code: int
) -> None:
    assert gitlab.go(code=code, starts=False) == code


def test_without_a_version_in_use_gitlab_judges_nothing(gitlab: GitlabRunner) -> None:
    (gitlab.folder / "in-use").unlink()
    assert gitlab.go() != 0
    assert gitlab.said == []


@dataclass(frozen=True, kw_only=True)
class Repository:
    """One with two commits: the version in use, and a pull request that changes it."""

    folder: Path

    def git(self, *words: str) -> str:
        """What git says; it knows no settings of who runs the tests."""
        who = ("-c", "user.name=somebody", "-c", "user.email=somebody@example.org")
        env = os.environ | {"HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder)}
        done = subprocess.run(
            ["git", *who, *words], cwd=self.folder, env=env, capture_output=True, text=True,
            timeout=60, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    def commit(self, version: str) -> str:
        """The hash of a commit with this version."""
        (self.folder / "deploy").mkdir(exist_ok=True)
        (self.folder / "deploy" / "livekit-version").write_text(f"{version}\n")
        self.git("add", "deploy")
        self.git("commit", "--quiet", "--message", version)
        return self.git("rev-parse", "HEAD")

    def which_versions(self, *, base: str, candidate: str) -> dict[str, str] | None:
        """Outputs of the workflow's step; None where it fails."""
        steps = YAML(typ="safe").load(WORKFLOW)["jobs"]["gate"]["steps"]
        step = next(step for step in steps if step.get("name") == "Which versions")
        given = {"BASE": base, "CANDIDATE": candidate}
        assert step["env"].keys() == given.keys()
        output = self.folder / "output"
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-c", step["run"]],
            cwd=self.folder,
            env=os.environ | given | {"GITHUB_OUTPUT": str(output)},
            timeout=60,
            check=False,
        )
        lines = output.read_text().splitlines()
        return None if done.returncode else dict(line.split("=", 1) for line in lines)


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(folder=tmp_path)
    made.git("init", "--quiet")
    return made


def test_github_judges_what_a_pull_request_changes_the_version_to(repository: Repository) -> None:
    base = repository.commit("1.13.5")
    repository.commit("1.14.0")
    versions = repository.which_versions(base=base, candidate="")
    assert versions == {"in-use": "1.13.5", "candidate": "1.14.0"}
    assert versions.keys() == set(re.findall(r"steps\.versions\.outputs\.([\w-]+)", WORKFLOW))


def test_github_judges_what_somebody_asks_for(repository: Repository) -> None:
    head = repository.commit("1.13.5")
    asked = repository.which_versions(base=head, candidate="1.15.0")
    assert asked == {"in-use": "1.13.5", "candidate": "1.15.0"}


def test_without_a_version_in_use_github_judges_nothing(repository: Repository) -> None:
    repository.git("commit", "--quiet", "--allow-empty", "--message", "nothing yet")
    base = repository.git("rev-parse", "HEAD")
    repository.commit("1.14.0")
    assert repository.which_versions(base=base, candidate="") is None


def test_without_a_candidate_github_judges_nothing(repository: Repository) -> None:
    head = repository.commit("1.13.5")
    (repository.folder / "deploy" / "livekit-version").unlink()
    assert repository.which_versions(base=head, candidate="") is None
