"""How long cells took in stored runs."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from harness.evidence.run_event import AttemptFinished, AttemptStarted, FindingMade
from harness.evidence.run_events import read_events
from harness.evidence.run_folder import RunFolderError, run_folders
from harness.following.followed import Followed, Key
from harness.following.to_go import CellTime


def usual_times(reports: Path, wanted: Collection[Key], *, without: Path) -> dict[Key, CellTime]:
    """What cells took in the newest stored run that came to their end.

    Args:
        reports: Folder of the stored runs, of which there are at most twenty.
        wanted: Cells of the run that is followed.
        without: The folder of that run itself.
    """
    times: dict[Key, CellTime] = {}
    missing = set(wanted)
    for folder in reversed(run_folders(reports)):
        if not missing:
            break
        if folder.name == without.name:
            continue
        found = _times(folder)
        times |= {key: found[key] for key in missing & found.keys()}
        missing -= found.keys()
    return times


def _times(folder: Path) -> dict[Key, CellTime]:
    followed = Followed()
    try:
        events = read_events(folder).events
    except RunFolderError:
        return {}
    kinds = (AttemptStarted, AttemptFinished, FindingMade)
    followed.take(event for event in events if isinstance(event, kinds))
    return {one.key: one.time for one in followed.played if one.attempts}
