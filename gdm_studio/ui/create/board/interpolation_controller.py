"""Controller of the interpolation board, a row of images that changes from one seed or prompt to another."""

from __future__ import annotations

import asyncio
import secrets
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from gdm_studio import preferences
from gdm_studio.common.errors import BadRequest
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.request.prompts import is_too_long
from gdm_studio.studio.request_draft import ROLLED_LIMIT
from gdm_studio.ui.create.board.base_controllers import StageBoardController
from gdm_studio.ui.create.board.board_model import Board
from gdm_studio.ui.create.board.interpolation_view import InterpolationView
from gdm_studio.ui.running_jobs import RunningJob
from gdm_studio.ui.setting_texts import count_of_steps
from gdm_studio.ui.translation import quote
from gdm_studio.ui.widgets.image_comparison.compared_image import Item

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.board.board_collections import BoardSaver
    from gdm_studio.ui.create.board.board_runner import BoardRunner
    from gdm_studio.ui.create.context import CreateContext
    from gdm_studio.ui.create.prompt.prompt_chips import PromptChip

DEFAULT_FRAMES = 9
# Frames per second of a film.
FPS = 12.0


class InterpolationController(StageBoardController):
    """Controller of the interpolation board, a row of images that gradually changes to another seed or prompt.

    The row begins with the image of `start`. Finished images are reused as long as both ends of the row stay the same.
    """

    view: InterpolationView
    board: Board

    def __init__(self, context: CreateContext, runner: BoardRunner, saver: BoardSaver) -> None:
        super().__init__(context, runner, saver, InterpolationView(context.theme))
        self.start = Request()
        # Position of the last image between `start` (0) and the other seed or prompt (1).
        self._end_position = 1.0
        self._results: dict[str, Result] = {}
        self.board = self._new_board([])
        self._read_task = context.prompts.create_read_task(self._read_prompt)
        self._connect()

    @property
    def frames(self) -> list[Request]:
        """Generation requests of all frames, the images of the interpolation from the first to the last."""
        return [request for request in self.board.requests if request is not None]

    def open(self, start: Request, end: Interpolation | None = None) -> None:
        """Open the interpolation board with the image of `start` on the left.

        If `end` is given, generate the row that leads to it at once. Otherwise the row leads to a random seed and waits
        for the user, with the keyboard focus in the prompt of its last image.
        """
        self.start = replace(start.picture(0), branch=None)
        self._end_position = end.amount if end is not None else 1.0
        prompt = end.prompt if end is not None and end.prompt != start.prompt else ""
        seed = end.seed if end is not None else secrets.randbelow(ROLLED_LIMIT)
        self.view.set_ends(prompt, seed, DEFAULT_FRAMES)
        self._read_task.request()
        self.show()
        if end is not None:
            self.make()
        else:
            self._lay_out()
            self.view.focus_prompt()

    def make(self) -> None:
        """Generate the missing images of the interpolation, or cancel the job if they are already being generated."""
        if self._runner.is_running(self._list_missing()):
            self._runner.stop()
            return
        self._lay_out()
        board = self.board = self._new_board(self.board.requests)
        for digest, result in self._results.items():
            board.collection.add(digest, result)
        count = len(board.requests)
        self._runner.start(
            board,
            self._list_missing(),
            self,
            title=self.tr("Between two: %n picture(s)", "", count),
            total=len(set(board.digests)),
            bring_up=self.show,
        )
        self.refresh()

    async def film(self, file: Path) -> None:
        """Save the interpolated images as a film. The suffix of `file` selects the format.

        Raises BadRequest and StorageError.
        """
        frames = [rgba for rgba in map(self._picture, range(len(self.board.requests))) if rgba is not None]
        stopped = threading.Event()
        entry = RunningJob(
            self.tr("Animation {file}").format(file=file.name),
            stop=stopped.set,
            show=self.show,
            text=self.tr("writing…"),
        )
        self._context.jobs.begin(entry)
        try:
            written = await asyncio.to_thread(_write_film, frames, file, stopped)
        finally:
            self._context.jobs.end(entry)
        if written:
            self._notify_saved(self.tr("Animation saved"), file.name, file)

    def _new_board(self, requests: list[Request | None]) -> Board:
        """Return an interpolation board with a new gallery collection, named after its first and last image."""
        prompt = self.start.subject or self.tr("no prompt")
        end = self.view.prompt() or self.tr("seed {seed}").format(seed=self.view.seed())
        name = self.tr("{prompt}, seed {seed} → {end}").format(prompt=prompt, seed=self.start.seed, end=end)
        return Board(requests, self._saver.collection(name, self._results, self.refresh))

    def _lay_out(self) -> None:
        """Compute the requests of all images in the interpolation, and create a cell for each."""
        count = self.view.count()
        end = Interpolation(self.view.prompt() or self.start.prompt, self.view.seed(), self._end_position)
        steps = [replace(end, amount=end.amount * index / (count - 1)) for index in range(count)]
        card = self._context.settings.card_for(self.start)
        if card is None:
            return
        try:
            requests: list[Request | None] = [card.checked(self.start.with_target(step)) for step in steps]
        except BadRequest as error:
            self._context.tasks.report(error)
            return
        self.board = Board(requests, self.board.collection)
        for digest in self._results.keys() - set(self.board.digests):
            del self._results[digest]
        shares = [f"{step.amount / end.amount * 100:.0f}" for step in steps]
        self.view.begin([self.tr("{percent} % of the way").format(percent=share) for share in shares])
        self.refresh()

    def _list_missing(self) -> dict[str, Request]:
        """Return the requests of the interpolated images that are still to be generated, keyed by digest, from coarse
        to fine.

        The two ends come first, then the middle, then the images between, so that the user soon sees the whole range.
        """
        return self.board.missing(_order_coarse_first(len(self.board.requests)))

    def refresh(self) -> None:
        """Update the interpolation board: show its finished images and the progress of the others."""
        board = self.board
        self._fill_cells(board)
        count = len(board.requests)
        finished = board.finished_count()
        running = self._runner.is_running(self._list_missing())
        prompt = quote(self.start.subject) if self.start.subject else self.tr("no prompt")
        start = self.tr("From {prompt}, seed {seed}").format(prompt=prompt, seed=self.start.seed)
        # The row has the settings of its first image, not those of the panel.
        steps = count_of_steps(self.frames[0].steps if self.frames else self.start.steps)
        limit = self._limit_text()
        if not running and not finished:
            words = [limit, start, steps, self.tr("press Make")]
        else:
            words = [self._runner.progress_text(finished, count)] if running or finished < count else []
            words += [limit, start, steps] if running else [board.collection.location_text(), limit, start, steps]
        words = [*filter(None, words)]
        self.view.set_words(*(" · ".join(words[:count]) for count in range(len(words), 0, -1)))
        self.view.set_state(running=running, finished=finished > 1 and not running)
        self._show_frame(self.view.track.value())

    def _limit_text(self) -> str:
        """Return a sentence about those inputs of the first image that let its frames change little, or "" if it has
        none.
        """
        if self.start.mask:
            return self.tr("only the masked part changes")
        if self.start.image and self.start.strength < 1:
            return self.tr("every frame begins with the start picture")
        return ""

    def _show_frame(self, index: int) -> None:
        rgba = self._picture(index)
        item = Item(self.view.cells[index].accessibleName(), rgba) if rgba is not None else None
        self.view.show_picture(index, item)

    def _picture(self, index: int) -> np.ndarray | None:
        cell = self._finished_cell(index)
        return cell[1].rgba if cell is not None else None

    def _canvas_texts(self, index: int, request: Request) -> tuple[str, str, str]:
        return request.title, self.view.cells[index].accessibleName(), self.tr("Back to the row")

    def _choose_file(self) -> None:
        """Open a non-blocking dialog for choosing the file name and format of an interpolation film."""
        gif = self.tr("GIF (*.gif)")
        webp = self.tr("Animated WebP (*.webp)")
        mp4 = self.tr("MP4 video (*.mp4)")
        file = str(preferences.pictures_dir() / "between.webp")
        dialog = QFileDialog(self.view, self.tr("Save animation"), file, f"{gif};;{webp};;{mp4}")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectNameFilter(webp)
        dialog.setDefaultSuffix("webp")
        dialog.fileSelected.connect(lambda name: self._context.tasks.start(self.film(Path(name))))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _read_prompt(self) -> None:
        """Show how the model reads the prompt of the last image, or nothing if both ends have the same prompt."""
        prompt, card = self.view.prompt(), self._context.settings.card_for(self.start)
        chips: Sequence[PromptChip] = ()
        if prompt and card is not None and not is_too_long(prompt):
            chips = await self._context.prompts.read_chips(card, self.start, prompt)
        if not self._read_task.is_outdated:
            self.view.show_chips(chips)
            self._context.prompts.show_drawings(self.view.chips)

    def _connect(self) -> None:
        view = self.view
        view.prompt_changed.connect(self._read_task.request)
        view.submitted.connect(self.make)
        view.scrubbed.connect(self._show_frame)
        view.film_requested.connect(self._choose_file)


def _order_coarse_first(count: int) -> list[int]:
    """Return the indices 0 … count - 1 from coarse to fine: both ends, then midpoints of ever smaller gaps."""
    step = 1
    while step * 2 < count:
        step *= 2
    order = dict.fromkeys([0, count - 1] if count else [])
    while step:
        order.update(dict.fromkeys(range(0, count, step)))
        step //= 2
    return list(order)


def _write_film(frames: list[np.ndarray], file: Path, stopped: threading.Event) -> bool:
    """Write RGBA frames to a film that plays forwards and then backwards.

    Return False if `stopped` was set before the end.
    """
    from gdm_studio.engine.animation_file import Film, write_film

    return all(not stopped.is_set() for _ in write_film(frames, file, Film(fps=FPS, loop="back")))
