"""Every command line of the documentation is understood by the program that it names, and those of
`livekit-harness` that need neither media nor a server are carried out; those of `--help`, too."""

from __future__ import annotations

import configparser
import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import cli
from harness.clauses.catalogue import SHIPPED, Catalogue
from harness.network.profile import load_profile
from harness.run_options import run_options
from tests.commands.conftest import store_run
from tests.docs.blocks import PAGES, ROOT, CommandLine, command_lines, files_of
from tests.evidence.ledger_recorder import BOB_DOWN, VIDEO, call, rtp

if TYPE_CHECKING:
    from collections.abc import Callable

pytest_plugins = ["pytester"]

ALL = command_lines()
OWN = [one for one in ALL if one.program == "livekit-harness"]
ELSEWHERE = {
    "doctor": "tests/commands/test_doctor.py",
    "gateway": "tests/commands/test_gateway.py",
    "measure": "tests/commands/test_measure.py",
    "soak": "tests/commands/test_soak.py",
}
"""Subcommands that need a server, a container or minutes → where they are carried out."""
OTHERS = {
    "python3 -m venv .venv": ".ci/run, as the README has it",
    ".venv/bin/pip install -q tox": ".ci/run, as the README has it",
    ".venv/bin/pip install -U pip": "nothing of ours",
    ".venv/bin/pip install -e . --group dev": "`dev` is in pyproject.toml: tests/test_lock.py",
    ". .venv/bin/activate": "nothing of ours",
    "pip install -q ../livekit-harness": "tests/test_wheel.py installs the wheel that it makes",
    "pip install -e .[completion]": "`completion` is in pyproject.toml: tests/test_lock.py",
    "pip install pytest-xdist": "nothing of ours",
    "mkdir ../my-app": "nothing of ours",
    "cd ../my-app": "nothing of ours",
    "cd scenarios": "tests/test_wheel.py, as the tutorial has it",
    "cd FOLDER": "tests/commands/test_init.py",
    ".venv/bin/ruff check .": "tox.ini: lint",
    ".venv/bin/ruff format --check .": "tox.ini: lint",
    ".venv/bin/mypy": "tox.ini: typing",
}
"""Commands of programs that are not ours → who runs them, or why nobody does."""
STANDS_FOR = {"NAME": "swallow-mute", "--lk-prove=NAME": "--lk-prove=swallow-mute"}
OPERANDS = {"ledger": ("DIR",), "compare": ("BASE", "NEW")}
"""What a sentence leaves out."""
RUNS = ("reports/in-use/latest", "reports/candidate/latest", "BASE", "NEW", "EARLIER")
RESULTS = ("old-1.json", "old-2.json", "old-3.json", "new.json")


def arguments(one: CommandLine) -> list[str]:
    """What follows the name of the program, in full."""
    words = [STANDS_FOR.get(word, word) for word in one.words[1:]]
    if words and words[0] in OPERANDS and all(word.startswith("-") for word in words[1:]):
        words += OPERANDS[words[0]]
    return words


@pytest.mark.parametrize("one", ALL, ids=str)
def test_it_is_understood(one: CommandLine, pytester: pytest.Pytester) -> None:
    understood: dict[str, Callable[[list[str]], object]] = {
        "livekit-harness": lambda words: harness_understands(words, pytester),
        "pytest": lambda words: pytest_understands(words, pytester),
        "tox": lambda words: tox_understands(words, pytester),
        "python": benchmark_understands,
    }
    if one.program in understood:
        understood[one.program](arguments(one))
    else:
        assert " ".join(one.words) in OTHERS, "say in OTHERS who runs it"


def harness_understands(words: list[str], pytester: pytest.Pytester) -> None:
    asked = vars(cli.build_parser().parse_args(words))
    for option in ("profiles", "profile", "new_profile"):
        for name in asked.get(option, "clean").split(","):
            load_profile(name)
    if words[0] == "soak":
        pytest_understands(asked["arguments"], pytester)


def pytest_understands(words: list[str], pytester: pytest.Pytester) -> None:
    config = pytester.parseconfig(*words)
    shown = {name for page in PAGES for name in files_of(page)}
    for place in config.known_args_namespace.file_or_dir:
        assert place in shown or (ROOT / place).exists()
    run_options(config).gate.check(Catalogue.load(SHIPPED))


def tox_understands(words: list[str], pytester: pytest.Pytester) -> None:
    settings = configparser.ConfigParser(interpolation=None)
    settings.read(ROOT / "tox.ini")
    asked, _, rest = " ".join(words).partition(" -- ")
    found = re.fullmatch(r"run (?:-r )?-e ([a-z,]+)", asked)
    assert found
    for name in found[1].split(","):
        commands = settings[f"testenv:{name}"]["commands"]
        if commands.startswith("pytest"):
            own = commands.removeprefix("pytest ").replace("{posargs}", rest)
            pytest_understands(own.split(), pytester)


def benchmark_understands(words: list[str]) -> None:
    assert words[0] == "-m"
    source = ROOT.joinpath(*words[1].split(".")).with_suffix(".py").read_text()
    assert 'if __name__ == "__main__":' in source
    for option in (word for word in words[2:] if word.startswith("-")):
        assert f'"{option}"' in source


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which there is what the pages name: runs, a ledger, a profile."""
    folder = tmp_path_factory.mktemp("example")
    run = store_run(folder / "reports")
    for name in RUNS:
        path = folder / name
        shutil.copytree(run, path.with_name(f"of-{path.parent.name}-{path.name}"))
        path.symlink_to(f"of-{path.parent.name}-{path.name}")  # no run is its own baseline
    for name in RESULTS:
        shutil.copy(run / "results.json", folder / name)
        rename(folder / name, name)
    for page in PAGES:
        for name, text in files_of(page).items():
            (folder / Path(name).name).write_text(text)
    for one in OWN:
        if one.words[1] == "ledger":
            record_in(folder / arguments(one)[1])
    return folder


def rename(results: Path, name: str) -> None:
    """Have them be those of another run."""
    document = json.loads(results.read_bytes())
    document["run"]["name"] = name
    results.write_text(json.dumps(document))


def record_in(folder: Path) -> None:
    """A ledger with one packet."""
    folder.mkdir(parents=True, exist_ok=True)
    recorder = call(folder)
    recorder.packet(2_000, rtp(1, VIDEO, 96), stream=BOB_DOWN)
    recorder.ledger()


@pytest.mark.parametrize("one", [one for one in OWN if one.words[1] not in ELSEWHERE], ids=str)
def test_it_does_what_it_is_asked(
    one: CommandLine, example: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    place = tmp_path / "example"
    shutil.copytree(example, place, symlinks=True)
    monkeypatch.chdir(place)
    code = cli.main(arguments(one))
    told = capsys.readouterr()

    assert (code, told.err) == (0, "")
    assert told.out or one.words[-2] == "--pcap"


@pytest.mark.parametrize("name", sorted(ELSEWHERE))
def test_what_is_carried_out_elsewhere_is_shown(name: str) -> None:
    assert name in {one.words[1] for one in OWN}
    assert (ROOT / ELSEWHERE[name]).exists()


@pytest.mark.parametrize("command", OTHERS)
def test_what_others_run_is_shown(command: str) -> None:
    assert command in {" ".join(one.words) for one in ALL}
