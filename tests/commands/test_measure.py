from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import cast

import msgspec
import pytest

from harness.cli import main
from harness.commands import measure
from harness.commands.command import MISUSE, NOTHING_FOUND
from harness.measuring.latency_json import LatencyDocument
from harness.measuring.latency_report import LatencyReport, without_call
from harness.measuring.plan import Plan
from harness.measuring.session import Session, call_name
from harness.measuring.write import HTML, JSON, MARKDOWN
from harness.network.profile import Profile, load_profile
from harness.run.machine_lock import MachineLock
from harness.server.choose import Choice, Wanted, choose
from harness.server.model import ServerBackend, ServerError
from harness.stage.errors import StageError

NO_BACKEND = cast("ServerBackend", None)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--profiles", "nope"], "no profile 'nope'"),
        (["--profiles", "4g"], "no profile '4g' (did you mean 3g"),
        (["--profiles", ","], "--profiles names none"),
        (["--profiles", "clean,"], "nothing stands beside a comma"),
        (["--profiles", "3g,3g"], "names 3g 2 times"),
        (["--minutes", "0"], "choose 0.1 to 60"),
        (["--minutes", "1e9"], "choose 0.1 to 60"),
        (["--lk-url", "ws://127.0.0.1:1"], "LIVEKIT_API_KEY"),
        (["--lk-url", "here"], "ws://HOST:PORT"),
        (["--lk-url", "ws://h", "--lk-server-binary", "x"], "contradict each other"),
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


def test_minutes_that_are_no_number_are_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["measure", "--minutes", "abc"])
    assert "'abc' is no number of minutes above 0" in capsys.readouterr().err


def test_a_folder_that_is_not_empty_is_left_alone(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "mine").write_text("x")

    assert main(["measure", "--lk-url", "ws://h", "--out", str(tmp_path)]) == MISUSE
    assert [file.name for file in tmp_path.iterdir()] == ["mine"]


def test_a_call_beside_others_is_doubtful_whatever_else_it_was() -> None:
    assert measure.beside_others(None).startswith("another attempt ran")
    assert measure.beside_others("machine busy").endswith("; machine busy")


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    ("reported", "says"),
    [
        (False, "interrupted: nothing was measured yet; what was recorded is in {out}"),
        (True, "interrupted: what was measured until then is in {out}/latency.html"),
    ],
)
def test_who_interrupts_is_told_what_there_is(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    number: signal.Signals,
    reported: bool,
    says: str,
) -> None:
    async def interrupted(plan: Plan, _: ServerBackend) -> None:
        if reported:
            (plan.folder / HTML).touch()
        signal.raise_signal(number)
        await asyncio.sleep(60)

    monkeypatch.setattr(measure, "_measure", interrupted)
    monkeypatch.setattr(measure, "choose", lambda *_: Choice(backend=NO_BACKEND, reason="a test"))

    assert main(["measure", "--out", str(tmp_path / "out")]) == measure.INTERRUPTED
    assert capsys.readouterr().err.splitlines()[-1] == says.format(out=tmp_path / "out")


def test_who_interrupts_before_anything_runs_is_told_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> Choice:
        raise KeyboardInterrupt

    monkeypatch.setattr(measure, "choose", interrupted)

    assert main(["measure"]) == measure.INTERRUPTED
    assert capsys.readouterr().err == "interrupted: nothing was started yet\n"


class FakeSession:
    """Whose calls are disturbed as often as it is told, and which has no stage to give."""

    def __init__(self, *disturbed: str | None) -> None:
        self._disturbed = disturbed
        self.asked: list[int] = []

    def setup(self, *_: object) -> None:
        raise StageError("the relay was too slow")

    async def report(self, profile: Profile, number: int) -> LatencyReport:
        self.asked.append(number)
        folder = f"calls/{call_name(profile.name, number)}"
        made = replace(without_call(profile, "none"), problem=None, folder=folder)
        return replace(made, disturbance=self._disturbed[number - 1])


def a_lock(tmp_path: Path) -> MachineLock:
    return MachineLock(tmp_path, run="test", say=lambda _: None)


@pytest.mark.asyncio
async def test_floors_that_cannot_be_measured_keep_nobody_from_measuring(tmp_path: Path) -> None:
    plan = Plan(profiles=(), minutes=1.0, seed=1, folder=tmp_path)
    session = cast("Session", FakeSession())

    assert await measure._calibrated(session, plan, a_lock(tmp_path), "after") == (
        "no floors after the calls: the relay was too slow"
    )


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("disturbed", "told", "calls"),
    [
        ((None,), None, 1),
        (("busy", None), None, 2),
        (("busy", "busy", "busier"), "busier", 3),
    ],
)
async def test_a_call_that_was_disturbed_is_made_again(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    disturbed: tuple[str | None, ...],
    told: str | None,
    calls: int,
) -> None:
    session = FakeSession(*disturbed)
    report = await measure._undisturbed(
        cast("Session", session), load_profile("3g"), a_lock(tmp_path), "3g, call 1 of 1", 1.0
    )

    assert report.disturbance == told
    assert report.folder == ("calls/3g" if calls == 1 else f"calls/3g-{calls}")
    assert [(one.folder, one.reason) for one in report.discarded] == [
        ("calls/3g", "disturbed: busy"), ("calls/3g-2", "disturbed: busy")
    ][: calls - 1]  # fmt: skip
    assert session.asked == list(range(1, calls + 1))
    said = capsys.readouterr().err.splitlines()
    assert [line.endswith(": once more") for line in said] == [
        number < measure.MAX_CALLS for number in range(1, len(said) + 1)
    ]
    assert len(said) == sum(one is not None for one in disturbed)


def test_each_call_says_which_it_is_and_how_long_the_others_take(tmp_path: Path) -> None:
    profiles = tuple(map(load_profile, ("clean", "3g", "wifi-loss5")))
    plan = Plan(profiles=profiles, minutes=4, seed=1, folder=tmp_path)

    assert [measure._label(plan, place) for place in (1, 2, 3)] == [
        "clean, call 1 of 3, about 8 min to go after it",
        "3g, call 2 of 3, about 4 min to go after it",
        "wifi-loss5, call 3 of 3",
    ]


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

    code = main(["measure", *asked])

    said = capfdbinary.readouterr()
    assert str(out).encode() in said.err
    document = msgspec.json.decode(said.out, type=LatencyDocument)
    assert (out / JSON).read_bytes() == said.out
    assert (out / HTML).exists()
    assert (out / MARKDOWN).exists()
    [clean] = document.profiles
    assert clean.problem is None
    # the other tests beside this one keep the machine as busy as they like
    assert code == (NOTHING_FOUND if clean.disturbance else 0)
    known = {metric.name: metric for metric in clean.metrics}
    assert (known["picture_latency_p50"].value or 0) > 0
    assert document.setting.versions["livekit-server"] != "unknown"
    assert json.loads(said.out)["setting"]["backend"] == "embedded"
    floors = {metric.name: metric.value for metric in document.setting.floors.metrics}
    assert (floors["picture_latency_ms"] or 0) > 0
    assert known["picture_latency_p50"].floor == floors["picture_latency_ms"]
