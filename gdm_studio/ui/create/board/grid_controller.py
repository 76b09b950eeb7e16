"""Controller of the grid, which compares images for several values of one or two settings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.grids import PROMPT, SAMPLER_WITH_DEFAULTS, Axis, AxisSetting, Grid, list_axis_settings
from gdm_studio.request.generation_request import SETTINGS, Request, Role, with_role
from gdm_studio.studio.model_compatibility import good_range, sampler_problem
from gdm_studio.ui.card_translations import translated_card
from gdm_studio.ui.create.board import contact_sheet
from gdm_studio.ui.create.board.base_controllers import StageBoardController
from gdm_studio.ui.create.board.board_model import Board
from gdm_studio.ui.create.board.grid_axis_editor import Written
from gdm_studio.ui.create.board.grid_view import SCHEDULER_MODES, GridView
from gdm_studio.ui.create.board.value_labels import value_label
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.progress import duration
from gdm_studio.ui.translation import error_text, labelled, translate, within_text
from gdm_studio.ui.widgets import Choice
from gdm_studio.ui.widgets.image_comparison.compared_image import MOST, Item

if TYPE_CHECKING:
    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.board.board_collections import BoardSaver
    from gdm_studio.ui.create.board.board_runner import BoardRunner
    from gdm_studio.ui.create.context import CreateContext

# Schedulers of the first comparison.
DEFAULT_SCHEDULERS = ("dpmpp_2m", "unipc", "deis", "euler", "heun", "lms", "euler_a", "dpmpp_2m_sde", "restart")
# Names of the axis settings whose values are schedulers.
SCHEDULER_AXES = tuple(name for name, _, _ in SCHEDULER_MODES)
# Settings along the axes of the first grid.
FIRST_AXES = ("steps", "guidance_scale")
# Settings whose good range depends on the model, and the suggested values for an axis as multiples of the model's own.
LIMITED_SETTINGS = (*FIRST_AXES, "temperature")
SUGGESTED_MULTIPLES = (0.5, 1, 1.5)
NO_AXIS = ("", "")
# Axes over settings that do not depend on the model. Grids over other settings never use a fast version.
_FREE_OF_MODEL = {"", PROMPT, *SETTINGS} - {"model", *(each.name for each in with_role(SETTINGS, Role.MODEL_DEFAULT))}


@dataclass(eq=False, kw_only=True)
class GridBoard(Board):
    """Board of images for a grid. `grid` contains the axes and the settings that all cells share."""

    grid: Grid


class GridController(StageBoardController):
    """Controller of the grid, a table of images for the values of one or two settings.

    Its view covers the main image view. Its job continues while other views are open.
    """

    view: GridView
    board: GridBoard | None

    def __init__(self, context: CreateContext, runner: BoardRunner, saver: BoardSaver) -> None:
        super().__init__(context, runner, saver, GridView(context.theme))
        self.setup = self.view.setup
        self._page = context.page
        self._settings = context.settings
        self._cards: list[ModelCard] = []
        self._axis_settings: dict[str, AxisSetting] = {}
        self._base_request = Request()
        # Schedulers of the last comparison.
        self._schedulers = list(DEFAULT_SCHEDULERS)
        self._connect()

    def open(self) -> None:
        """Open the current grid of images or, if there is none yet, the editor of its axes."""
        if self._settings.card is None:
            return
        if self.board is None:
            self._prepare(*self._first_axes())
            self._show_empty()
        self.view.axes.setChecked(self.board is None)
        self.show()

    def open_axes(self, axes: tuple[Written, Written] | None = None) -> None:
        """Open the axis editor for a new grid of images based on the current settings.

        It shows the axes (x, y) given as `axes`, by default those of the current grid.
        """
        if self._settings.card is None:
            return
        if axes is None:
            axes = _typed_axes(self.board.grid) if self.board else self._first_axes()
        self._prepare(*axes)
        if self.board is None:
            self._show_empty()
        self.view.axes.setChecked(True)
        self.show()
        self.setup.across.box.setFocus()

    def compare_schedulers(self) -> None:
        """Open the axis editor for a grid over schedulers (samplers), initially with the schedulers of the last
        comparison.
        """
        if self._settings.card is None:
            return
        names = [name for name in self._schedulers if not sampler_problem(name, self._settings.card)]
        mode = self.view.scheduler_mode.choice()
        self.open_axes(((mode, ", ".join(names)), NO_AXIS))

    def make(self, x: Written, y: Written) -> None:
        """Generate a grid of images from the current settings, varied along the axes `x` and `y`. Finished cells are
        reused.

        Raises BadRequest if the axes are invalid.
        """
        self._prepare(x, y)
        if {x[0], y[0]} <= _FREE_OF_MODEL:
            self._base_request = self._settings.fast_request(self._base_request)
        grid = self._create_grid(x, y)
        requests, refused = self._create_requests(grid)
        before = self.board
        is_same_base = before is not None and before.grid.base == grid.base
        results = before.results if before is not None and is_same_base else {}
        collection = self._saver.collection(_collection_name(grid), results, self.refresh)
        board = GridBoard(requests, collection, refused=refused, grid=grid)
        if before is not None and before.digests == board.digests and self._runner.is_running(before.missing()):
            self.view.axes.setChecked(False)
            return
        if before is not None and not is_same_base and before.finished_count():
            self._context.notify(
                self.tr("Previous grid saved as a collection"),
                self.tr("Its name is “{name}”.").format(name=before.collection.wanted),
                action=self.tr("Restore it"),
                undo=partial(self._restore, before),
            )
        self._show_board(board)

    async def save(self) -> None:
        """Save the grid as one large labelled image in the user's pictures folder.

        Raises StorageError; the caller may retry.
        """
        board = self.board
        if board is None or not board.results:
            return
        await self._saver.settle(board.collection)
        grid = board.grid
        results = [board.result(index) for index in range(len(board.requests))]
        rgbas = [result.rgba if result is not None else None for result in results]
        image = contact_sheet.draw_grid(self._context.theme, grid, board.requests, rgbas)
        kind = "schedulers" if _compares_schedulers(grid) else "grid"
        path = await asyncio.to_thread(contact_sheet.save_sheet, image, grid.base, kind=kind, note=grid.note())
        text = self.tr("It is in the pictures folder; its pictures are the collection “{name}”.")
        self._notify_saved(self.tr("Sheet saved"), text.format(name=board.collection.name), path)
        await self._context.gallery.add_file(path)

    def _canvas_texts(self, index: int, request: Request) -> tuple[str, str, str]:
        return self._title(index), contact_sheet.steps_text(request), self.tr("Back to the grid")

    def items(self) -> list[Item]:
        """Return the grid's finished images as items for the Compare page."""
        indices = range(len(self.board.requests) if self.board is not None else 0)
        return [item for item in map(self._create_item, indices) if item is not None]

    def refresh(self) -> None:
        """Update the grid's view: the finished images, the progress of the other cells, and the summary above them."""
        board = self.board
        if board is None:
            return
        self._fill_cells(board)
        for index, cell in enumerate(self.view.cells):
            if (finished := self._finished_cell(index)) is not None:
                cell.set_note(self._format_note(*finished))
        self._show_summary(board)

    def _prepare(self, x: Written, y: Written) -> None:
        """Prepare the axis editor for a new grid: read the panel's current settings, and offer those that a grid can
        vary.
        """
        self._base_request = replace(self._page.controls.request(), count=1, batch=0, branch=None)
        self._cards = self._context.library.cards()
        self._axis_settings = {
            name: replace(kind, suggested=self._suggested_values(name)) if name in LIMITED_SETTINGS else kind
            for name, kind in list_axis_settings(
                self._base_request, [translated_card(card) for card in self._cards]
            ).items()
        }
        self.setup.set_kinds(self._axis_settings, self._choices())
        self.setup.set_axes(x, y)

    def _first_axes(self) -> tuple[Written, Written]:
        x, y = FIRST_AXES
        return (x, self._suggested_values(x)), (y, self._suggested_values(y))

    def _suggested_values(self, name: str) -> str:
        """Return values around the model's own value of a setting, within the range in which the model is good, as
        typed by a user.
        """
        setting, draft = SETTINGS[name], self._page.controls.request_draft
        low, high = good_range(self._settings.card, name, draft["sampler"])
        own = draft.default(name)
        if name == "steps" and low < 0:
            # A distilled model is not good with fewer steps than its own.
            low = own
        values = [min(max(factor * own, low, setting.low), high, setting.high) for factor in SUGGESTED_MULTIPLES]
        return ", ".join(dict.fromkeys(f"{round(value, setting.decimals):g}" for value in values))

    def _create_grid(self, x: Written, y: Written) -> Grid:
        across = Axis.of(self._axis_settings[x[0]], x[1])
        return Grid(self._base_request, across, Axis.of(self._axis_settings[y[0]], y[1]) if y[0] else None)

    def _on_edited(self, x: Written, y: Written) -> None:
        """Show how many images the edited grid axes would give, or why they are invalid."""
        try:
            self.setup.set_summary(self.tr("%n picture(s)", "", self._create_grid(x, y).count), is_valid=True)
        except BadRequest as error:
            self.setup.set_summary(error_text(error), is_valid=False)

    def _choices(self) -> Mapping[str, Sequence[Choice]]:
        """Return the choices of the settings whose values the user ticks instead of typing them, keyed by
        setting name.
        """
        card = self._settings.card
        samplers = menu_entries.scheduler_choices(card)
        listed = {kind.name: kind.options for kind in self._axis_settings.values() if kind.options}
        choices = {name: [Choice(*each) for each in options.items()] for name, options in listed.items()}
        choices |= {"sampler": samplers, SAMPLER_WITH_DEFAULTS: samplers}
        choices["spacing"] = menu_entries.spacing_choices(card, self._base_request.spacing)
        if card is not None and card.styles:
            styles = translated_card(card).styles
            choices["style"] = [Choice(style.id, style.title, group=style.group) for style in styles]
        if "label" in self._axis_settings:
            choices["label"] = [
                Choice(each, title) for each, title in self._axis_settings["label"].options.items() if each
            ]
        if "model" in self._axis_settings:
            choices["model"] = menu_entries.model_choices(self._cards)
        return choices

    def _create_requests(self, grid: Grid) -> tuple[list[Request | None], dict[int, str]]:
        """Return the generation request of each grid cell, and the reasons for cells without a request, keyed by cell
        index.

        Requests are completed with their model's defaults. A cell's request is None if its model cannot generate it.
        """
        cards = {card.name: card for card in self._cards}
        requests: list[Request | None] = []
        refused = {}
        for index, request in enumerate(grid.requests()):
            try:
                card = cards[request.model]
                process = self._settings.process_for(request) if card is self._settings.card else None
                if process is not None:
                    # This raises BadRequest if the model has no noise levels for the number of steps.
                    card.points(process, request.spacing, request.steps)
                requests.append(card.checked(request))
            except BadRequest as error:
                requests.append(None)
                refused[index] = error_text(error)
        return requests, refused

    def _resume_on_cluster(self) -> None:
        if self.board is not None:
            self._show_board(self.board, on_cluster=True)

    def _show_board(self, board: GridBoard, *, on_cluster: bool = False) -> None:
        """Create the cells of a grid of images, and start a job that generates the missing images."""
        self.board = board
        grid = board.grid
        mode = grid.x.kind.name if _compares_schedulers(grid) else ""
        if grid.x.kind.name in SCHEDULER_AXES:
            self._schedulers = [str(value) for value in grid.x.values]
        down = grid.y.labels(value_label) if grid.y is not None else []
        self.view.begin(grid.titles(value_label), grid.x.labels(value_label) if down else (), down)
        self.view.axes.setChecked(False)
        self.view.set_scheduler_mode(mode)
        for index, reason in board.refused.items():
            self.view.cells[index].set_refused(reason)
        # Results that are reused from an earlier grid belong to this collection too.
        for digest, result in board.finished().items():
            board.collection.add(digest, result)
        count = len(set(filter(None, board.digests)))
        if _compares_schedulers(grid):
            title = self.tr("Schedulers: %n picture(s)", "", count)
        else:
            title = self.tr("Grid: %n picture(s)", "", count)
        missing = board.missing()
        self._runner.start(board, missing, self, title=title, total=count, bring_up=self.open, on_cluster=on_cluster)
        self.refresh()

    def _show_empty(self) -> None:
        """Show a title and a hint in the header while no grid has been generated yet."""
        self.view.set_scheduler_mode("")
        self.view.set_title(self.tr("Grid"))
        self.view.set_words(*self._hint_texts())

    def _hint_texts(self) -> tuple[str, str]:
        """Return the hint above the grid's axis editor, followed by a shorter version for narrow windows."""
        return (
            self.tr("One picture for each value, or each pair; all other settings stay as they are."),
            self.tr("One picture for each value, or each pair"),
        )

    def _show_summary(self, board: GridBoard) -> None:
        finished = board.finished_count()
        missing = board.missing()
        is_running = self._runner.is_running(missing)
        words = []
        if self.is_connecting:
            words.append(self.tr("connecting to the cluster…"))
        elif is_running:
            words.append(self._runner.progress_text(finished, len(board.requests) - len(board.refused)))
        elif finished:
            words += [self.tr("click one to use it"), board.collection.location_text()]
        words.append(self._settings.fast_note(board.grid.base))
        words += [board.grid.base.title, *contact_sheet.shared_summary(board.grid)]
        self.view.set_title(self.tr("Schedulers") if _compares_schedulers(board.grid) else self.tr("Grid"))
        if self.view.axes.isChecked():
            self.view.set_words(*self._hint_texts())
        else:
            self.view.set_words(" · ".join(filter(None, words)))
        self.view.set_state(
            running=is_running,
            savable=finished > 0 and not is_running,
            missing=bool(missing),
            cluster=bool(missing) and self.has_cluster() and not self._runner.is_on_cluster,
            connecting=self.is_connecting,
        )

    def _format_note(self, request: Request, result: Result) -> str:
        took = duration(result.made.seconds) if result.made is not None else ""
        has_own_steps = self.board is not None and self.board.grid.varies(SAMPLER_WITH_DEFAULTS)
        own = contact_sheet.steps_text(request) if has_own_steps else ""
        return " · ".join(filter(None, [own, took]))

    def _create_item(self, index: int) -> Item | None:
        """Return the image of a grid cell as an item for the Compare page, or None if it is not finished."""
        cell = self._finished_cell(index)
        if cell is None:
            return None
        request, result = cell
        return Item(self._title(index), result.rgba, request)

    def _title(self, index: int) -> str:
        return self.board.grid.titles(value_label)[index] if self.board is not None else ""

    def _compare_all(self) -> None:
        """Show the grid's first finished images side by side on the Compare page."""
        if items := self.items():
            self._context.navigator.compare(items[:MOST])

    def _compare_cell(self, index: int) -> None:
        """Show the image of one grid cell on the Compare page."""
        if (item := self._create_item(index)) is not None:
            self._context.navigator.compare([item])

    def _restore(self, board: GridBoard) -> None:
        if self.board is not None and self._runner.is_running(self.board.missing()):
            raise BadRequest(self.tr("Another grid is being generated. Stop it, then restore this one."))
        self.show()
        self._show_board(board)

    def _toggle_running(self) -> None:
        """Stop the job that generates the grid or, if none is running, generate the missing images."""
        if self.board is not None and not self._runner.is_running(self.board.missing()):
            self._show_board(self.board)
        else:
            self.stop()

    def _on_scheduler_mode(self, mode: str) -> None:
        if self.board is not None:
            x, _ = _typed_axes(self.board.grid)
            self.make((mode, x[1]), NO_AXIS)

    def _connect(self) -> None:
        view = self.view
        self.setup.edited.connect(self._on_edited)
        self.setup.submitted.connect(self.make)
        view.axes.clicked.connect(lambda on: self.open_axes() if on else None)
        view.axes.toggled.connect(lambda _: self.refresh())
        view.scheduler_mode_chosen.connect(self._on_scheduler_mode)
        view.compare_requested.connect(self._compare_cell)
        view.compare_clicked.connect(self._compare_all)
        view.stop_clicked.connect(self._toggle_running)
        view.save_clicked.connect(lambda: self._context.tasks.start(self.save()))


def _typed_axes(grid: Grid) -> tuple[Written, Written]:
    """Return the axes x and y of a grid as typed text for the axis editor, each as (setting name, comma-separated
    values).
    """

    def text(axis: Axis) -> Written:
        return axis.kind.name, ", ".join(f'"{value}"' if "," in str(value) else str(value) for value in axis.values)

    return text(grid.x), text(grid.y) if grid.y is not None else NO_AXIS


def _collection_name(grid: Grid) -> str:
    """Return the name of the collection for a grid's images: the titles of the varied settings, and the prompt."""
    over = translate("Setting", grid.x.kind.title)
    if grid.y is not None:
        over = f"{over} × {within_text(translate('Setting', grid.y.kind.title))}"
    return labelled(over, grid.base.subject) if grid.base.subject else over


def _compares_schedulers(grid: Grid) -> bool:
    """Return whether the grid varies the scheduler and no other setting."""
    return grid.x.kind.name in SCHEDULER_AXES and grid.y is None
