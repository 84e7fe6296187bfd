from __future__ import annotations

import json
from pathlib import Path
from typing import cast

import msgspec
import pytest

from harness.cli import main
from harness.commands import measure
from harness.commands.command import MISUSE
from harness.measuring.latency_json import LatencyDocument
from harness.measuring.plan import Plan
from harness.measuring.session import Session
from harness.measuring.write import HTML, JSON, MARKDOWN
from harness.server.choose import Wanted, choose
from harness.server.model import ServerError
from harness.stage.errors import StageError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--profiles", "nope"], "no profile 'nope'"),
        (["--profiles", ","], "--profiles names none"),
        (["--profiles", "3g,3g"], "names 3g 2 times"),
        (["--minutes", "0"], "choose 0.1 to 60"),
        (["--minutes", "1e9"], "choose 0.1 to 60"),
        (["--lk-url", "ws://127.0.0.1:1"], "LIVEKIT_API_KEY"),
        (["--lk-url", "here"], "ws://HOST:PORT"),
        (["--lk-backend", "external"], "--lk-url"),
        (["--lk-server-binary", "/nowhere/livekit-server"], "/nowhere/livekit-server"),
    ],
)
def test_a_mistake_is_one_line_and_leaves_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, arguments: list[str], says: str
) -> None:
    assert main(["measure", *arguments]) == MISUSE

    [line] = capsys.readouterr().err.splitlines()
    assert says in line
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_empty_is_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("x")

    assert main(["measure", "--lk-url", "ws://h", "--out", str(tmp_path)]) == MISUSE
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_call_beside_others_is_doubtful_whatever_else_it_was() -> None:
    assert measure.beside_others(None).startswith("another attempt ran")
    assert measure.beside_others("machine busy").endswith("; machine busy")


class NoSession:
    """Has no stage to give."""

    def __init__(self, problem: Exception) -> None:
        self.problem = problem

    def setup(self, *_: object) -> None:
        raise self.problem


SLOW = StageError("the relay was too slow")


@pytest.mark.asyncio
@pytest.mark.parametrize("problem", [SLOW, ExceptionGroup("several", [SLOW])])
async def test_floors_that_cannot_be_measured_keep_nobody_from_measuring(
    problem: Exception, tmp_path: Path
) -> None:
    plan = Plan(profiles=(), minutes=1.0, seed=1, folder=tmp_path)
    floors = await measure._floors(cast("Session", NoSession(problem)), plan)

    assert floors.metrics == ()
    assert floors.doubt == "not measured: the relay was too slow"


@pytest.mark.real
def test_a_call_is_measured_and_printed_for_machines(
    capfdbinary: pytest.CaptureFixture[bytes], tmp_path: Path
) -> None:
    try:
        choose(Wanted(backend="embedded"), lambda _: None)
    except ServerError as error:
        pytest.skip(str(error))
    out = tmp_path / "out"
    asked = ["--minutes", "0.1", "--lk-backend", "embedded", "--out", str(out), "--json"]

    assert main(["measure", *asked]) == 0

    said = capfdbinary.readouterr()
    assert said.err == b""
    document = msgspec.json.decode(said.out, type=LatencyDocument)
    assert (out / JSON).read_bytes() == said.out
    assert (out / HTML).exists()
    assert (out / MARKDOWN).exists()
    [clean] = document.profiles
    known = {metric.name: metric for metric in clean.metrics}
    assert (known["picture_latency_p50"].value or 0) > 0
    assert document.setting.versions["livekit-server"] != "unknown"
    assert json.loads(said.out)["setting"]["backend"] == "embedded"
    floors = {metric.name: metric.value for metric in document.setting.floors.metrics}
    assert (floors["picture_latency_ms"] or 0) > 0
    assert known["picture_latency_p50"].floor == floors["picture_latency_ms"]
