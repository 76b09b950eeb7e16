"""Editor of a queue item: the settings panel shows the item's settings, and the Generate button saves them."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.create.generation.notices import short_prompt
from gdm_studio.ui.translation import translate

if TYPE_CHECKING:
    from gdm_studio.jobs.queue import Item
    from gdm_studio.request.generation_request import Request
    from gdm_studio.ui.create.page import CreatePage
    from gdm_studio.ui.notifier import Notify

TITLE = QT_TRANSLATE_NOOP("QueueEditor", "Editing a queued picture")
SAVE = QT_TRANSLATE_NOOP("QueueEditor", "Save to the queue")


class QueueEditor(QObject):
    """Editor of a queue item, which shows the item's settings in the settings panel.

    `item` is the item being edited, or None. `use(request)` applies settings to the panel and returns the names of
    those that could not be applied.
    """

    # Emitted when the panel shows the settings of the item.
    begun = Signal()
    # Emitted when the editing has ended, by saving or by cancelling. The panel keeps the item's settings.
    ended = Signal()

    def __init__(self, page: CreatePage, use: Callable[[Request], list[str]], *, notify: Notify) -> None:
        super().__init__(page)
        self._page = page
        self.use = use
        self._notify = notify
        self.item: Item | None = None

    def begin(self, item: Item) -> None:
        """Show a queue item's settings in the settings panel, where the Generate button then saves changes to the
        item.
        """
        # Before the panel changes, so that nobody takes its settings for those of a paused run or the next picture.
        self.item = item
        left_out = self.use(item.request)
        save = translate("QueueEditor", SAVE)
        tip = translate("QueueEditor", "Saves the settings in the queue, in the same place")
        self._page.controls.button.set_purpose(self, save, tip)
        if left_out:
            text = translate("QueueEditor", "Not used: {settings}.").format(settings=", ".join(left_out))
        else:
            text = translate("QueueEditor", "Change the settings, then press “{save}”.").format(save=save)
        self._notify(
            translate("QueueEditor", TITLE),
            text,
            action=translate("QueueEditor", "Cancel"),
            on_action=self.end,
            lasts=True,
        )
        self._page.controls.prompt.editor.setFocus()
        self.begun.emit()

    def follow(self, waiting: Collection[str]) -> None:
        """End the editing if the item is not among those with the ids `waiting`, because it was started or removed."""
        if self.item is None or self.item.id in waiting:
            return
        title = translate("QueueEditor", "“{title}” no longer waits in the queue")
        self._notify(
            title.format(title=short_prompt(self.item.request.title)),
            translate("QueueEditor", "Generate uses these settings for another picture."),
        )
        self.end()

    def end(self) -> Item | None:
        """End the editing of a queue item and return the item. Returns None if no item was being edited."""
        item = self.item
        self.item = None
        self._page.controls.button.set_purpose(self, "", "")
        self._page.canvas_panel.notices.withdraw(translate("QueueEditor", TITLE))
        self.ended.emit()
        return item
