"""Panel of the start image (img2img): thumbnail, denoising strength and mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QAbstractButton, QFrame, QWidget

from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, slider_of
from gdm_studio.ui.theme.imaging import create_thumbnail
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import number_text, translate
from gdm_studio.ui.widgets import ElidedLabel, mark
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, checkerboard_brush, round_path
from gdm_studio.ui.widgets.slider_row import SliderRow

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.create.panel.inpaint_area import InpaintArea

SIDE, RADIUS = 52, 7


class StartPicture(QFrame):
    """Panel for the start image (img2img), its denoising strength and its mask, hidden while there is no start image.

    `picture_name` and `mask_name` are stored names, or "". Signals: `changed()` when the user edits a setting,
    `show_asked()` to show the image on the canvas, `mask_asked()` to edit the mask, and `extend_asked()` to outpaint.
    `remove_asked(str)` contains the image's name if only the mask is to be removed, or else "". `pixels_asked()` is
    emitted when the pixels must be loaded.
    """

    changed = Signal()
    show_asked = Signal()
    remove_asked = Signal(str)
    mask_asked = Signal()
    extend_asked = Signal()
    pixels_asked = Signal()

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._request_draft = request_draft
        self.setProperty("role", "inset")
        self.picture_name = ""
        self.mask_name = ""
        self.view = PictureView(theme, self.tr("Show the start picture"))
        self._title = ElidedLabel(self.tr("Start picture"), "strong")
        self._mask = mark(theme, "brush", self.tr("Paint the part to generate again"), size=14)
        self._extend_button = mark(theme, "expand", self._extend_tip(), size=14)
        self._inverted_mark = mark(
            theme, "rewind", translate("Setting", SETTINGS["inverted"].summary), checkable=True, size=14
        )
        # The tooltip, which other buttons have as their name, is a long explanation here.
        self._inverted_mark.setAccessibleName(translate("Setting", SETTINGS["inverted"].title))
        self._remove_mask_mark = mark(
            theme, "eraser", self.tr("Remove the mask; the whole picture may change"), size=14
        )
        self._remove_button = mark(theme, "x", self.tr("Start from noise again"), size=14)
        self._strength = slider_of(theme, SETTINGS["strength"])
        self._theme = theme
        self._area: InpaintArea | None = None
        self._body = QWidget()
        # True if the start image is a photo.
        self._is_photo = False
        # True if a set leaves out the start image.
        self._is_left_out = False
        # True if an open sketch is used in place of the start image.
        self._is_replaced = False
        self._lay_out()
        self.view.clicked.connect(self.show_asked)
        self._mask.clicked.connect(self.mask_asked)
        self._extend_button.clicked.connect(self.extend_asked)
        self._remove_mask_mark.clicked.connect(lambda: self.remove_asked.emit(self.picture_name))
        self._remove_button.clicked.connect(lambda: self.remove_asked.emit(""))
        bind(request_draft, "strength", self._strength)
        bind(request_draft, "inverted", self._inverted_mark)
        for name in ("image", "mask"):
            request_draft.listen(name, lambda _: self.show_start())
        for name in ("strength", "inverted"):
            request_draft.listen(name, lambda _: self._show_hint())
        request_draft.listen("model", lambda _: self._show_hint())
        self._strength.changed.connect(self.changed)
        self._inverted_mark.toggled.connect(
            lambda on: self._inverted_mark.set_icon("rewind", "accent" if on else "muted")
        )
        self._inverted_mark.clicked.connect(self.changed)
        self.show_start()

    def rows(self) -> list[SliderRow]:
        """Return the sliders for the denoising strength and the padding of the masked area, or an empty list if there
        is no start image.
        """
        padding = [self._area.padding] if self._area is not None else []
        return [self._strength, *padding] if self.picture_name else []

    def show_start(self) -> None:
        """Show the start image and the mask of the next request. Their pixels are requested if they have changed."""
        request = self._request_draft.request
        image, mask = request.image, request.mask
        is_shown = (image, mask) == (self.picture_name, self.mask_name)
        self.picture_name = image
        self.mask_name = mask
        self.setVisible(bool(image))
        self._remove_mask_mark.setVisible(bool(mask))
        if mask and self._area is None:
            self._add_area()
        if self._is_replaced:
            self._title.setText(self.tr("Replaced by the sketch"))
        else:
            self._title.setText(self.tr("Inpaint") if mask else self.tr("Start picture"))
        # `ControlLocks` enables and disables the whole panel.
        for part in filter(None, (self._body, self._area)):
            part.setEnabled(not (self._is_replaced or self._is_left_out))
        if not is_shown:
            self.set_picture(None, None)
            if image:
                self.pixels_asked.emit()

    def set_picture(self, rgba: np.ndarray | None, mask: np.ndarray | None) -> None:
        """Set the pixels of the start image's thumbnail, RGBA (height, width, 4), and its mask (height, width)."""
        self.view.set_pictures(rgba, mask)
        self._is_photo = False
        if rgba is not None:
            from gdm_studio.engine.image_inputs import is_photo

            self._is_photo = is_photo(rgba)
        self._show_hint()

    def _show_hint(self) -> None:
        """Show a hint if the model makes smears of a photo at this noise strength, with a button that sets a good
        one.
        """
        draft = self._request_draft
        least = draft.card.photo_strength if draft.card is not None else 0.0
        if self._is_photo and draft["strength"] < least and not draft["inverted"]:
            limit = number_text(least)
            hint = translate("Menus", "photos smear below {limit}").format(limit=limit)
            self._strength.set_hint(hint, least, short=translate("Menus", "good from {limit}").format(limit=limit))
        else:
            self._strength.set_hint("")

    def set_unused(self, *, by_set: bool | None = None, by_sketch: bool | None = None) -> None:
        """Show whether a set, or a sketch that is used instead, leaves out the start image and its mask. None leaves
        that as it is.
        """
        self._is_left_out = self._is_left_out if by_set is None else by_set
        self._is_replaced = self._is_replaced if by_sketch is None else by_sketch
        self.show_start()

    def set_extendable(self, why: str) -> None:
        """Enable the outpainting button if `why` is "", or else disable it and show the reason `why` as its tooltip."""
        self._extend_button.setEnabled(not why)
        self._extend_button.setToolTip(tip(why or self._extend_tip()))

    def _extend_tip(self) -> str:
        return self.tr("Paint around the picture, in a larger frame")

    def turn_to(self, image: str, *, inverted: bool = False, prompt: str = "") -> None:
        """Use the stored image `image` as the start image, without a mask. "" removes the start image. `prompt` is the
        prompt of the image, if it is known.

        If there was a mask, the denoising strength is reset to its default.
        """
        # That strength was meant for inpainting and does not suit the whole image.
        usual = {"strength": self._request_draft.default("strength")} if self._request_draft["mask"] else {}
        self._request_draft.put(image=image, mask="", inverted=inverted, image_prompt=prompt, **usual)

    def _add_area(self) -> None:
        """Add the choice of the inpaint area, for which the first paint of the window does not wait."""
        from gdm_studio.ui.create.panel.inpaint_area import InpaintArea

        self._area = InpaintArea(self._theme, self._request_draft, self)
        self._area.changed.connect(self.changed)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self._area)

    def _lay_out(self) -> None:
        head = in_row(
            (self._title, 1),
            self._inverted_mark,
            self._extend_button,
            self._mask,
            self._remove_mask_mark,
            self._remove_button,
            spacing=0,
        )
        right = stacked(head, self._strength, spacing=0)
        in_row((self.view, 0, Qt.AlignmentFlag.AlignVCenter), (right, 1), on=self._body, spacing=SPACE.gap)
        stacked(self._body, on=self, margins=(8, 6, 8, 6), spacing=SPACE.gap)


class PictureView(QAbstractButton):
    """Thumbnail of an image, with the masked area tinted. If `purpose` is given, it is a button with this tooltip."""

    def __init__(self, theme: Theme, purpose: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rgba: np.ndarray | None = None
        self._scaled_pixmap: QPixmap | None = None
        self.setFixedSize(SIDE, SIDE)
        if purpose:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if purpose else Qt.FocusPolicy.NoFocus)
        self.setToolTip(purpose)
        self.setAccessibleName(purpose)
        theme.changed.connect(self._on_theme)

    def set_pictures(self, rgba: np.ndarray | None, mask: np.ndarray | None) -> None:
        self._rgba = rgba if rgba is None or mask is None else tint_mask(rgba, mask, self._theme)
        self._on_theme()

    def _on_theme(self) -> None:
        self._scaled_pixmap = None
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        frame = QRectF(self.rect())
        outline = round_path(frame, RADIUS)
        painter.setClipPath(outline)
        ratio = self.devicePixelRatioF()
        painter.fillRect(frame, checkerboard_brush(self._theme, 6, ratio))
        if self._rgba is not None:
            if self._scaled_pixmap is None:
                self._scaled_pixmap = create_thumbnail(self._rgba, round(SIDE * ratio))
                self._scaled_pixmap.setDevicePixelRatio(ratio)
            size = self._scaled_pixmap.deviceIndependentSize()
            painter.drawPixmap(
                QRectF((SIDE - size.width()) / 2, (SIDE - size.height()) / 2, size.width(), size.height()),
                self._scaled_pixmap,
                QRectF(self._scaled_pixmap.rect()),
            )
        if self.hasFocus():
            painter.setPen(QPen(self._theme.colour("accent"), 3))
            painter.drawPath(outline)


def tint_mask(rgba: np.ndarray, mask: np.ndarray, theme: Theme) -> np.ndarray:
    """Return a copy of an RGBA uint8 image (height, width, 4) with the masked area tinted.

    The mask has the shape (height, width). The tint is the theme's second accent colour.
    """
    import numpy as np

    colour = theme.colour("accent2")
    share = (mask.astype(np.float32) / 255 * 0.6)[..., None]
    accent = np.array([colour.red(), colour.green(), colour.blue(), 255], np.float32)
    return (rgba * (1 - share) + accent * share).round().astype(np.uint8)
