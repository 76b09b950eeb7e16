"""Attribution in the details of an image: credit for the training image that it resembles."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from gdm_studio.common.errors import StudioError
from gdm_studio.request.generation_request import RULES, Request
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, wrapped
from gdm_studio.ui.widgets.layouts import stacked

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    import numpy as np

    from gdm_studio.gallery import Picture
    from gdm_studio.models.attribution import Origin
    from gdm_studio.models.model_library import Library
    from gdm_studio.ui.gallery.list_model import PictureLike
    from gdm_studio.ui.tasks import Tasks

# End of the authors' names in a credit, which is translated.
CONTRIBUTORS = " and contributors"
# Seconds that a picture must stay selected before it is compared.
REST = 0.1


class SimilarImageView(Protocol):
    """Interface of a details view with a label that names the training image most similar to the displayed image."""

    similar_label: SimilarImageLabel

    def picture(self) -> PictureLike | None: ...


class SimilarImages:
    """Controller that searches for the training image that a generated image resembles, and credits it in the
    details.
    """

    def __init__(self, pixels: Callable[[Picture], Awaitable[np.ndarray]], library: Library, tasks: Tasks) -> None:
        self._pixels = pixels
        self._library = library
        self._tasks = tasks
        # Results by picture id.
        self._origins: dict[Any, Origin | None] = {}

    def update(self, place: SimilarImageView, picture: Picture | None) -> None:
        """Show the training image that a generated image resembles. If it is not known yet, a background task searches
        for it.
        """
        place.similar_label.show_origin(self._origins.get(picture.id) if picture is not None else None)
        if picture is not None and picture.id not in self._origins and _is_loop_running():
            self._tasks.start(self._search(place, picture))

    async def _search(self, place: SimilarImageView, picture: Picture) -> None:
        await asyncio.sleep(REST)
        if not _is_shown(place, picture):
            return
        try:
            rgba = await self._pixels(picture)
            origin = await asyncio.to_thread(partial(_find_origin, self._library, picture.model, rgba))
        except StudioError:
            # The picture was deleted meanwhile, or its model is not installed.
            return
        self._origins[picture.id] = origin
        if _is_shown(place, picture):
            place.similar_label.show_origin(origin)


def _is_loop_running() -> bool:
    """Return True if the asyncio event loop is running and can start tasks. It has ended while the window closes."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _is_shown(place: SimilarImageView, picture: Picture) -> bool:
    displayed = place.picture()
    return displayed is not None and displayed.id == picture.id


def _find_origin(library: Library, model: str, rgba: np.ndarray) -> Origin | None:
    from gdm_studio.models.attribution import find_origin

    return find_origin(library.card(model), rgba)


# Start of the names of licences that ask for a credit.
ATTRIBUTION = "CC-BY"
# Added to the temperature of a picture to make it less similar.
FREER = 0.25
# Maximum temperature; above it, pictures fall apart.
FREEST = 1.2


class SimilarImageLabel(QWidget):
    """Label that credits the training image that a generated image resembles. It is hidden if there is none.

    Its button emits `less_asked` to generate a less similar image.
    """

    less_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._credit_label = wrapped("", "hint")
        self._less_button = ActionButton(
            theme,
            self.tr("Make it more original"),
            tooltip=self.tr("Generate without a style, with a higher temperature and another seed"),
        )
        self._less_button.setProperty("role", "small")
        self._less_button.clicked.connect(self.less_asked)
        stacked(self._credit_label, self._less_button, on=self, spacing=6)
        self.hide()

    def show_origin(self, origin: Origin | None) -> None:
        self.setVisible(origin is not None)
        if origin is not None:
            self._credit_label.setText(plain(self._credit(origin)))
            lines = (_author_of(origin), origin.source.url, self.tr("The model learned from this drawing."))
            self._credit_label.setToolTip(tip("\n".join(lines)))

    def _credit(self, origin: Origin) -> str:
        """Return a sentence in the user's language that names a training image with its dataset and licence, and says
        whether the licence asks for a credit.
        """
        source = origin.source
        words = self.tr("Resembles “{drawing}” of {set} ({licence})")
        if source.licence.startswith(ATTRIBUTION):
            words = self.tr("Resembles “{drawing}” of {set}: credit needed ({licence})")
        return words.format(drawing=origin.thing, set=source.title or source.set, licence=source.licence)


def _author_of(origin: Origin) -> str:
    author = origin.source.author.removesuffix(CONTRIBUTORS)
    if author == origin.source.author:
        return author
    return translate("SimilarImageLabel", "{author} and contributors").format(author=author)


def less_like(request: Request, seed: int) -> Request:
    """Return a copy of a request, changed so that its image will resemble the training data less.

    It has the same prompt, no style, a higher temperature and another seed.
    """
    warmth = min(max(FREEST, request.temperature), request.temperature + FREER)
    warmth = round(warmth, 2)
    return replace(request, style="", temperature=warmth, seed=seed, branch=None, toward=None, rules=RULES)
