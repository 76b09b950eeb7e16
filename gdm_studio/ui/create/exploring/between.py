"""Between two at work: pictures from one seed or prompt to another, in a row to scrub and as a film."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gdm_studio import preferences
from gdm_studio.errors import BadRequest
from gdm_studio.request import Request, Toward
from gdm_studio.studio.draft import ROLLED_LIMIT
from gdm_studio.ui.create.exploring.between_view import BetweenView
from gdm_studio.ui.create.grids.board import Board
from gdm_studio.ui.widgets.panes.item import Item

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtWidgets import QWidget

    from gdm_studio.run import Result
    from gdm_studio.ui.create.collected import Keeper
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.grids.batch import Batch

USUAL = 9  # frames
FILMS = "GIF (*.gif);;Animated WebP (*.webp);;MP4 video (*.mp4)"
FPS = 12.0


class Between(Board):
    """One way at a time, from `start` as far as `end` goes; what is made of it stays while its ends do."""

    def __init__(self, desk: Desk, batch: Batch, keeper: Keeper, show: Callable[[QWidget], object]) -> None:
        super().__init__(desk, batch, keeper, show)
        self.view = BetweenView(desk.theme)
        self.start = Request()
        self._amount = 1.0  # how far towards the other end the last picture is
        self.frames: list[Request] = []
        self._collected = keeper.collection("Between two pictures")
        self._digests: list[str] = []  # of the frames
        self._made: dict[str, Result] = {}  # by the digest of what made it
        self._connect()

    def open(self, start: Request, end: Toward | None = None) -> None:
        """From the picture of `start` to another seed, drawn by chance, or to as far as `end` goes, and makes it."""
        self.start = replace(start.picture(0), branch=None)
        self._amount = end.amount if end is not None else 1.0
        prompt = end.prompt if end is not None and end.prompt != start.prompt else ""
        self.view.set_ends(prompt, end.seed if end is not None else secrets.randbelow(ROLLED_LIMIT), USUAL)
        self._show_sheet(self.view)
        if end is not None:
            self.make()
        else:
            self._lay_out()

    def make(self) -> None:
        """Makes the pictures that are not made yet; or stops where they are being made."""
        if self._batch.is_making(self._missing()):
            self._batch.stop()
            return
        self._lay_out()
        prompt, seed = self.start.subject or "no prompt", self.start.seed
        towards = self.view.prompt() or f"seed {self.view.seed()}"
        collected = self._keeper.collection(f"From {prompt}, seed {seed} to {towards}")
        for digest, result in self._made.items():
            collected.add(digest, result)
        collected.on_change = self._show
        collected.on_gone = lambda digest: self._made.pop(digest, None)
        collected.on_back = self._made.__setitem__
        self._collected = collected
        self._batch.begin(self._missing(), self._made.__setitem__, self._show, into=collected)
        self._show()

    async def film(self, file: Path) -> None:
        """Writes the row as a film of the kind that the file's ending names. Raises BadRequest and StorageError."""
        frames = [rgba for rgba in map(self._picture, range(len(self.frames))) if rgba is not None]
        await asyncio.to_thread(_write, frames, file)
        self._say_saved("Film saved", file.name, file)

    def _lay_out(self) -> None:
        """The frames between the ends as they are set, and a cell for each."""
        count = self.view.count()
        end = Toward(self.view.prompt() or self.start.prompt, self.view.seed(), self._amount)
        steps = [replace(end, amount=end.amount * place / (count - 1)) for place in range(count)]
        card = self._desk.settings.card_for(self.start)
        if card is None:
            return
        try:
            frames = [card.checked(self.start.walked(step)) for step in steps]
        except BadRequest as error:
            self._desk.say(error.title, str(error), kind="error")
            return
        self.frames, self._digests = frames, [one.digest() for one in frames]
        self._made = {digest: self._made[digest] for digest in self._digests if digest in self._made}
        self.view.begin([f"{step.amount / end.amount * 100:.0f} % of the way" for step in steps])
        self._show()

    def _missing(self) -> dict[str, Request]:
        """What is still to make, the ends first, then the middle: so the whole of the way is seen soon."""
        order = _coarse_first(len(self.frames))
        return {self._digests[at]: self.frames[at] for at in order if self._digests[at] not in self._made}

    def _show(self) -> None:
        self._batch.fill(self.view.cells, self._digests, self._made)
        count, there = len(self.frames), sum(digest in self._made for digest in self._digests)
        running = self._batch.is_making(self._missing())
        start = f"From {self.start.subject or 'no prompt'}, seed {self.start.seed}"
        far = self._batch.far(there, count) if running or there < count else ""
        saved = "" if running else self._collected.words()
        words = (far, saved, start) if running or there else (start, "press Make")
        self.view.set_words(" · ".join(filter(None, words)))
        self.view.set_state(running=running, finished=there > 1 and not running)
        self._show_frame(self.view.track.value())

    def _show_frame(self, place: int) -> None:
        rgba = self._picture(place)
        item = Item(self.view.cells[place].accessibleName(), rgba) if rgba is not None else None
        self.view.show_picture(place, item)

    def _result(self, place: int) -> Result | None:
        return self._made.get(self._digests[place]) if place < len(self.frames) else None

    def _picture(self, place: int) -> np.ndarray | None:
        result = self._result(place)
        return result.rgba if result is not None else None

    def _take(self, place: int) -> None:
        """Takes over the settings of the picture shown."""
        if (result := self._result(place)) is not None:
            single, title = self.frames[place], self.view.cells[place].accessibleName()
            self._use(single, result, single.title, title, back="Back to the row")

    def _favour(self, place: int) -> None:
        """Makes the picture shown a favourite."""
        if self.frames:
            self._make_favourite(self._digests[place], self._result(place))

    def _ask_for_file(self) -> None:
        """Lets people name the film; the dialog blocks nothing."""
        dialog = QFileDialog(self.view, "Save film", str(preferences.pictures_dir() / "between.webp"), FILMS)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectNameFilter(FILMS.split(";;")[1])
        dialog.setDefaultSuffix("webp")
        dialog.fileSelected.connect(lambda name: self._desk.tasks.start(self.film(Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _connect(self) -> None:
        view = self.view
        view.made.connect(self.make)
        view.scrubbed.connect(self._show_frame)
        view.film_asked.connect(self._ask_for_file)
        view.taken.connect(self._take)
        view.favoured.connect(self._favour)
        view.closed.connect(self._leave)


def _coarse_first(count: int) -> list[int]:
    """Places 0 … count: the ends, then what lies halfway between those that went before."""
    step = 1
    while step * 2 < count:
        step *= 2
    order = dict.fromkeys([0, count - 1] if count else [])
    while step:
        order.update(dict.fromkeys(range(0, count, step)))
        step //= 2
    return list(order)


def _write(frames: list[np.ndarray], file: Path) -> None:
    from gdm_studio.engine.film import Film, filming

    for _ in filming(frames, file, Film(fps=FPS, loop="back")):
        pass
