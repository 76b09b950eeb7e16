"""Controllers of all boards of the Create page: set, grid, variations and interpolation."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from gdm_studio.ui import window_actions
from gdm_studio.ui.create.board.board_collections import BoardSaver
from gdm_studio.ui.create.board.board_runner import BoardRunner
from gdm_studio.ui.create.board.board_view import BoardView
from gdm_studio.ui.create.board.image_set_controller import SetController
from gdm_studio.ui.translation import translate
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.request.generation_request import Interpolation, Request
    from gdm_studio.ui.create.board.base_controllers import StageBoardController
    from gdm_studio.ui.create.board.grid_controller import GridController
    from gdm_studio.ui.create.board.interpolation_controller import InterpolationController
    from gdm_studio.ui.create.board.variations_controller import VariationsController
    from gdm_studio.ui.create.context import CreateContext

T = TypeVar("T", bound="StageBoardController")


class Boards:
    """Owner of all boards of images on the Create page, which shows one board at a time over the main image view.

    `sets` controls set mode, which has a view of its own. The other boards are created when they are first opened.
    `runner` runs their jobs, and `saver` saves the images of every board.
    """

    def __init__(self, context: CreateContext) -> None:
        self._context = context
        self.runner = BoardRunner(context)
        self.saver = BoardSaver(context)
        self.sets = SetController(context, self.saver)
        self._stack = QStackedWidget()
        context.page.canvas_panel.set_sheet(self._stack)
        context.page.controls.compare.connect(lambda: self.grid.compare_schedulers())
        context.page.canvas_panel.tools.clicked.connect(lambda tool: self.vary() if tool == "vary" else None)
        context.page.canvas_panel.tools.back.clicked.connect(self._go_back)

    @cached_property
    def grid(self) -> GridController:
        """Grid board, created on first use: one image per value of a setting, or per pair of values of two settings."""
        from gdm_studio.ui.create.board.grid_controller import GridController

        return self._connect_view(GridController(self._context, self.runner, self.saver))

    @cached_property
    def variations(self) -> VariationsController:
        """Variations board, created on first use: one image surrounded by eight images generated from similar noise."""
        from gdm_studio.ui.create.board.variations_controller import VariationsController

        variations = self._connect_view(VariationsController(self._context, self.runner, self.saver))
        variations.interpolation_requested.connect(self._open_interpolation)
        return variations

    @cached_property
    def interpolation(self) -> InterpolationController:
        """Interpolation board, created on first use: a row of images that gradually changes into another image."""
        from gdm_studio.ui.create.board.interpolation_controller import InterpolationController

        return self._connect_view(InterpolationController(self._context, self.runner, self.saver))

    def submit(self) -> bool:
        """Generate the board whose settings have the focus, as its button does. Return False if there is none."""
        view = self._stack.currentWidget()
        return isinstance(view, BoardView) and view.isAncestorOf(view.window().focusWidget()) and view.submit()

    def _connect_view(self, controller: T) -> T:
        """Let a board's view cover the main image view whenever the board's controller asks for it. Returns the
        controller.
        """
        controller.show_requested.connect(lambda: self._show(controller.view))
        return controller

    def current_request(self) -> Request | None:
        """Return the request of the image in the main view or, if there is none, of the image selected in the gallery.
        Otherwise return the panel's current settings.

        Returns None if no model is selected.
        """
        viewer = self._context.viewer
        if self._context.settings.card is None:
            return None
        if viewer.on_canvas is not None:
            return viewer.on_canvas.request.picture(viewer.image if viewer.shows_run else 0)
        selected = self._context.page.gallery.grid.current()
        return selected.request if selected is not None else self._context.page.controls.request().picture(0)

    def vary(self, request: Request | None = None) -> None:
        """Open the variations board for `request`, or for the image in the main view if `request` is None."""
        compatible = self._adapt(request or self.current_request(), keeps_branch=True)
        if compatible is not None:
            self.variations.open(compatible)

    def interpolate(self) -> None:
        """Open the interpolation board, whose row starts at the image in the main view."""
        compatible = self._adapt(self.current_request())
        if compatible is not None:
            self.interpolation.open(compatible)

    def _open_interpolation(self, start: Request, end: Interpolation) -> None:
        if start.branch is not None:
            self._notify_without_branch()
        self.interpolation.open(start, end)

    def _adapt(self, request: Request | None, *, keeps_branch: bool = False) -> Request | None:
        """Return a request adapted to the installed models, or None if no model can generate it.

        A notice informs the user if the request's model is missing and the selected model replaces it, or if the
        request is a branch and starts from noise instead. With `keeps_branch`, a branch stays one if the installed
        models support it.
        """
        card = self._context.settings.card_for(request) if request is not None else None
        if request is None or card is None:
            return None
        compatible, left_out = self._context.settings.fit(request, card)
        if keeps_branch and left_out == ["branch"]:
            return request
        if "model" in left_out:
            self._context.notify(
                translate("Boards", "{model} is not installed").format(model=request.model),
                translate("Boards", "{model} is used instead.").format(model=card.title or card.name),
            )
        if request.branch is not None:
            self._notify_without_branch()
        return compatible

    def _notify_without_branch(self) -> None:
        self._context.notify(
            translate("Boards", "Started from noise, without the branch"),
            translate("Boards", "The picture may look different from its branch."),
        )

    def _show(self, view: QWidget) -> None:
        """Cover the main image view with the view of a board."""
        if self._stack.indexOf(view) < 0:
            self._stack.addWidget(view)
        self._stack.setCurrentWidget(view)
        self._context.page.canvas_panel.set_mode("sheet")
        # The noise curve still shows the last run, but a board starts from the current settings.
        self._context.settings.draw_path()

    def _go_back(self) -> None:
        """Reopen the board of images that was opened last, after the user has looked at one of its images."""
        if (view := self._stack.currentWidget()) is not None:
            self._show(view)

    def actions(self) -> list[Action]:
        """Return the actions that open boards of images: grid, last grid, variations and interpolation, and those of a
        set.
        """
        canvas_panel = self._context.page.canvas_panel

        def is_canvas_visible() -> bool:
            return self._context.settings.card is not None and canvas_panel.isVisibleTo(self._context.page)

        def has_grid() -> bool:
            return "grid" in vars(self) and self.grid.board is not None

        def disabled_reason() -> str:
            if self._context.settings.card is None:
                return ""
            keys = window_actions.shown_keys(window_actions.SET.keys)[0]
            return translate("Boards", "Leave the set with {keys} first.").format(keys=keys)

        return [
            window_actions.GRID.bind(lambda: self.grid.open_axes(), is_canvas_visible, disabled_reason),
            window_actions.SHOW_GRID.bind(lambda: self.grid.open(), has_grid),
            window_actions.VARY_PICTURE.bind(lambda: self.vary(), is_canvas_visible, disabled_reason),
            window_actions.BETWEEN.bind(self.interpolate, is_canvas_visible, disabled_reason),
            *self.sets.actions(),
        ]

    async def leave(self) -> None:
        """Save all finished images of boards and update their gallery collections before the window closes.

        Raises StorageError.
        """
        await self.saver.leave()
