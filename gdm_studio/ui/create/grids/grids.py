"""Grids at work: what their axes are, one job that fills them, and what becomes of their pictures."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.engine.grids import AT_ITS_BEST, Axis, Grid, Kind, kinds
from gdm_studio.errors import BadRequest
from gdm_studio.request import Request
from gdm_studio.studio.fitting import sampler_refused
from gdm_studio.ui.create.grids import sheet_picture
from gdm_studio.ui.create.grids.board import Board
from gdm_studio.ui.create.grids.setup import Setup, Written
from gdm_studio.ui.create.grids.sheet import Sheet
from gdm_studio.ui.create.grids.sheet_view import PACES, SheetView
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.create.progress import duration
from gdm_studio.ui.widgets import Choice
from gdm_studio.ui.widgets.panes.item import MOST, Item

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from gdm_studio.models.card import ModelCard
    from gdm_studio.run import Result
    from gdm_studio.ui.create.collected import Keeper
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.grids.batch import Batch

USUAL = ("dpmpp_2m", "unipc", "deis", "euler", "heun", "lms", "euler_a", "dpmpp_2m_sde", "restart")
BOTH = tuple(pace.id for pace in PACES)  # the settings that an axis over schedulers has
FIRST_X, FIRST_Y = ("steps", "4, 8, 20"), ("guidance_scale", "2, 4, 7")  # of the first grid
FIRST = "One picture for each value, or each pair"
FIRST_WORDS = (f"{FIRST}; all other settings stay as they are.", FIRST)  # what is said over the axes


class Grids(Board):
    """One grid at a time, on a sheet over the stage. It fills while one looks at other things, until it is stopped."""

    def __init__(self, desk: Desk, batch: Batch, keeper: Keeper, show: Callable[[QWidget], object]) -> None:
        super().__init__(desk, batch, keeper, show)
        self._page, self._settings = desk.page, desk.settings
        self.on_compare: Callable[[Sequence[Item]], object] = lambda items: None
        self.setup = Setup(desk.theme, self._judged)
        self.view = SheetView(desk.theme, self.setup)
        self._sheet: Sheet | None = None
        self._cards: list[ModelCard] = []
        self._kinds: dict[str, Kind] = {}
        self._base = Request()
        self._ticked = list(USUAL)  # schedulers that were compared last
        self._connect()

    # opening

    def open(self) -> None:
        """The grid as it stands, or where there is none the axes of a first one."""
        if self._settings.card is None:
            return
        if self._sheet is None:
            self._prepare(FIRST_X, FIRST_Y)
            self._show_first()
        self.view.axes.setChecked(self._sheet is None)
        self._show_sheet(self.view)

    def open_axes(self) -> None:
        """The axes of the next grid, with the settings as they are now."""
        if self._settings.card is None:
            return
        self._prepare(*(_written(self._sheet.grid) if self._sheet else (FIRST_X, FIRST_Y)))
        if self._sheet is None:
            self._show_first()
        self.view.axes.setChecked(True)
        self._show_sheet(self.view)
        self.setup.across.box.setFocus()

    def compare_schedulers(self) -> None:
        """The same noise with many schedulers; the same again are not made again."""
        if self._settings.card is None:
            return
        names = [name for name in self._ticked if not sampler_refused(name, self._settings.card)]
        pace = self.view.pace.choice()
        self._show_sheet(self.view)
        self.make((pace, ", ".join(names)), ("", ""))

    def make(self, x: Written, y: Written) -> None:
        """Makes the grid of these axes from the settings as they are now; what is made of it already stays."""
        self._prepare(x, y)
        grid = self._grid(x, y)
        singles, refused = self._singles(grid)
        before = self._sheet
        sheet = Sheet(grid, singles, refused, self._keeper.collection(grid.name()))
        if before is not None and before.digests == sheet.digests and self._batch.is_making(before.missing()):
            self.view.axes.setChecked(False)
            return
        sheet.collected.on_change = self._show
        sheet.collected.on_gone = lambda digest: sheet.results.pop(digest, None)
        sheet.collected.on_back = sheet.results.__setitem__
        if before is not None and before.grid.base == grid.base:
            sheet.results = before.results
        elif before is not None and before.there():
            back, words = partial(self._bring_back, before), f"It is the collection “{before.collected.wanted}”."
            self._desk.say("The former grid was put aside", words, action="Bring it back", undo=back)
        self._take_up(sheet)

    # what people do with it

    async def save(self) -> None:
        """Writes the sheet as one labelled picture beside its own; raises StorageError, to be tried again."""
        sheet = self._sheet
        if sheet is None or not sheet.results:
            return
        await self._keeper.settle(sheet.collected)
        grid = sheet.grid
        rgbas = [result.rgba if (result := sheet.result(place)) else None for place in range(len(sheet.singles))]
        image = sheet_picture.of_grid(self._desk.theme, grid, sheet.singles, rgbas)
        note = grid.note()
        path = await asyncio.to_thread(sheet_picture.save, image, grid.base, kind=_kind(grid), note=note)
        text = f"It lies in the pictures folder; its pictures are the collection “{sheet.collected.name}”."
        self._say_saved("Sheet saved", text, path)

    def take(self, place: int) -> None:
        """Takes over the settings of a cell, and shows its picture."""
        sheet = self._sheet
        result = sheet.result(place) if sheet else None
        single = sheet.singles[place] if sheet else None
        if sheet is not None and result is not None and single is not None:
            title, facts = sheet.grid.titles()[place], sheet_picture.pace(single)
            self._use(single, result, title, facts, back="Back to the grid")

    def items(self) -> list[Item]:
        """The finished pictures, to compare."""
        sheet = self._sheet
        return [self._item(sheet, place) for place in range(len(sheet.singles)) if sheet.result(place)] if sheet else []

    def is_there(self) -> bool:
        """Whether there is a grid to show."""
        return self._sheet is not None

    # making

    def _prepare(self, x: Written, y: Written) -> None:
        """Reads the settings as they are now, and what can be gone over with them."""
        self._base = replace(self._page.controls.request(), count=1, batch=0, branch=None)
        self._cards = self._desk.library.cards()
        self._kinds = kinds(self._base, self._cards)
        self.setup.set_kinds(self._kinds, self._choices())
        self.setup.set_axes(x, y)

    def _grid(self, x: Written, y: Written) -> Grid:
        across = Axis.of(self._kinds[x[0]], x[1])
        return Grid(self._base, across, Axis.of(self._kinds[y[0]], y[1]) if y[0] else None)

    def _judged(self, x: Written, y: Written) -> str:
        """How many pictures a grid of these axes is; raises BadRequest where it cannot be made."""
        grid = self._grid(x, y)
        return f"{grid.count} pictures" if grid.count > 1 else "1 picture"

    def _choices(self) -> Mapping[str, Sequence[Choice]]:
        """What is ticked rather than typed."""
        card = self._settings.card
        samplers = menus.scheduler_choices(card)
        listed = {kind.name: kind.options for kind in self._kinds.values() if kind.options}
        found = {name: [Choice(*each) for each in options.items()] for name, options in listed.items()}
        found |= {"sampler": samplers, AT_ITS_BEST: samplers}
        found["spacing"] = menus.spacing_choices(card, self._base.spacing)
        if card is not None and card.styles:
            found["style"] = [Choice(style.id, style.title, group=style.group) for style in card.styles]
        if "label" in self._kinds:
            found["label"] = [Choice(each, title) for each, title in self._kinds["label"].options.items() if each]
        if "model" in self._kinds:
            found["model"] = menus.model_choices(self._cards)
        return found

    def _singles(self, grid: Grid) -> tuple[list[Request | None], dict[int, str]]:
        """What each cell is made by, as its model completes it; and why where it cannot."""
        cards = {card.name: card for card in self._cards}
        singles: list[Request | None] = []
        refused = {}
        for place, single in enumerate(grid.requests()):
            try:
                card = cards[single.model]
                if self._settings.process is not None and card is self._settings.card:
                    card.points(self._settings.process, single.spacing, single.steps)
                singles.append(card.checked(single))
            except BadRequest as error:
                singles.append(None)
                refused[place] = str(error)
        return singles, refused

    def _take_up(self, sheet: Sheet) -> None:
        """Cells for a grid, and a job for those of them that are not made yet."""
        self._sheet, grid = sheet, sheet.grid
        if grid.x.kind.name in BOTH:
            self._ticked = [str(value) for value in grid.x.values]
        down = grid.y.labels() if grid.y is not None else []
        self.view.begin(grid.titles(), grid.x.labels() if down else (), down)
        self.view.axes.setChecked(False)
        self.view.set_pace(grid.x.kind.name if grid.x.kind.name in BOTH and grid.y is None else "")
        for place, why in sheet.refused.items():
            self.view.cells[place].set_refused(why)
        for digest, result in sheet.made().items():  # of earlier axes
            sheet.collected.add(digest, result)
        self._batch.begin(sheet.missing(), sheet.results.__setitem__, self._show, into=sheet.collected)
        self._show()

    def _show_first(self) -> None:
        """What the sheet says before there is a grid."""
        self.view.set_pace("")
        self.view.set_title("Grid")
        self.view.set_words(*FIRST_WORDS)

    def _show(self) -> None:
        """What is finished, how far the others are, and what is said of the whole."""
        sheet = self._sheet
        if sheet is None:
            return
        self._batch.fill(self.view.cells, sheet.digests, sheet.results)
        for cell, single, digest in zip(self.view.cells, sheet.singles, sheet.digests, strict=True):
            if single is not None and digest in sheet.results:
                cell.set_note(self._said(single, sheet.results[digest]))
        self._show_words(sheet)

    def _show_words(self, sheet: Sheet) -> None:
        there, missing = sheet.there(), sheet.missing()
        running = self._batch.is_making(missing)
        far = self._batch.far(there, len(sheet.singles) - len(sheet.refused)) if running else ""
        alike = sheet_picture.alike_in_short(sheet.grid)
        hint = "click one to use it" if there and not running else ""
        saved = sheet.collected.words() if there and not running else ""
        words = (far, hint, saved, sheet.grid.base.title, *alike)
        self.view.set_title(_kind(sheet.grid).capitalize())
        self.view.set_words(*(FIRST_WORDS if self.view.axes.isChecked() else [" · ".join(filter(None, words))]))
        self.view.set_state(running=running, savable=there > 0 and not running, missing=bool(missing))

    def _said(self, single: Request, result: Result) -> str:
        took = duration(result.made.seconds) if result.made is not None else ""
        own = sheet_picture.pace(single) if self._sheet and self._sheet.grid.goes_over(AT_ITS_BEST) else ""
        return " · ".join(filter(None, [own, took]))

    # pictures of it

    def _item(self, sheet: Sheet, place: int) -> Item:
        result = sheet.result(place)
        assert result is not None
        return Item(sheet.grid.titles()[place], result.rgba, sheet.singles[place])

    def _compare(self, items: Sequence[Item]) -> None:
        if items:
            self.on_compare(items[:MOST])

    def _favour(self, place: int) -> None:
        if self._sheet is not None:
            self._make_favourite(self._sheet.digests[place], self._sheet.result(place))

    def _bring_back(self, sheet: Sheet) -> None:
        if self._sheet is not None and self._batch.is_making(self._sheet.missing()):
            raise BadRequest("A grid is being made. Stop it, or wait for its end; then bring the other one back.")
        self._show_sheet(self.view)
        self._take_up(sheet)

    def _on_stop(self) -> None:
        """Stops, or goes on with what is missing."""
        if self._sheet is not None and not self._batch.is_making(self._sheet.missing()):
            self._take_up(self._sheet)
        else:
            self.stop()

    def _on_pace(self, pace: str) -> None:
        if self._sheet is not None:
            self.make((pace, _written(self._sheet.grid)[0][1]), ("", ""))

    def _connect(self) -> None:
        view = self.view
        self.setup.made.connect(self.make)
        view.axes.clicked.connect(lambda on: self.open_axes() if on else None)
        view.axes.toggled.connect(lambda _: self._show())
        view.pace_chosen.connect(self._on_pace)
        view.taken.connect(self.take)
        view.compared.connect(lambda place: self._compare([self._item(self._sheet, place)] if self._sheet else []))
        view.favoured.connect(self._favour)
        view.compare_clicked.connect(lambda: self._compare(self.items()))
        view.stop_clicked.connect(self._on_stop)
        view.save_clicked.connect(lambda: self._desk.tasks.start(self.save()))
        view.closed.connect(self._leave)


def _written(grid: Grid) -> tuple[Written, Written]:
    """The axes as people would write them."""

    def of(axis: Axis) -> Written:
        return axis.kind.name, ", ".join(f'"{value}"' if "," in str(value) else str(value) for value in axis.values)

    return of(grid.x), of(grid.y) if grid.y is not None else ("", "")


def _kind(grid: Grid) -> str:
    return "schedulers" if grid.x.kind.name in BOTH and grid.y is None else "grid"
