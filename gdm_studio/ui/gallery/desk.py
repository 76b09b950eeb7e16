"""All that stands behind the gallery's page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from gdm_studio.ui.actions import Action
from gdm_studio.ui.gallery.deleted import Restoring
from gdm_studio.ui.gallery.importing import Importing
from gdm_studio.ui.gallery.nearness import Nearness
from gdm_studio.ui.gallery.selected import Selected
from gdm_studio.ui.places import Places

if TYPE_CHECKING:
    from gdm_studio.models.library import Library
    from gdm_studio.ui.gallery_panel import GalleryPanel
    from gdm_studio.ui.lane import Lane
    from gdm_studio.ui.pages.gallery_page import GalleryPage
    from gdm_studio.ui.say import Say
    from gdm_studio.ui.shelf import Shelf
    from gdm_studio.ui.tasks import Tasks
    from gdm_studio.ui.theme import Theme


class Desk:
    """Parts: `places`, `selected`, `importing`, `restoring`. `beside` are the pictures on the Create page."""

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
        self._page, self._details, self._library = page, beside.details, library
        nearness = Nearness(shelf.pixels, library, tasks)
        page.selected.connect(lambda picture: nearness.look(page.side, picture))
        beside.selected.connect(lambda picture: nearness.look(beside.details, picture))
        self.show_models()

    def show_models(self) -> None:
        """Calls the models of pictures by the titles that they have here."""
        titles = {card.name: card.title or card.name for card in self._library.cards()}
        for place in (self.places, self._page.side, self._details):
            place.set_model_titles(titles)

    def actions(self) -> list[Action]:
        """What can be done on the gallery's page."""
        page, grid = self._page, self._page.grid

        def some() -> bool:
            return bool(grid.selected_rows())

        def one() -> bool:
            return grid.current() is not None

        here = [
            Action("Favourite, or not any more", grid.toggle_favourite, "F", can=some),
            Action("Tag…", page.ask_for_tag, "T", can=some),
            Action("Compare", lambda: grid.with_selected(page.compare_asked.emit), "C", can=some),
            Action("Use settings", lambda: page.with_current(page.use_settings.emit), "U", can=one),
            Action("Vary", lambda: page.with_current(page.vary_asked.emit), "V", can=one),
            Action("Does it reproduce?", lambda: page.with_current(page.reproduce_asked.emit), can=one),
            Action("What its file says", lambda: page.with_current(page.report_asked.emit), can=one),
            Action("Delete", lambda: grid.with_ids(page.delete.emit), can=some),
            Action("Larger pictures", lambda: page.search.next_size(1), "Ctrl++; Ctrl+="),
            Action("Smaller pictures", lambda: page.search.next_size(-1), "Ctrl+-"),
            Action("Add folder…", self.importing.choose),
        ]
        return [replace(action, group="Gallery", page="gallery") for action in here]
