"""Which pictures stand beside which finding: those of the files that its measurement rests on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from markupsafe import Markup

from harness.evidence.application_call import FILE_NAME as CALLS
from harness.evidence.finding import Attempt
from harness.evidence.measurement import NoEvidenceError
from harness.evidence.plural import plural
from harness.report.finding_view import LEDGER_FILES, LETTERS, FindingView
from harness.report.links import link
from harness.report.model import Report
from harness.report.pictures.attempt_folder import EVENTS, AttemptFolder
from harness.report.pictures.background import background, why_not
from harness.report.pictures.calls import late_words
from harness.report.pictures.drawings import (
    PACKETS,
    SKEWS,
    Drawing,
    Piece,
    drawings,
    has_deeds,
)
from harness.report.pictures.limits import SeenLimits
from harness.report.pictures.losses import losses_words

MOST_BYTES = 1_000_000
"""Of all pictures of a page: with 2,000 findings it stays below 5 MB."""
MOST_OF_A_FINDING = 7
ATTEMPT_PARTS = 3
"""`attempts/<name>/<number>` before the file."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A picture, or where it stands already."""

    title: str
    anchor: str
    """Id of the element that shows it."""
    drawn: Markup | None
    """None: it stands beside another finding."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """What is seen beside one finding."""

    pictures: tuple[Picture, ...] = ()
    lost: tuple[str, ...] = ()
    """Of a failure: what was lost on the way in each attempt that is drawn, and by whose order."""
    late: tuple[str, ...] = ()
    """Of a failure: what an application asked for and its SDK signalled late, or not at all."""
    problems: tuple[str, ...] = ()
    """Files that cannot be drawn, and why."""


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """All pictures of a page."""

    shown: dict[str, Shown]
    """By the anchor of the finding."""
    left_out: int
    """Pictures for which the page had no room."""

    @property
    def not_drawn(self) -> str | None:
        """One line about evidence that is damaged, gone or holds nothing; None: all is drawn."""
        told = [shown.problems[0] for shown in self.shown.values() if shown.problems]
        if not told:
            return None
        return (
            f"evidence of {plural(len(told), 'finding')} cannot be drawn, of the worst: {told[0]}"
        )

    def beside(self, view: FindingView) -> Shown:
        """What is seen beside a finding."""
        return self.shown.get(view.anchor, Shown())


def gallery(report: Report, views: Sequence[FindingView], *, most_bytes: int) -> Gallery:
    """Draw what findings rest on, each picture once, until the page is full.

    The worst findings have the first choice. What cannot be read is told beside its finding.
    """
    wall = _Wall(report, most_bytes)
    shown = {
        view.anchor: wall.shown(view)
        for view in sorted(views, key=lambda view: LETTERS.index(view.letter))
    }
    return Gallery(shown=shown, left_out=wall.left_out)


class _Wall:
    """What hangs already, and how much room is left."""

    def __init__(self, report: Report, most_bytes: int) -> None:
        self._report = report
        self._left = most_bytes
        self._attempts = {one.folder: one for one in report.attempts}
        self._folders: dict[str, AttemptFolder] = {}
        self._hung: dict[tuple[str, str], Picture] = {}
        self._limits: dict[str, SeenLimits] = {}
        self.left_out = 0

    def shown(self, view: FindingView) -> Shown:
        """Of all that can be drawn, what has the limit of its clause first; who did what always."""
        pictures: list[Picture] = []
        problems: dict[str, None] = {}
        made: list[tuple[AttemptFolder, Piece, Drawing]] = []
        for folder, piece in self._pieces(view):
            problems |= dict.fromkeys(background(folder).problems)
            with _telling(folder, piece, problems):
                found = drawings(folder, piece, self._limits_of(folder))
                made.extend((folder, piece, drawing) for drawing in found)
        made.sort(key=lambda one: not one[2].limits.are_of(view.finding.clause))
        last = MOST_OF_A_FINDING - 1
        made[last:] = sorted(made[last:], key=lambda one: one[1] != EVENTS)
        for folder, piece, drawing in made:
            if len(pictures) < MOST_OF_A_FINDING:
                with _telling(folder, piece, problems):
                    pictures += self._hang(view, folder, drawing)
        lost, late = self._causes(view, problems)
        return Shown(pictures=tuple(pictures), lost=lost, late=late, problems=tuple(problems))

    def _causes(
        self, view: FindingView, problems: dict[str, None]
    ) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Whoever reads of a failure must know of packets kept back, and of late calls."""
        lost: dict[str, None] = {}
        late: dict[str, None] = {}
        if view.failure:
            for folder in dict.fromkeys(folder for folder, _ in self._files(view)):
                with _telling(folder, PACKETS, problems):
                    lost[losses_words(folder)] = None
                with _telling(folder, CALLS, problems):
                    words = late_words(folder.late, folder.track_names, folder.second)
                    late |= dict.fromkeys(words)
        return tuple(filter(None, lost)), tuple(late)

    def _pieces(self, view: FindingView) -> list[tuple[AttemptFolder, Piece]]:
        """The files, and before them, of a clause about skew, each sound with each picture."""
        files = self._files(view)
        pairs: list[tuple[AttemptFolder, Piece]] = []
        if view.clause is not None and view.clause.area == SKEWS:
            pairs = [
                (folder, (sound, picture))
                for folder, sound in files
                for other, picture in files
                if folder is other and sound.endswith(".wav") and picture.endswith(".frames")
            ]
        return [*pairs, *files]

    def _files(self, view: FindingView) -> list[tuple[AttemptFolder, str]]:
        """Files of attempts, each once; then what was said there where that is about media."""
        files: dict[tuple[str, str], AttemptFolder] = {}
        for evidence in view.rests_on:
            parts = PurePosixPath(evidence).parts
            attempt = self._attempts.get("/".join(parts[:ATTEMPT_PARTS]))
            if attempt is not None and link(evidence):
                name = "/".join(parts[ATTEMPT_PARTS:])
                name = PACKETS if name in LEDGER_FILES else name
                name = EVENTS if name.endswith(EVENTS) else name
                files[attempt.folder, name] = self._folder(attempt)
        for (attempt_folder, _), folder in list(files.items()):
            if _told(folder):
                files[attempt_folder, EVENTS] = folder
        return [(folder, name) for (_, name), folder in files.items()]

    def _folder(self, attempt: Attempt) -> AttemptFolder:
        if attempt.folder not in self._folders:
            path = self._report.folder / attempt.folder
            self._folders[attempt.folder] = AttemptFolder(path, attempt)
        return self._folders[attempt.folder]

    def _limits_of(self, folder: AttemptFolder) -> SeenLimits:
        """Of all findings that can be seen in an attempt: a picture is drawn once, with all."""
        name = folder.attempt.folder
        if name not in self._limits:
            begin = f"{name}/"
            self._limits[name] = SeenLimits(
                replace(one, seen=replace(one.seen, file=one.seen.file.removeprefix(begin)))
                for one in self._report.findings
                if one.seen is not None and one.seen.file.startswith(begin)
            )
        return self._limits[name]

    def _hang(
        self, view: FindingView, folder: AttemptFolder, drawing: Drawing
    ) -> Iterator[Picture]:
        title = drawing.title + _whose(view, folder.attempt)
        key = (folder.attempt.folder, drawing.title)
        if key in self._hung:
            yield Picture(title=title, anchor=self._hung[key].anchor, drawn=None)
            return
        if self._left <= 0:
            self.left_out += 1
            return
        drawn = drawing.draw()
        if drawn is None:
            return
        self._left -= len(drawn.encode())
        picture = Picture(title=title, anchor=f"picture-{len(self._hung) + 1}", drawn=drawn)
        self._hung[key] = picture
        yield picture


def _whose(view: FindingView, attempt: Attempt) -> str:
    """Behind a title, where there were several attempts: ` (attempt 1, disturbed)`."""
    if len(view.attempts) < 2:
        return ""
    return f" (attempt {attempt.number}{', disturbed' if attempt.disturbance else ''})"


@contextmanager
def _telling(folder: AttemptFolder, piece: Piece, problems: dict[str, None]) -> Iterator[None]:
    """Whatever cannot be read is told, and the rest of the page is made."""
    try:
        yield
    except (OSError, ValueError, NoEvidenceError) as error:
        name = piece if isinstance(piece, str) else " and ".join(piece)
        problems[f"{name} cannot be drawn: {why_not(error, folder)}"] = None


def _told(folder: AttemptFolder) -> bool:
    try:
        return has_deeds(folder)
    except (OSError, ValueError):
        return False  # who asks for the diagram is told why
