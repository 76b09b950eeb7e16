"""Bars that float over the canvas: image tools, noise slider and mask brush."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui import window_actions
from gdm_studio.ui.create.viewer.brush import SIZE, SIZES
from gdm_studio.ui.create.viewer.mask_tools import BRUSH, MaskToolButton
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.widgets import (
    ActionButton,
    Choice,
    ElidedLabel,
    IconButton,
    Segmented,
    create_tool_button,
    label,
    mark,
)
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.menu import menu_of
from gdm_studio.ui.widgets.shapes import paint_veil
from gdm_studio.ui.widgets.slider_row import SliderRow, Track
from gdm_studio.ui.window_actions import UNDO, Action, with_keys

TOOLS = {
    "noise": window_actions.ADD_NOISE,
    "invert": window_actions.INVERT,
    "start": window_actions.USE_AS_START,
    "sketch": window_actions.SKETCH_ON,
    "mask": window_actions.MASK,
    "extend": window_actions.EXTEND,
    "detail": window_actions.DETAIL,
    "enlarge": window_actions.ENLARGE,
    "vary": window_actions.VARIATIONS,
}
# Menus of the tools, by the key of their action: those that add or recover noise, and those that edit the picture.
MENUS = {
    "noise_menu": (window_actions.NOISE_MENU, ("noise", "invert")),
    "edit_menu": (window_actions.EDIT_MENU, ("start", "sketch", "mask", "detail", "extend", "enlarge")),
}
# Minimum room, in logical pixels, in which the tools show titles beside their icons; long titles need more.
WORDS_FROM = 300


class PictureTools(QWidget):
    """Row of tools for a finished image, such as inversion and outpainting, that floats over the canvas. Two of its
    buttons open menus.

    It has a background only where it overlaps the image. Signals: `clicked(str)` with a key of TOOLS, and `adjusted()`
    when the width of the row has changed.
    """

    clicked = Signal(str)
    adjusted = Signal()

    def __init__(self, theme: Theme, overlaps_image: Callable[[QRect], bool], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._overlaps_image = overlaps_image
        # Buttons by key of MENUS or TOOLS, and their actions.
        self.buttons: dict[str, IconButton] = {}
        self._actions: dict[str, Action] = {}
        # Reasons why tools cannot be used, by key of TOOLS.
        self._refusals: dict[str, str] = {}
        self.back = create_tool_button(
            theme, Action(self.tr("Back"), self.tr("Back to the sheet"), icon="chevron-left")
        )
        self.back.hide()
        # The width that the row was last fitted to, and its width after that.
        self._fitted_widths: tuple[int, int] | None = None
        self._row = in_row(self.back, on=self, spacing=2)
        for name, (action, _) in MENUS.items():
            self._add_button(name, action.bind(partial(self._open_menu, name)), opens_menu=True)
        self._add_button("vary", TOOLS["vary"].bind(partial(self.clicked.emit, "vary")))
        # The keys work without opening the menus.
        self._keys = {name: Hotkey(TOOLS[name], self) for _, names in MENUS.values() for name in names}
        for name, key in self._keys.items():
            key.activated.connect(partial(self.clicked.emit, name))

    def _add_button(self, name: str, action: Action, *, opens_menu: bool = False) -> None:
        self.buttons[name] = button = create_tool_button(self._theme, action, opens_menu=opens_menu)
        self._actions[name] = action
        self._row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._overlaps_image(self.geometry()):
            paint_veil(QPainter(self), self.rect(), self._theme)

    def entries(self, menu: str) -> list[Action]:
        """Return the actions in one of the MENUS, disabled with their reasons where they cannot run now."""
        return [
            TOOLS[name].bind(
                partial(self.clicked.emit, name), partial(self._is_usable, name), partial(self.refusal, name)
            )
            for name in MENUS[menu][1]
        ]

    def _open_menu(self, name: str) -> None:
        button = self.buttons[name]
        menu_of(button, self._theme, self.entries(name), at=button.mapToGlobal(QPoint(0, button.height() + 2)))

    def set_refused(self, why: str) -> None:
        """Disable the image tools that need a model with image input, and show the reason `why` as their tooltip.

        "" enables them.
        """
        for name in TOOLS:
            # Adding noise and making variations work with every model.
            if name not in ("noise", "vary"):
                self.refuse(name, why)

    def refuse(self, name: str, why: str) -> None:
        """Disable one of the image tools, with the reason `why` as its tooltip. "" enables the tool."""
        self._refusals[name] = why
        self._keys[name].refuse(why)

    def refusal(self, name: str) -> str:
        """Return the reason why one of the tools cannot be used now, or "" if it can."""
        return self._refusals.get(name, "")

    def _is_usable(self, name: str) -> bool:
        return not self.refusal(name)

    def set_back(self, where: str) -> None:
        """Show a Back button with the tooltip `where`, which names the view to return to, such as the view of
        variations.

        "" hides the button.
        """
        self.back.setToolTip(where)
        self.back.setAccessibleName(where)
        self.back.setVisible(bool(where))
        self.adjusted.emit()

    def fit_in(self, width: int) -> None:
        """Show the titles of the image tools beside their icons if all of them fit in `width` logical pixels."""
        if (width, self.sizeHint().width()) == self._fitted_widths:
            return
        self._show_titles(width >= WORDS_FROM)
        if self.sizeHint().width() > width:
            self._show_titles(False)
        self._fitted_widths = (width, self.sizeHint().width())

    def _show_titles(self, are_visible: bool) -> None:
        self.back.set_text(self.tr("Back") if are_visible else "")
        for name, button in self.buttons.items():
            button.set_text(self._actions[name].title if are_visible else "")
        self._row.activate()


class NoiseBar(QFrame):
    """Bar with a slider that adds noise to an image, and a button to generate from the noised image.

    The button `start` is hidden if the model cannot start from an image. Signals: `changed(float)` with a noise level
    from 0 to 1 when the user moves the slider, `start_clicked()` and `closed()`.
    """

    changed = Signal(float)
    start_clicked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.slider = SliderRow(
            theme,
            title=self.tr("Noise"),
            low=0.0,
            high=1.0,
            default=0.0,
            decimals=2,
            step=0.02,
            tooltip=self.tr(
                "Position in the forward process: 0 is the picture, 1 is the noise that a new run starts from"
            ),
        )
        self._words = ElidedLabel("", "hint")
        self.start = ActionButton(
            theme, self.tr("Generate from here"), tooltip=self.tr("Start the next pictures from exactly this noise")
        )
        self._close_button = mark(theme, "x", self.tr("Back to the picture"), key="Escape")
        left = stacked(self.slider, self._words, spacing=0)
        in_row(
            (left, 1),
            (self.start, 0, Qt.AlignmentFlag.AlignVCenter),
            (self._close_button, 0, Qt.AlignmentFlag.AlignTop),
            on=self,
            margins=(14, 8, 8, 8),
            spacing=12,
        )
        self.slider.changed.connect(self.changed)
        self.start.clicked.connect(self.start_clicked)
        self._close_button.clicked.connect(self.closed)

    def begin(self, share: float) -> None:
        """Set the position of the noise slider from 0 (no noise) to 1 (pure noise)."""
        self.slider.set_value(share)

    def share(self) -> float:
        return self.slider.value()

    def set_text(self, text: str) -> None:
        """Set the text that describes the noise level at the slider's position."""
        self._words.setText(text)
        self.slider.track.setAccessibleDescription(text)


class MaskBar(QFrame):
    """Bar with settings for the brush that paints an inpainting mask.

    Signals: `erasing(bool)`, `size_changed(float)` as a fraction of the image's longer side, `undo_clicked()`,
    `clear_clicked()`, `done()` and `closed()`.
    """

    erasing = Signal(bool)
    size_changed = Signal(float)
    undo_clicked = Signal()
    clear_clicked = Signal()
    done = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        choices = [
            Choice("paint", self.tr("Paint"), self.tr("Paint the part to generate again; the right button erases")),
            Choice("erase", self.tr("Erase"), self.tr("Remove paint")),
        ]
        self.brush = Segmented(theme, choices, name=self.tr("Brush"))
        self.tools = MaskToolButton(theme)
        self.size_track = Track(
            theme, name=self.tr("Brush size"), tooltip=self.tr("Size of the brush (the wheel over the picture)")
        )
        self.size_track.setRange(round(100 * SIZES[0]), round(100 * SIZES[1]))
        self.size_track.setMinimumWidth(44)
        self.size_track.setMaximumWidth(96)
        self._size_label = label(self.tr("Size"))
        self.undo = mark(theme, UNDO.icon, with_keys(self.tr("Undo the last stroke"), UNDO.keys), side=28)
        self.clear = mark(theme, "trash-2", self.tr("Clear the mask"), side=28)
        self._done_button = ActionButton(
            theme,
            self.tr("Use mask"),
            tooltip=self.tr("Generate the painted part again"),
            keys="Return",
            role="primary",
        )
        self._close_button = mark(theme, "x", self.tr("Leave the mask as it was"), key="Escape")
        parts = (
            self.brush,
            self.tools,
            self._size_label,
            self.size_track,
            self.undo,
            self.clear,
            self._done_button,
            self._close_button,
        )
        self._row = in_row(*parts, on=self, margins=(4, 4, 8, 4), spacing=6)
        # The width that the bar was last fitted to, and its minimum width after that.
        self._fitted_widths: tuple[int, int] | None = None
        self.brush.chosen.connect(lambda which: self.erasing.emit(which == "erase"))
        self.size_track.valueChanged.connect(lambda percent: self.size_changed.emit(percent / 100))
        self.undo.clicked.connect(self.undo_clicked)
        self.clear.clicked.connect(self.clear_clicked)
        self._done_button.clicked.connect(self.done)
        self._close_button.clicked.connect(self.closed)

    def fit_in(self, width: int) -> None:
        """Shorten or hide parts of the mask bar until it is at most `width` logical pixels wide."""
        if (width, self.minimumSizeHint().width()) != self._fitted_widths:
            self._shorten(width)
            self._fitted_widths = (width, self.minimumSizeHint().width())

    def _shorten(self, width: int) -> None:
        for level in range(5):
            self._size_label.setVisible(level < 1)
            self.brush.set_tight(level > 1)
            self._done_button.setText(self.tr("Use mask") if level < 2 else self.tr("Use"))
            self.undo.setVisible(level < 3)
            # The menu of the tools clears the mask too.
            self.clear.setVisible(level < 4)
            self._row.activate()
            if self.minimumSizeHint().width() <= width:
                return

    def begin(self) -> None:
        """Reset the mask bar to painting (not erasing) with a brush of the default size."""
        self.brush.set_choice("paint")
        self.tools.choose(BRUSH)
        self.set_size(SIZE)

    def size_share(self) -> float:
        """Return the mask brush's diameter as a fraction of the image's longer side."""
        return self.size_track.value() / 100

    def set_size(self, share: float) -> None:
        with QSignalBlocker(self.size_track):
            self.size_track.setValue(round(100 * share))
        self.size_track.update()

    def set_state(self, *, undo: bool, empty: bool) -> None:
        """Enable the Undo button of the mask bar if `undo`, and its buttons Clear and Use mask unless the mask is
        empty.
        """
        self.undo.setEnabled(undo)
        self.clear.setEnabled(not empty)
        self._done_button.setEnabled(not empty)
