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
    from gdm_studio.ui.window import Window


class Desk:
    """Parts: `places`, `selected`, `importing`, `restoring`."""

    def __init__(self, window: Window, library: Library) -> None:
        page, shelf, tasks = window.gallery_page, window.shelf, window.tasks
        self.places = Places(page, shelf, tasks=tasks, say=window.say)
        self.selected = Selected(page, shelf=shelf, lane=window.lane, library=library, tasks=tasks, say=window.say)
        self.importing = Importing(window, places=self.places)
        self.restoring = Restoring(page.deleted, shelf, tasks)
        page.deleted_opened.connect(lambda: tasks.start(self.restoring.show()))
        page.sidebar.button_pressed.connect(lambda place: tasks.start(self.restoring.restore_last()))
        page.compare_asked.connect(lambda pictures: window.comparing.open_pictures(pictures))
        page.vary_asked.connect(window.recalling.vary)
        self._page, self._details, self._library = page, window.create_page.gallery.details, library
        nearness, beside = Nearness(shelf.pixels, library, tasks), window.create_page.gallery
        page.selected.connect(lambda picture: nearness.look(page.side, picture))
        beside.selected.connect(lambda picture: nearness.look(beside.details, picture))
        for place in (page.side, beside.details):
            place.less_like_asked.connect(window.recalling.less_like)
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
