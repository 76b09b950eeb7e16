"""Base controllers of boards, which run a job to fill the cells and handle clicks on finished images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gdm_studio.jobs.ray.cluster_pool import check_cluster
from gdm_studio.ui.create.request_settings import settings_applied
from gdm_studio.ui.folder_dialogs import notify_saved

if TYPE_CHECKING:
    from pathlib import Path

    from gdm_studio.jobs.job import Job
    from gdm_studio.request.generation_events import Result, View
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.board.board_collections import BoardSaver
    from gdm_studio.ui.create.board.board_model import Board
    from gdm_studio.ui.create.board.board_runner import BoardRunner
    from gdm_studio.ui.create.board.board_view import BoardView
    from gdm_studio.ui.create.context import CreateContext


class BoardController(QObject):
    """Base controller of a board of images, which it generates in one job and saves as a gallery collection.

    Subclasses for the grid, the set, the variations and the interpolation create the board and implement `refresh()`.
    `view` shows the board.
    """

    def __init__(self, context: CreateContext, runner: BoardRunner, saver: BoardSaver, view: BoardView) -> None:
        super().__init__(context.page)
        self._context = context
        self._runner = runner
        self._saver = saver
        self.view = view
        # The board, or None before there is one.
        self.board: Board | None = None
        # True while the window connects to the cluster to check it.
        self.is_connecting = False
        view.favourite_requested.connect(self._make_favourite)
        view.cluster_clicked.connect(lambda: self._context.tasks.start(self.run_on_cluster()))

    async def run_on_cluster(self) -> None:
        """Generate the board's missing images on the cluster configured in the settings.

        Raises StudioError if the cluster cannot be used.
        """
        board = self.board
        if board is None or self.is_connecting:
            return
        self.is_connecting = True
        self.refresh()
        try:
            await check_cluster()
            if board is self.board:
                await self._runner.stop_and_wait()
        finally:
            self.is_connecting = False
            self.refresh()
        if board is self.board and board.missing():
            self._resume_on_cluster()

    def has_cluster(self) -> bool:
        """Return True if the settings name a cluster, which can generate missing images of the board."""
        return bool(self._context.cluster())

    def _resume_on_cluster(self) -> None:
        """Start a job that generates the board's missing images on the cluster."""
        raise NotImplementedError

    def refresh(self) -> None:
        """Update the board's view: show finished images, and the progress of the other cells."""
        raise NotImplementedError

    def stop(self) -> None:
        """Cancel the job that generates the board's images. Finished images remain."""
        self._runner.stop()

    def take_result(self, board: Board, digest: str, result: Result) -> None:
        """Store a newly generated image of a board, and save the image to the gallery."""
        board.results[digest] = result
        board.collection.add(digest, result)

    def show_progress(self, job: Job, newest: View | None) -> None:
        """Update the board's view after a denoising step of its job. `newest` is the preview of that step."""
        self.refresh()

    def end_job(self, board: Board, job: Job) -> None:
        """Update the board's view after its generation job has ended, and add an undo command that removes the saved
        images.
        """
        self.refresh()
        self._context.tasks.start(board.collection.end())

    def _fill_cells(self, board: Board) -> None:
        """Show in each board cell its finished image or, until then, the preview of its newest denoising step."""
        views = self._runner.views()
        for cell, digest in zip(self.view.cells, board.digests, strict=True):
            if digest in board.results:
                cell.set_picture(board.results[digest].rgba)
                cell.set_progress(1)
            elif steps := views.get(digest):
                cell.set_picture(steps[-1].predicted)
                cell.set_progress(min(steps[-1].index / steps[-1].of, 0.999))
            elif cell.is_finished() and digest not in views:
                # The image was undone. If it is generated again, it stays visible until its first step.
                cell.clear()

    def _finished_cell(self, index: int) -> tuple[Request, Result] | None:
        """Return the generation request and the image of a board cell, or None if the image is not finished."""
        board = self.board
        if board is None or index >= len(board.requests):
            return None
        request = board.requests[index]
        result = board.result(index)
        return (request, result) if request is not None and result is not None else None

    def _make_favourite(self, index: int) -> None:
        """Mark the image of a board cell as a favourite in the gallery."""
        if (cell := self._finished_cell(index)) is not None:
            request, result = cell
            self._context.tasks.start(self._saver.make_favourite(request.digest(), result))


class StageBoardController(BoardController):
    """Base controller of a board of images that covers the main image view. It emits `show_requested()` when the board
    should appear.
    """

    show_requested = Signal()

    def __init__(self, context: CreateContext, runner: BoardRunner, saver: BoardSaver, view: BoardView) -> None:
        super().__init__(context, runner, saver, view)
        view.use_requested.connect(self.use)
        view.closed.connect(self._leave)

    def show(self) -> None:
        """Show the board's view over the main image view, by emitting `show_requested()`."""
        self.show_requested.emit()

    def use(self, index: int) -> None:
        """Apply the settings of a finished board cell, and show its image in the main view.

        A button there leads back to the board.
        """
        cell = self._finished_cell(index)
        if cell is None:
            return
        request, result = cell
        title, facts, back = self._canvas_texts(index, request)
        request_draft = self._context.page.controls.request_draft
        before = request_draft.written
        self._context.navigator.apply_settings(request)
        undo = self._context.settings.undo_to(before, request_draft.branch_point)
        self._context.notify(settings_applied(), title, kind="success", undo=undo)
        height, width = result.rgba.shape[:2]
        self._context.viewer.show_image(result.rgba, title, f"{width} × {height} · {facts}")
        self._context.page.gallery.mark(self._saver.picture_id(request.digest()))
        self._context.page.controls.changed.emit()
        self._context.page.canvas_panel.tools.set_back(back)
        self._context.tasks.start(self._select_when_saved(request.digest(), result))

    def _canvas_texts(self, index: int, request: Request) -> tuple[str, str, str]:
        """Return the title, a short detail and the label of the Back button that are shown with a board cell's image in
        the main view.
        """
        raise NotImplementedError

    async def _select_when_saved(self, digest: str, result: Result) -> None:
        """Wait until the image in the main view is saved, then select it in the gallery and load its denoising
        steps.
        """
        turn = self._context.viewer.revision
        picture = await self._saver.picture(digest, result)
        if self._context.viewer.revision == turn:
            self._context.page.gallery.mark(picture.id)
            self._context.navigator.show_steps(picture)

    def _notify_saved(self, title: str, text: str, file: Path) -> None:
        notify_saved(self._context.notify, self._context.tasks, title, text, file.parent)

    def _leave(self) -> None:
        """Close the board, so that the main image view becomes visible again."""
        self._context.page.canvas_panel.set_mode("")
