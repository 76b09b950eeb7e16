"""The sheets that lie over the stage, each made when it is first wanted: grids, variations, strips between two."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtWidgets import QStackedWidget, QWidget

from gdm_studio.ui import actions
from gdm_studio.ui.actions import Action

if TYPE_CHECKING:
    from gdm_studio.gallery import Picture
    from gdm_studio.request import Request
    from gdm_studio.ui.create.collected import Keeper
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.exploring.between import Between
    from gdm_studio.ui.create.exploring.explore import Explore
    from gdm_studio.ui.create.grids.batch import Batch
    from gdm_studio.ui.create.grids.board import Board
    from gdm_studio.ui.create.grids.grids import Grids
    from gdm_studio.ui.widgets.panes.item import Item

    AnyBoard = TypeVar("AnyBoard", bound=Board)


class Sheets:
    """`compare(items)` is asked to show pictures side by side, `show_steps(picture)` those of one on the stage."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._stack = QStackedWidget()
        self.compare: Callable[[Sequence[Item]], object] = lambda items: None
        self.show_steps: Callable[[Picture], object] = lambda picture: None
        desk.page.stage.set_sheet(self._stack)
        desk.page.controls.compare.connect(lambda: self.grids.compare_schedulers())
        desk.page.stage.tools.clicked.connect(lambda tool: self.vary() if tool == "vary" else None)
        desk.page.stage.tools.back.clicked.connect(self._go_back)

    @cached_property
    def batch(self) -> Batch:
        """The one job that fills them."""
        from gdm_studio.ui.create.grids.batch import Batch

        return Batch(lane=self._desk.lane, making=self._desk.making, tasks=self._desk.tasks)

    @cached_property
    def keeper(self) -> Keeper:
        """What puts their pictures into the gallery."""
        from gdm_studio.ui.create.collected import Keeper

        return Keeper(self._desk.shelf, self._desk.tasks)

    @cached_property
    def grids(self) -> Grids:
        from gdm_studio.ui.create.grids.grids import Grids

        grids = self._board(Grids)
        grids.on_compare = lambda items: self.compare(items)
        return grids

    @cached_property
    def explore(self) -> Explore:
        from gdm_studio.ui.create.exploring.explore import Explore

        explore = self._board(Explore)
        explore.on_compare = lambda items: self.compare(items)
        explore.on_between = lambda start, end: self.between.open(start, end)
        return explore

    @cached_property
    def between(self) -> Between:
        from gdm_studio.ui.create.exploring.between import Between

        return self._board(Between)

    def on_stage(self) -> Request | None:
        """What makes the picture on the stage, or the one that the settings would make; None without a model."""
        viewer = self._desk.viewer
        if self._desk.settings.card is None:
            return None
        if viewer.on_stage is not None:
            return viewer.on_stage.request.picture(viewer.image if viewer.shows_run else 0)
        selected = self._desk.page.gallery.grid.current()
        return selected.request if selected is not None else self._desk.page.controls.request().picture(0)

    def vary(self, request: Request | None = None) -> None:
        """Variations around the picture of `request`, or around the one on the stage."""
        fitting = self._fitting(request or self.on_stage())
        if fitting is not None:
            self.explore.open(fitting)

    def go_between(self) -> None:
        """From the picture on the stage to another seed or prompt."""
        fitting = self._fitting(self.on_stage())
        if fitting is not None:
            self.between.open(fitting)

    def _board(self, kind: type[AnyBoard]) -> AnyBoard:
        board = kind(self._desk, self.batch, self.keeper, self.show)
        board.on_taken = lambda picture: self.show_steps(picture)
        return board

    def _fitting(self, request: Request | None) -> Request | None:
        """As a model that is here can carry it out: that of the picture, or else the chosen one."""
        card = self._desk.settings.card_for(request) if request is not None else None
        if request is None or card is None:
            return None
        fitting, left_out = self._desk.settings.fitting(request, card)
        if "model" in left_out:
            self._desk.say(f"{request.model} is not here", f"What it made is tried with {card.title or card.name}.")
        return fitting

    def show(self, sheet: QWidget) -> None:
        """Lays a sheet over the stage."""
        if self._stack.indexOf(sheet) < 0:
            self._stack.addWidget(sheet)
        self._stack.setCurrentWidget(sheet)
        self._desk.page.stage.set_mode("sheet")
        self._desk.settings.draw_path()  # in the place of the latest run's

    def _go_back(self) -> None:
        """To the sheet that was shown last."""
        if (sheet := self._stack.currentWidget()) is not None:
            self.show(sheet)

    def actions(self) -> list[Action]:
        """What the command palette offers."""

        stage = self._desk.page.stage

        def one() -> bool:
            return self._desk.settings.card is not None and stage.isVisibleTo(self._desk.page)

        def has_grid() -> bool:
            return "grids" in self.__dict__ and self.grids.is_there()

        return [
            actions.GRID.does(lambda: self.grids.open_axes(), one),
            actions.SHOW_GRID.does(lambda: self.grids.open(), has_grid),
            actions.VARY_PICTURE.does(lambda: self.vary(), one),
            actions.BETWEEN.does(self.go_between, one),
        ]

    async def leave(self) -> None:
        """Puts what is finished and in no file yet into the gallery. Raises StorageError."""
        if "keeper" in self.__dict__:
            await self.keeper.leave()
