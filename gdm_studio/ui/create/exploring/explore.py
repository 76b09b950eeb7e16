"""Exploring at work: eight pictures whose noise lies near that of the middle one, and the way from one to the next."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gdm_studio.errors import BadRequest
from gdm_studio.request import Request, Toward
from gdm_studio.studio.draft import ROLLED_LIMIT
from gdm_studio.ui.create.exploring.explore_view import DISTANCE, MIDDLE, PLACES, ExploreView
from gdm_studio.ui.create.exploring.toward_row import toward_words
from gdm_studio.ui.create.fast import fast_version, with_pace_of
from gdm_studio.ui.create.grids.board import Board
from gdm_studio.ui.create.panel import menus
from gdm_studio.ui.widgets.panes.item import Item

if TYPE_CHECKING:
    import numpy as np
    from PySide6.QtWidgets import QWidget

    from gdm_studio.models.card import ModelCard
    from gdm_studio.run import Result
    from gdm_studio.ui.create.collected import Keeper
    from gdm_studio.ui.create.desk import Desk
    from gdm_studio.ui.create.grids.batch import Batch

KEPT = 96  # pictures remembered, so that going back shows them at once
HINT = "click one to walk there, the middle to use it"


@dataclass
class _Stand:
    """A picture that is or was in the middle, and which eight are looked at around it."""

    request: Request
    round: int = 0


class Explore(Board):
    """One walk at a time: a list of pictures that have been in the middle, the last of them now."""

    def __init__(self, desk: Desk, batch: Batch, keeper: Keeper, show: Callable[[QWidget], object]) -> None:
        super().__init__(desk, batch, keeper, show)
        self.on_compare: Callable[[Sequence[Item]], object] = lambda items: None
        self.on_between: Callable[[Request, Toward], object] = lambda start, end: None
        self.view = ExploreView(desk.theme)
        self.way: list[_Stand] = []
        self._digests: list[str] = []  # of what makes the nine; none where the model cannot
        self.fast = True  # where the model has a quick version
        self._amount = DISTANCE
        self._made: OrderedDict[str, Result] = OrderedDict()  # by the digest of what made it
        self._cards: list[ModelCard] = []
        self._collected = keeper.collection("Variations")
        self._connect()

    def open(self, request: Request) -> None:
        """Variations around the picture of `request`."""
        self._cards = self._desk.library.cards()
        self.way = [_Stand(replace(request.picture(0), branch=None))]
        self._collected = self._keeper.collection(f"Variations of {request.subject or f'seed {request.seed}'}")
        self._collected.on_change = self._show
        self._collected.on_gone = lambda digest: self._made.pop(digest, None)
        self._collected.on_back = self._made.__setitem__
        self._begin()
        self._show_sheet(self.view)

    def requests(self) -> list[Request]:
        """Of the nine, in their places."""
        stand = self.way[-1]
        seeds = _seeds(stand)
        around = [stand.request.walked(Toward(stand.request.prompt, seed, self._amount)) for seed in seeds]
        return [*around[:MIDDLE], stand.request, *around[MIDDLE:]]

    def walk(self, place: int) -> None:
        """Makes one of the eight the middle."""
        try:
            there = self.requests()[place].checked()
        except BadRequest as error:  # so many steps that the way can no longer be written down
            self._desk.say(error.title, str(error), kind="error")
            return
        self.way.append(_Stand(there))
        self._begin()

    def go_back(self, place: int) -> None:
        """To a picture that was in the middle before; what came after it is left."""
        if place < len(self.way) - 1:
            del self.way[place + 1 :]
            self._begin()

    def _begin(self) -> None:
        """Cells for the nine, and a job for those that are not made yet, the middle first."""
        wanted = self.requests()
        titles = [self._title(place, request) for place, request in enumerate(wanted)]
        self.view.begin(titles)
        self.view.set_fast(offered=self._fast_card() is not None, on=self.fast)
        self._digests = []
        try:
            singles = [self._as_made(request) for request in wanted]
        except BadRequest as error:
            self._batch.stop()
            self.view.set_words(str(error))
            return
        self._digests = [single.digest() for single in singles]
        ordered = (MIDDLE, *range(PLACES))
        missing = {self._digests[at]: singles[at] for at in ordered if self._digests[at] not in self._made}
        self._batch.begin(missing, self._take_in, self._show, into=self._collected)
        self.view.set_way([self._picture(stand.request) for stand in self.way])
        self._show()
        self.view.focus_middle()

    def _take_in(self, digest: str, result: Result) -> None:
        self._made[digest] = result
        while len(self._made) > KEPT:
            self._made.popitem(last=False)
        if self._digests and digest == self._digests[MIDDLE]:
            self.view.set_way([self._picture(stand.request) for stand in self.way])

    def _show(self) -> None:
        """What is finished, and how far the others are."""
        if not self._digests:
            return
        self._batch.fill(self.view.cells, self._digests, self._made)
        missing = [digest for digest in self._digests if digest not in self._made]
        prompt, far = self.way[-1].request.title, self._batch.far(PLACES - len(missing), PLACES)
        words = (far, prompt) if missing else (HINT, self._collected.words(), prompt)
        self.view.set_words(" · ".join(filter(None, words)))

    # the pictures

    def _as_made(self, request: Request) -> Request:
        """As it is made: by the quick version where that is wanted, completed by the model."""
        cards = {card.name: card for card in self._cards}
        quick = self._fast_card()
        if self.fast and quick is not None and request.model != quick.name:
            request = with_pace_of(request, replace(menus.defaults_of(quick), model=quick.name))
        if request.model not in cards:
            raise BadRequest(f"There is no model called {request.model}; its variations cannot be made here.")
        return cards[request.model].checked(request)

    def _fast_card(self) -> ModelCard | None:
        """The quick version of the model of the picture; None where it has none, or is one itself."""
        card = next((card for card in self._cards if card.name == self.way[-1].request.model), None)
        return fast_version(card, self._cards) if card is not None and not card.fast_of else None

    def _result(self, place: int) -> Result | None:
        return self._made.get(self._digests[place]) if self._digests else None

    def _picture(self, request: Request) -> np.ndarray | None:
        result = self._made.get(self._as_made(request).digest())
        return result.rgba if result is not None else None

    def _title(self, place: int, request: Request) -> str:
        toward = request.toward
        return "The middle" if place == MIDDLE or toward is None else toward_words(toward)

    # what people do

    def take(self, place: int) -> None:
        """Takes over its settings, and shows its picture."""
        result = self._result(place)
        if result is None:
            return
        request = self._as_made(self.requests()[place])
        facts = toward_words(request.toward) if request.toward is not None else f"seed {request.seed}"
        self._use(request, result, request.title, facts, back="Back to the variations")

    def _favour(self, place: int) -> None:
        """Makes one of the nine a favourite, as it is seen."""
        if self._digests:
            self._make_favourite(self._digests[place], self._result(place))

    def _compare(self, place: int) -> None:
        items = []
        for title, at in (("The middle", MIDDLE), ("A variation", place)):
            result = self._result(at)
            if result is not None:
                items.append(Item(title, result.rgba, self._as_made(self.requests()[at])))
        self.on_compare(items)

    def _between(self, place: int) -> None:
        start = self._as_made(self.way[-1].request)
        seed = [*(seeds := _seeds(self.way[-1]))[:MIDDLE], 0, *seeds[MIDDLE:]][place]
        self.on_between(start, Toward(start.prompt, seed, self._amount))

    def _on_distance(self, amount: float) -> None:
        self._amount = amount
        if self.way:
            self._begin()

    def _on_again(self) -> None:
        self.way[-1].round += 1
        self._begin()

    def _on_fast(self, on: bool) -> None:
        self.fast = on
        self._begin()

    def _connect(self) -> None:
        view = self.view
        view.walked.connect(self.walk)
        view.taken.connect(self.take)
        view.favoured.connect(self._favour)
        view.compared.connect(self._compare)
        view.between_asked.connect(self._between)
        view.distance_changed.connect(self._on_distance)
        view.again_clicked.connect(self._on_again)
        view.fast_toggled.connect(self._on_fast)
        view.went_back.connect(self.go_back)
        view.closed.connect(self._leave)


def _seeds(stand: _Stand) -> list[int]:
    """Eight, always the same around the same picture in the same round."""
    drawn = random.Random(f"{stand.request.digest()} {stand.round}")
    return [drawn.randrange(ROLLED_LIMIT) for _ in range(PLACES - 1)]
