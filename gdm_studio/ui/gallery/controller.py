"""Controller of the gallery page, and a watcher for changes made by other programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

from gdm_studio import preferences
from gdm_studio.ui import window_actions
from gdm_studio.ui.card_translations import translated_card
from gdm_studio.ui.gallery.attribution import SimilarImages
from gdm_studio.ui.gallery.importer import ImportController
from gdm_studio.ui.gallery.review import ReviewController
from gdm_studio.ui.gallery.selection import SelectionController
from gdm_studio.ui.gallery.sidebar_controller import SidebarController
from gdm_studio.ui.gallery.trash import RestoreAction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gdm_studio.gallery import Picture
    from gdm_studio.ui.app_context import AppContext
    from gdm_studio.ui.gallery.page import GalleryPage
    from gdm_studio.ui.gallery.panel import GalleryPanel
    from gdm_studio.ui.window_actions import Action


class GalleryController:
    """Controller of the Gallery page, which owns the controllers of its parts, such as `places`, `selected` and
    `importer`.

    `panel` is the gallery panel of the Create page.
    """

    def __init__(
        self,
        context: AppContext,
        page: GalleryPage,
        panel: GalleryPanel,
    ) -> None:
        tasks = context.tasks
        self.places = SidebarController(context, page)
        self.selected = SelectionController(context, page)
        self.review = ReviewController(context, page)
        self.importer = ImportController(context, page, self.places)
        self.restore_action = RestoreAction(context, page.deleted)
        page.deleted_opened.connect(lambda: tasks.start(self.restore_action.show()))
        page.sidebar.button_pressed.connect(lambda place: tasks.start(self.restore_action.restore_last()))
        self._page = page
        self._grids = (page.grid, panel.grid)
        self._details = panel.details
        self._library = context.library
        self._gallery = context.gallery
        self._tasks = tasks
        self.external_changes = LibraryWatcher(context, page)
        similar = SimilarImages(context.gallery.pixels, context.library, tasks)
        page.selected.connect(lambda picture: similar.update(page.side, picture))
        panel.details.shown.connect(lambda picture: similar.update(panel.details, picture))
        page.signals.find_similar.connect(self._find_similar)
        panel.signals.parent_of.connect(
            lambda picture: tasks.start(self.selected.open_parent(picture, panel.grid, panel.grid.reveal))
        )
        commands = context.gallery.commands
        commands.restoring.connect(self._remember_choices)
        commands.restored.connect(lambda ids: tasks.start(self._select_restored(ids, self._choices)))
        self.show_models()

    def _find_similar(self, picture: Picture) -> None:
        """Search for images similar to the given image, which stays selected."""
        self._page.search_similar(picture)
        self._page.grid.reveal(picture)

    def _remember_choices(self) -> None:
        self._choices = [grid.choice() for grid in self._grids]

    async def _select_restored(self, ids: Sequence[str], choices: Sequence[tuple[int, str]]) -> None:
        """Select images in the visible grid after their deletion was undone, so that the user notices them, unless the
        grid's value of `choices` shows that the user has chosen another image meanwhile.
        """
        restored = await self._gallery.ask(lambda gallery: [gallery.get(picture_id) for picture_id in ids])
        pictures = [picture for picture in restored if picture is not None]
        for grid, choice in zip(self._grids, choices, strict=True):
            if pictures and grid.isVisible() and grid.choice() == choice:
                grid.reveal(*pictures)

    def show_models(self) -> None:
        """Read the model cards of the installed models, and show the titles of models and styles in place of their
        internal names.
        """
        cards = [translated_card(card) for card in self._library.cards()]
        titles = {card.name: card.title or card.name for card in cards}
        titles |= {f"{card.name}:{style.id}": style.title for card in cards for style in card.styles}
        for place in (self.places, self._page.side, self._details):
            place.set_model_titles(titles)
        # A search finds the English titles too.
        named = [*self._library.cards(), *cards]
        styles = list(dict.fromkeys((style.id, style.title) for card in named for style in card.styles))
        self._tasks.start(self._gallery.ask(lambda gallery: setattr(gallery, "styles", styles)))

    def actions(self) -> list[Action]:
        """Return the actions of the Gallery page, for the command palette."""
        page = self._page
        one = page.signals.of(page.grid.current)
        several = [action for action in page.of_selected().values() if action.label != window_actions.EXPORT.label]
        return [
            *several,
            *(
                one[action]
                for action in (
                    window_actions.USE,
                    window_actions.VARY,
                    window_actions.REPRODUCE,
                    window_actions.REPORT,
                    window_actions.SIMILAR,
                )
            ),
            window_actions.OPEN_AS_SET.bind(page.open_set, page.can_open_set, is_useful=page.isVisible),
            window_actions.LARGER.bind(lambda: page.search.select_next_size(1)),
            window_actions.SMALLER.bind(lambda: page.search.select_next_size(-1)),
            window_actions.STACKS.bind(page.search.stacks.toggle),
            window_actions.STACK.bind(page.grid.toggle_stack, page.grid.can_toggle_stack),
            window_actions.ADD_FOLDER.bind(self.importer.choose),
        ]


# Delays after a new file. The second refresh is needed because the other program updates the index a little later.
SOON_MS = 400
LATER_MS = 3000


class LibraryWatcher(QObject):
    """Watcher of the pictures folder, which refreshes the gallery's lists when another program adds or removes
    images.
    """

    def __init__(self, context: AppContext, parent: QObject) -> None:
        super().__init__(parent)
        gallery = context.gallery
        tasks = context.tasks
        self._file_watcher = QFileSystemWatcher(self)
        for after in (SOON_MS, LATER_MS):
            timer = QTimer(self, interval=after, singleShot=True)
            timer.timeout.connect(lambda: tasks.start(gallery.refresh_if_changed()))
            self._file_watcher.directoryChanged.connect(lambda _, timer=timer: timer.start())
        self._gallery = gallery
        self._tasks = tasks
        gallery.page_model.found.connect(self._on_found)

    def refresh(self) -> None:
        """Refresh the gallery's lists if their files have changed. The window calls this when it becomes active."""
        self._watch_folder()
        self._tasks.start(self._gallery.refresh_if_changed())

    def _on_found(self, count: int) -> None:
        if not self._file_watcher.directories():
            self._watch_folder()

    def _watch_folder(self) -> None:
        """Watch the pictures folder for images saved by other programs.

        This is repeated because the preferences can name another folder, and saving the first image creates the folder.
        """
        folder = str(preferences.pictures_dir())
        if self._file_watcher.directories() not in ([], [folder]):
            self._file_watcher.removePaths(self._file_watcher.directories())
        self._file_watcher.addPath(folder)
