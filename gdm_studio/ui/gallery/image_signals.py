"""Signals that request actions on images, shared by the grids and the details panels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui import window_actions
from gdm_studio.ui.gallery.list_model import has_settings
from gdm_studio.ui.translation import translate
from gdm_studio.ui.window_actions import Action

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.list_model import PictureLike

# {action that needs the settings of an image: why it cannot run without them}
_NEED_SETTINGS = {
    window_actions.USE: QT_TRANSLATE_NOOP(
        "ImageSignals", "This picture has no settings to use; drop it on the Create page to start from it."
    ),
    window_actions.VARY: QT_TRANSLATE_NOOP(
        "ImageSignals", "Variations need the settings of a picture, and this one has none; start from it instead."
    ),
    window_actions.REPRODUCE: QT_TRANSLATE_NOOP(
        "ImageSignals", "This picture has no settings from which to make it again."
    ),
    window_actions.COPY_CREDIT: QT_TRANSLATE_NOOP(
        "ImageSignals", "The file does not say which model made this picture."
    ),
}


class ImageSignals(QObject):
    """Qt signals of a gallery view that request an action on an image, such as exporting or deleting it."""

    use_settings = Signal(object)
    vary = Signal(object)
    reproduce = Signal(object)
    open_set = Signal(object)
    report = Signal(object)
    parent_of = Signal(object)
    original_of = Signal(object)
    less_like = Signal(object)
    find_similar = Signal(object)
    open_folder = Signal(object)
    copy_credit = Signal(object)
    copy = Signal(list)
    compare = Signal(list)
    export = Signal(list)
    # Ids of pictures.
    delete = Signal(list)
    # Ids of pictures, and whether they become favourites.
    favourite = Signal(list, bool)

    def of(self, current: Callable[[], PictureLike | None]) -> dict[Action, Action]:
        """Return the actions on the image that `current()` returns when an action runs. The dictionary maps each
        general action, such as EXPORT, to a copy that acts on this image.

        The actions are disabled while `current()` is None.
        """
        acts: dict[Action, Callable[[PictureLike], object]] = {
            window_actions.USE: self.use_settings.emit,
            window_actions.VARY: self.vary.emit,
            window_actions.COMPARE: lambda picture: self.compare.emit([picture]),
            window_actions.EXPORT: lambda picture: self.export.emit([picture]),
            window_actions.OPEN_FOLDER: self.open_folder.emit,
            window_actions.COPY_PICTURE: lambda picture: self.copy.emit([picture]),
            window_actions.COPY_PATH: lambda picture: QGuiApplication.clipboard().setText(str(picture.path)),
            window_actions.COPY_CREDIT: self.copy_credit.emit,
            window_actions.DELETE: lambda picture: self.delete.emit([picture.id]),
            window_actions.FAVOURITE: lambda picture: self.favourite.emit([picture.id], not picture.favourite),
            window_actions.REPRODUCE: self.reproduce.emit,
            window_actions.OPEN_AS_SET: self.open_set.emit,
            window_actions.REPORT: self.report.emit,
            window_actions.SIMILAR: self.find_similar.emit,
        }

        def on_current(callback: Callable[[PictureLike], object]) -> None:
            if (picture := current()) is not None:
                callback(picture)

        def can_run(action: Action) -> bool:
            picture = current()
            return picture is not None and (has_settings(picture) or action not in _NEED_SETTINGS)

        def disabled_reason(action: Action) -> str:
            picture = current()
            is_plain = picture is not None and not has_settings(picture)
            return translate("ImageSignals", _NEED_SETTINGS[action]) if is_plain and action in _NEED_SETTINGS else ""

        return {
            action: action.bind(partial(on_current, act), partial(can_run, action), partial(disabled_reason, action))
            for action, act in acts.items()
        }
