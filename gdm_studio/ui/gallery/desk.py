"""All that stands behind the gallery's page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gdm_studio.ui import actions
from gdm_studio.ui.gallery.deleted import Restoring
from gdm_studio.ui.gallery.elsewhere import Elsewhere
from gdm_studio.ui.gallery.importing import Importing
from gdm_studio.ui.gallery.nearness import Nearness
from gdm_studio.ui.gallery.places import Places
from gdm_studio.ui.gallery.selected import Selected

if TYPE_CHECKING:
    from gdm_studio.models.library import Library
    from gdm_studio.ui.actions import Action
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel
    from gdm_studio.ui.gallery.shelf import Shelf
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.look.theme import Theme
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.tasks import Tasks


class Desk:
    """Parts: `places`, `selected`, `importing`, `restoring`, `elsewhere`.

    `beside` are the pictures on the Create page.
    """

    def __init__(
        self, theme: Theme, page: GalleryPage, beside: GalleryPanel, *, shelf: Shelf, lane: Lane, library: Library,
        tasks: Tasks, say: Say,
    ) -> None:  # fmt: skip
        self.places = Places(page, shelf, tasks=tasks, say=say)
        self.selected = Selected(page, shelf=shelf, lane=lane, library=library, tasks=tasks, say=say)
        self.importing = Importing(theme, page, shelf, places=self.places, tasks=tasks, say=say)
        self.restoring = Restoring(page.deleted, shelf, tasks)
        page.deleted_opened.connect(lambda: tasks.start(self.restoring.show()))
        page.sidebar.button_pressed.connect(lambda place: tasks.start(self.restoring.restore_last()))
        self._page, self._details, self._library, self._shelf, self._tasks = page, beside.details, library, shelf, tasks
        self.elsewhere = Elsewhere(shelf, tasks, page)
        nearness = Nearness(shelf.pixels, library, tasks)
        page.selected.connect(lambda picture: nearness.look(page.side, picture))
        beside.details.shown.connect(lambda picture: nearness.look(beside.details, picture))
        self.show_models()

    def show_models(self) -> None:
        """Calls the models of pictures, and their styles, by the titles that they have here."""
        cards = self._library.cards()
        titles = {card.name: card.title or card.name for card in cards}
        titles |= {f"{card.name}:{style.id}": style.title for card in cards for style in card.styles}
        for place in (self.places, self._page.side, self._details):
            place.set_model_titles(titles)
        styles = [(style.id, style.title) for card in cards for style in card.styles]
        self._tasks.start(self._shelf.ask(lambda gallery: setattr(gallery, "styles", styles)))

    def actions(self) -> list[Action]:
        """What can be done on the gallery's page."""
        page, one = self._page, self._page.asks.of(self._page.grid.current)
        several = [action for action in page.of_selected().values() if action.label != actions.EXPORT.label]
        return [
            *several,
            *(one[action] for action in (actions.USE, actions.VARY, actions.REPRODUCE, actions.REPORT)),
            actions.LARGER.does(lambda: page.search.next_size(1)),
            actions.SMALLER.does(lambda: page.search.next_size(-1)),
            actions.ADD_FOLDER.does(self.importing.choose),
        ]
