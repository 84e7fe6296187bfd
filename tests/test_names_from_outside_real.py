"""A real run whose participants and tracks are called what an attacker would call them."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from harness.cli import main
from tests.report.test_names_from_outside import DRIVES, Page
from tests.user_project import UserProject, server_program

pytestmark = pytest.mark.real

NAMES = """
ODD = ("<script>alert(1)</script>", '"><img src=x onerror="alert(2)">\\u202egnp|`*', "../../etc")


async def introduce(room):
    await room.local_participant.set_metadata("</title><script>alert(3)</script>")
    await room.local_participant.set_name("\\u2066<b>\\x1b[31m")


@clause("FOO-001")
async def test_heard(stage: Stage, judge: Judge) -> None:
    people = await stage.join(*ODD)
    for person in people:
        await person.probe(__file__, "introduce")
    tone = await people[0].publish(Tone(pilot_hz=400), name='<svg onload="alert(4)">')
    heard = await people[1].record(tone)
    since = await heard.until_steady()
    until = await stage.run(seconds=1)
    judge("FOO-001", pilot_level_error, heard[tone], tone.signal, since_ns=since, until_ns=until)


@clause("FOO-002")
async def test_killed(stage: Stage, judge: Judge) -> None:
    one, other = await stage.join(*ODD[:2])
    os.kill(other.handle.pid, signal.SIGKILL)
    await other.record(await one.publish(Tone(pilot_hz=400)))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> UserProject:
    project = UserProject(folder=tmp_path_factory.mktemp("names"), server=server_program())
    project.write(NAMES)
    ended = project.run_on_own_server()
    assert ended.code == 10, ended.output
    assert "Traceback" not in ended.output
    assert not DRIVES.search(ended.output)
    return project


def test_they_are_judged_like_anybody(project: UserProject) -> None:
    assert project.verdicts() == {"FOO-001": "PASS", "FOO-002": "ERROR"}
    (killed,) = (one for one in project.results()["findings"] if one["clause"] == "FOO-002")
    assert "onerror" in killed["reason"], "the name stands in the report"


def test_every_file_lies_in_the_run_folder(project: UserProject) -> None:
    attempt = next(project.run_folder.glob("attempts/*test_heard*/1"))
    assert len(list(attempt.glob("*/events.ndjson"))) == 3
    assert len(list(attempt.rglob("*.sent"))) == 1
    assert len(list(attempt.rglob("*.wav"))) == 1


def test_what_the_server_printed_lies_beside_what_must_be_looked_at(project: UserProject) -> None:
    (log,) = project.run_folder.glob("attempts/*/1/livekit-server.log")
    text = (project.run_folder / "report.html").read_text(encoding="utf-8")

    assert "test_killed" in str(log)
    assert '"room": "lk-harness-' in log.read_text().splitlines()[0]
    assert log.relative_to(project.run_folder).as_posix() in text


def test_the_reports_are_whole_and_run_nothing_of_theirs(project: UserProject) -> None:
    text = (project.run_folder / "report.html").read_text(encoding="utf-8")
    elements = [tag for tag, _ in Page(text).seen]
    attributes = {name for _, names in Page(text).seen for name in names}
    assert not set(elements) & {"img", "iframe"}
    assert elements.count("script") == 1
    assert not {name for name in attributes if name.startswith("on")}
    assert not DRIVES.search(text)
    ET.parse(project.run_folder / "junit.xml")


def test_what_they_left_is_drawn(project: UserProject) -> None:
    text = (project.run_folder / "report.html").read_text(encoding="utf-8")
    assert "cannot be drawn" not in text
    assert "<figcaption>How loud " in text
    assert "<figcaption>Frequencies in " in text
    assert "&lt;svg onload=" in text


def test_the_ledger_of_them_is_only_text(
    project: UserProject, capsys: pytest.CaptureFixture[str]
) -> None:
    attempt = next(project.run_folder.glob("attempts/*test_heard*/1"))
    assert main(["ledger", str(attempt)]) == 0
    told = capsys.readouterr().out
    assert not DRIVES.search(told)
    assert "../../etc down" in told
