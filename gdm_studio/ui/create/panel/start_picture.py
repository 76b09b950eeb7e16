"""The picture that the next ones start from: a small view of it, how far they may leave it, and its mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from gdm_studio.request import SETTINGS
from gdm_studio.studio.draft import Draft
from gdm_studio.ui.create.panel.binding import bind
from gdm_studio.ui.create.panel.setting_widgets import slider_of
from gdm_studio.ui.look.imaging import thumbnail
from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import SliderRow, label, mark
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import checker, round_path, smooth

if TYPE_CHECKING:
    import numpy as np

SIDE, RADIUS = 52, 7
EXTEND = "Paint around the picture, in a larger frame"


class StartPicture(QFrame):
    """Shown while there is a start picture.

    Signals: `changed()` by people, `show_asked()` a look at it on the canvas, `mask_asked()` to paint or mend the mask,
    `aside_asked(str)` with the picture that stays without it, `extend_asked()` for a larger frame, `picture_wanted()`
    something is shown whose picture is not known yet.
    Setters: `turn_to(image)`, `show_start()` what the draft starts from, `set_picture(rgba, mask)` what it looks like,
    `set_extendable(why)` not, "" for yes. Readers: `picture_name`, `mask_name`, "" for none.
    """

    changed = Signal()
    show_asked = Signal()
    aside_asked = Signal(str)
    mask_asked = Signal()
    extend_asked = Signal()
    picture_wanted = Signal()

    def __init__(self, theme: Theme, draft: Draft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._draft = draft
        self.setProperty("role", "inset")
        self.picture_name, self.mask_name = "", ""
        self.view = PictureView(theme, "Show the start picture")
        self._title = label("Start picture", "strong")
        self._mask = mark(theme, "brush", "Paint what should be made anew", size=14)
        self._extend = mark(theme, "expand", EXTEND, size=14)
        self._inverted = mark(theme, "rewind", SETTINGS["inverted"].summary, checkable=True, size=14)
        self._unmask = mark(theme, "eraser", "Drop the mask: all of it may change", size=14)
        self._remove = mark(theme, "x", "Start from noise again", size=14)
        self._strength = slider_of(theme, SETTINGS["strength"])
        self._lay_out()
        self.view.clicked.connect(self.show_asked)
        self._mask.clicked.connect(self.mask_asked)
        self._extend.clicked.connect(self.extend_asked)
        self._unmask.clicked.connect(lambda: self.aside_asked.emit(self.picture_name))
        self._remove.clicked.connect(lambda: self.aside_asked.emit(""))
        bind(draft, "strength", self._strength)
        bind(draft, "inverted", self._inverted)
        for name in ("image", "mask"):
            draft.listen(name, lambda _: self.show_start())
        self._strength.changed.connect(self.changed)
        self._inverted.toggled.connect(lambda on: self._inverted.set_icon("rewind", "accent" if on else "muted"))
        self._inverted.clicked.connect(self.changed)
        self.show_start()

    def rows(self) -> list[SliderRow]:
        """Its settings, while there is one."""
        return [self._strength] if self.picture_name else []

    def show_start(self) -> None:
        """The start picture and its mask as the draft has them, as far as its model begins from pictures."""
        asked = self._draft.request
        image, mask = asked.image, asked.mask
        known = (image, mask) == (self.picture_name, self.mask_name)
        self.picture_name, self.mask_name = image, mask
        self.setVisible(bool(image))
        self._unmask.setVisible(bool(mask))
        self._title.setText("Inpaint" if mask else "Start picture")
        if not known:
            self.view.set_pictures(None, None)
            if image:
                self.picture_wanted.emit()

    def set_picture(self, rgba: np.ndarray | None, mask: np.ndarray | None) -> None:
        """What the start picture (height, width, 4) and the mask (height, width) look like, once they are read."""
        self.view.set_pictures(rgba, mask)

    def set_extendable(self, why: str) -> None:
        """Why the model paints nothing around it; "" where it does."""
        self._extend.setEnabled(not why)
        self._extend.setToolTip(tip(why or EXTEND))

    def turn_to(self, image: str, *, inverted: bool = False) -> None:
        """The next pictures start from `image`, "" for noise, and all of it may change: as far as is usual."""
        usual = {"strength": self._draft.default("strength")} if self._draft["mask"] else {}  # it was for that
        self._draft.put(image=image, mask="", inverted=inverted, **usual)

    def _lay_out(self) -> None:
        head = in_row(self._title, ..., self._inverted, self._extend, self._mask, self._unmask, self._remove, spacing=0)
        right = stacked(head, self._strength, spacing=0)
        in_row(
            (self.view, 0, Qt.AlignmentFlag.AlignVCenter), (right, 1), on=self, margins=(8, 6, 8, 6), spacing=SPACE.gap
        )


class PictureView(QAbstractButton):
    """A picture in small, what is made anew tinted; a button where a click on it has a `purpose`."""

    def __init__(self, theme: Theme, purpose: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._scaled: QPixmap | None = None
        self.setFixedSize(SIDE, SIDE)
        if purpose:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if purpose else Qt.FocusPolicy.NoFocus)
        self.setToolTip(purpose)
        self.setAccessibleName(purpose)
        theme.changed.connect(self._on_theme)

    def set_pictures(self, rgba: np.ndarray | None, mask: np.ndarray | None) -> None:
        self._rgba = rgba if rgba is None or mask is None else tinted(rgba, mask, self._theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self._scaled = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = smooth(self)
        frame = QRectF(self.rect())
        outline = round_path(frame, RADIUS)
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.fillRect(frame, checker(self._theme, 6, ratio))
        if self._rgba is not None:
            if self._scaled is None:
                self._scaled = thumbnail(self._rgba, round(SIDE * ratio))
                self._scaled.setDevicePixelRatio(ratio)
            size = self._scaled.deviceIndependentSize()
            painter.drawPixmap(
                QRectF((SIDE - size.width()) / 2, (SIDE - size.height()) / 2, size.width(), size.height()),
                self._scaled,
                QRectF(self._scaled.rect()),
            )
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 3))
            painter.drawPath(outline)


def tinted(rgba: np.ndarray, mask: np.ndarray, theme: Theme) -> np.ndarray:
    """The picture (height, width, 4) with the second accent laid over it where the mask (height, width) is."""
    import numpy as np

    colour = theme.colour("accent2")
    share = (mask.astype(np.float32) / 255 * 0.6)[..., None]
    accent = np.array([colour.red(), colour.green(), colour.blue(), 255], np.float32)
    return (rgba * (1 - share) + accent * share).round().astype(np.uint8)
