"""The project whose runs are killed: what holds, what does not, and a program of its own."""

from __future__ import annotations

from pathlib import Path

from tests.user_project import HEARD, UserProject

HOLDS, FAILS = ("FOO-001", "FOO-003"), "FOO-002"
SCENARIOS = (
    "import sys\n"
    + HEARD
    + """
@clause("FOO-002")
async def test_another_tone_is_not_heard(stage: Stage, judge: Judge) -> None:
    alice, bob = await stage.join("alice", "bob")
    tone = await alice.publish(Tone(pilot_hz=400))
    heard = await bob.record(tone)
    since = await heard.until_steady()
    until = await stage.run(seconds=1)
    other = Tone(pilot_hz=700)
    judge("FOO-002", pilot_level_error, heard[tone], other, since_ns=since, until_ns=until)


@clause("FOO-003", toxiproxy=True)
async def test_heard_behind_toxiproxy_beside_a_guest(stage: Stage, judge: Judge) -> None:
    await stage.guest("app", command=[sys.executable, str(Path(__file__).parent / "app.py")])
    await sound_is_heard(stage, judge, "FOO-003")
"""
)
APP = """
import asyncio
import os

from livekit import rtc


async def main() -> None:
    room = rtc.Room()
    await room.connect(os.environ["LIVEKIT_URL"], os.environ["LIVEKIT_TOKEN"])
    await asyncio.Event().wait()


asyncio.run(main())
"""
"""Joins and hears what there is to be heard, until it is ended."""


def project_in(folder: Path) -> UserProject:
    """The project, written into a folder; on the embedded server."""
    project = UserProject(folder=folder, server=folder)
    project.write(SCENARIOS)
    (folder / "app.py").write_text(APP)
    return project
