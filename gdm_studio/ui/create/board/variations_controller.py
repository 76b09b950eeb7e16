"""Controller of the variations board: an image and eight images generated from similar noise."""

from __future__ import annotations

import random
from collections import OrderedDict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from gdm_studio.common.errors import BadRequest
from gdm_studio.models.model_card import fast_version
from gdm_studio.request.generation_request import Interpolation, Request
from gdm_studio.studio.request_draft import ROLLED_LIMIT
from gdm_studio.ui.create.board.base_controllers import StageBoardController
from gdm_studio.ui.create.board.board_model import Board
from gdm_studio.ui.create.board.variations_view import CELLS, DISTANCE, MIDDLE, VariationsView
from gdm_studio.ui.create.panel import menu_entries
from gdm_studio.ui.create.request_settings import with_model_defaults_of
from gdm_studio.ui.interpolation_texts import interpolation_text
from gdm_studio.ui.setting_texts import count_of_steps
from gdm_studio.ui.translation import error_text, labelled, translate
from gdm_studio.ui.widgets.image_comparison.compared_image import Item

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import Result
    from gdm_studio.ui.create.board.board_collections import BoardCollection, BoardSaver
    from gdm_studio.ui.create.board.board_runner import BoardRunner
    from gdm_studio.ui.create.context import CreateContext

# Maximum number of results in memory. Going back shows these at once.
MAX_RESULTS = 96


@dataclass
class _BoardCenter:
    """Image that is or was in the middle of the variations board. Each `round` gives the same image eight different
    variations.
    """

    request: Request
    round: int = 0


class VariationsController(StageBoardController):
    """Controller of the variations board, where the user moves step by step from an image to similar images.

    `path` lists the images that have been in the middle, newest last. `board` has nine cells, or is None if the model
    cannot generate them. Signal: `interpolation_requested(start, end)` with a Request and an Interpolation.
    """

    interpolation_requested = Signal(object, object)
    view: VariationsView

    def __init__(self, context: CreateContext, runner: BoardRunner, saver: BoardSaver) -> None:
        super().__init__(context, runner, saver, VariationsView(context.theme))
        self.path: list[_BoardCenter] = []
        # True to use the fast version of the model, if there is one.
        self.fast = context.settings.uses_fast_drafts
        self._distance = DISTANCE
        # Results for all images of the path, oldest first.
        self._results: OrderedDict[str, Result] = OrderedDict()
        self._cards: list[ModelCard] = []
        self._collection: BoardCollection | None = None
        self._connect()

    def open(self, request: Request) -> None:
        """Open the variations board with the image of `request` in the middle, and generate eight variations of it.

        The variations of a branch leave variations of its parent at the same step.
        """
        self._cards = self._context.library.cards()
        self.path = [_BoardCenter(request.picture(0))]
        subject = request.subject or self.tr("seed {seed}").format(seed=request.seed)
        name = labelled(translate("VariationsView", "Variations"), subject)
        self._collection = self._saver.collection(name, self._results, self.refresh)
        self._begin()
        self.show()

    def requests(self) -> list[Request]:
        """Return the generation requests of the nine cells in reading order, with the middle image at index 4."""
        center = self.path[-1]
        seeds = _variation_seeds(center)
        around = [_vary(center.request, seed, self._distance) for seed in seeds]
        return [*around[:MIDDLE], center.request, *around[MIDDLE:]]

    def move_to(self, index: int) -> None:
        """Move one of the eight image variations to the middle of the board, and generate variations of it."""
        try:
            request = self.requests()[index].checked()
        except BadRequest as error:
            # A request can store only a limited number of interpolations.
            self._context.tasks.report(error)
            return
        self.path.append(_BoardCenter(request))
        self._begin()

    def go_back(self, index: int) -> None:
        """Put an earlier image back in the middle of the board, and forget the middle images that came after it."""
        if index < len(self.path) - 1:
            del self.path[index + 1 :]
            self._begin()

    def _begin(self) -> None:
        """Create the nine image cells, and start a job that generates the images that are missing, the middle one
        first.
        """
        collection = self._collection
        assert collection is not None
        unchecked = self.requests()
        self.view.begin([self._title(index, request) for index, request in enumerate(unchecked)])
        self.view.set_fast(offered=self._fast_card() is not None, on=self.fast)
        self.board = None
        try:
            requests: list[Request | None] = [self._complete(request) for request in unchecked]
        except BadRequest as error:
            self._runner.stop()
            self.view.set_words(error_text(error))
            return
        board = self.board = Board(requests, collection)
        self._runner.start(
            board,
            board.missing((MIDDLE, *range(CELLS))),
            self,
            title=collection.wanted,
            total=len(set(board.digests)),
            bring_up=self.show,
        )
        self._show_path()
        self.refresh()
        self.view.focus_middle()

    def take_result(self, board: Board, digest: str, result: Result) -> None:
        """Store and save a newly generated image, and remove the oldest images from memory."""
        super().take_result(board, digest, result)
        while len(self._results) > MAX_RESULTS:
            self._results.popitem(last=False)
        if self.board is not None and digest == self.board.digests[MIDDLE]:
            self._show_path()

    def refresh(self) -> None:
        """Update the view of the image variations: show the finished images and the progress of the others."""
        board = self.board
        if board is None:
            return
        self._fill_cells(board)
        title = self.path[-1].request.title
        middle = board.requests[MIDDLE]
        # The variations have the settings of the middle image, not those of the panel.
        steps = count_of_steps((middle or self.path[-1].request).steps)
        finished = board.finished_count()
        if finished < CELLS:
            words = [self._runner.progress_text(finished, CELLS), steps, title]
        else:
            hint = self.tr("Click one to explore from it, the centre to use it")
            words = [*filter(None, [hint, steps, board.collection.location_text(), title])]
        # In a narrow view, the last parts are left out.
        self.view.set_words(*(" · ".join(words[:count]) for count in range(len(words), 0, -1)))

    def _show_path(self) -> None:
        self.view.set_path([self._picture(center.request) for center in self.path])

    def _complete(self, request: Request) -> Request:
        """Return a generation request completed with its model's defaults. In fast mode, the model is replaced by its
        fast version.

        Raises BadRequest if the model is missing or cannot generate the request.
        """
        cards = {card.name: card for card in self._cards}
        fast = self._fast_card()
        if self.fast and fast is not None and request.model != fast.name:
            request = with_model_defaults_of(request, replace(menu_entries.defaults_of(fast), model=fast.name))
        if request.model not in cards:
            text = self.tr("There is no model called {model}; its variations cannot be made here.")
            raise BadRequest(text.format(model=request.model))
        return cards[request.model].checked(request)

    def _fast_card(self) -> ModelCard | None:
        """Return the card (description) of the fast version of the middle image's model. Returns None if there is none,
        the model is fast itself or the image is a branch, whose steps belong to its own model.
        """
        if self.path[-1].request.branch is not None:
            return None
        card = next((card for card in self._cards if card.name == self.path[-1].request.model), None)
        return fast_version(card, self._cards) if card is not None and not card.fast_of else None

    def _picture(self, request: Request) -> np.ndarray | None:
        result = self._results.get(self._complete(request).digest())
        return result.rgba if result is not None else None

    def _title(self, index: int, request: Request) -> str:
        toward = request.toward
        if index == MIDDLE or toward is None:
            return self.tr("The centre")
        return interpolation_text(toward, request.prompt)

    def _canvas_texts(self, index: int, request: Request) -> tuple[str, str, str]:
        if request.toward is not None:
            fact = interpolation_text(request.toward, request.prompt)
        else:
            fact = self.tr("seed {seed}").format(seed=request.seed)
        return request.title, fact, self.tr("Back to the variations")

    def _compare(self, index: int) -> None:
        """Compare an image variation with the middle image on the Compare page."""
        items = []
        for title, at in ((self.tr("The centre"), MIDDLE), (self.tr("A variation"), index)):
            if (cell := self._finished_cell(at)) is not None:
                request, result = cell
                items.append(Item(title, result.rgba, request))
        self._context.navigator.compare(items)

    def _request_interpolation(self, index: int) -> None:
        center = self.path[-1]
        seeds = _variation_seeds(center)
        seed = [*seeds[:MIDDLE], 0, *seeds[MIDDLE:]][index]
        start = self._complete(center.request)
        self.interpolation_requested.emit(start, Interpolation(start.prompt, seed, self._distance))

    def _on_distance(self, amount: float) -> None:
        self._distance = amount
        if self.path:
            self._begin()

    def _on_again(self) -> None:
        self.path[-1].round += 1
        self._begin()

    def _on_fast(self, on: bool) -> None:
        self.fast = on
        self._begin()

    def _connect(self) -> None:
        view = self.view
        view.move_requested.connect(self.move_to)
        view.compare_requested.connect(self._compare)
        view.interpolation_requested.connect(self._request_interpolation)
        view.distance_changed.connect(self._on_distance)
        view.again_clicked.connect(self._on_again)
        view.fast_toggled.connect(self._on_fast)
        view.back_requested.connect(self.go_back)


def _vary(request: Request, seed: int, amount: float) -> Request:
    """Return a request whose initial noise is moved towards that of another seed. For a branch, this is its parent's
    noise.
    """
    branch = request.branch
    if branch is not None:
        branch = replace(branch, parent=_vary(branch.parent, seed, amount))
    return replace(request.with_target(Interpolation(request.prompt, seed, amount)), branch=branch)


def _variation_seeds(center: _BoardCenter) -> list[int]:
    """Return the seeds of the eight image variations.

    They depend only on the middle image and its round, so the variations are reproducible.
    """
    generator = random.Random(f"{center.request.digest()} {center.round}")
    return [generator.randrange(ROLLED_LIMIT) for _ in range(CELLS - 1)]
