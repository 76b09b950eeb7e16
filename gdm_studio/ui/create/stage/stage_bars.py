"""What floats over the canvas beside the bar of a run: the tools of a picture, its noise slider, the mask's brush."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui import actions
from gdm_studio.ui.actions import UNDO, Action, said
from gdm_studio.ui.create.stage.canvas import Canvas
from gdm_studio.ui.create.stage.mask import SIZE, SIZES
from gdm_studio.ui.look.plain import tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.widgets import ActionButton, Choice, ElidedLabel, IconButton, Segmented, SliderRow, label, mark, tool
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import veil
from gdm_studio.ui.widgets.slider_row import Track

BRUSH = [
    Choice("paint", "Paint", "What is painted is made anew; the right button erases"),
    Choice("erase", "Erase", "Takes the paint off again"),
]
TOOLS = {
    "noise": actions.ADD_NOISE, "invert": actions.INVERT, "start": actions.USE_AS_START, "mask": actions.MASK,
    "extend": actions.EXTEND, "vary": actions.VARIATIONS,
}  # fmt: skip
WORDS_FROM = 620  # logical pixels of the stage: narrower, the tools are their icons alone


class PictureTools(QWidget):
    """What can be done with a finished picture. Signals: `clicked(str)`, a key of TOOLS; `adjusted()`, it needs another
    width. Setters: `set_refused(why)` where the model cannot, "" where it can, `refuse(name, why)` one of them;
    `set_words(bool)` beside the icons; `set_back(where)` for what the picture was taken from, "" for nothing.
    Part: `back`, a button.

    It lies over `canvas`, and has a ground of its own where the picture reaches it.
    """

    clicked = Signal(str)
    adjusted = Signal()

    def __init__(self, theme: Theme, canvas: Canvas, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme, self._canvas = theme, canvas
        self.buttons: dict[str, IconButton] = {}
        self.back = tool(theme, Action("Back", "Back to the sheet", icon="chevron-left"))
        self.back.hide()
        row = in_row(self.back, on=self, spacing=2)
        for name, action in TOOLS.items():
            self.buttons[name] = button = tool(theme, action.does(partial(self.clicked.emit, name)))
            row.addWidget(button)

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._canvas.reaches(self.geometry()):
            veil(QPainter(self), self.rect(), self._theme)

    def set_refused(self, why: str) -> None:
        for name in self.buttons:
            if name not in ("noise", "vary"):  # which need no picture to begin from
                self.refuse(name, why)

    def refuse(self, name: str, why: str) -> None:
        self.buttons[name].setEnabled(not why)
        self.buttons[name].setProperty("refused", why)
        self.buttons[name].setToolTip(tip(why or TOOLS[name].tooltip))

    def set_back(self, where: str) -> None:
        self.back.setToolTip(where)
        self.back.setAccessibleName(where)
        self.back.setVisible(bool(where))
        self.adjusted.emit()

    def set_words(self, words: bool) -> None:
        self.back.set_text("Back" if words else "")
        for name, button in self.buttons.items():
            button.set_text(TOOLS[name].label if words else "")


class NoiseBar(QFrame):
    """How far a picture is drowned in noise, and what a run from there would be.

    Signals: `changed(float)` the share of the path 0 … 1 by people, `start_clicked()`, `closed()`. Setters:
    `begin(share)`, `set_words(text)`. Reader: `share()`. Part: `start`, hidden where the model starts from no picture.
    """

    changed = Signal(float)
    start_clicked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.slider = SliderRow(
            theme, title="Noise", low=0.0, high=1.0, default=0.0, decimals=2, step=0.02,
            tooltip="How far along the forward process: 0 is the picture, 1 is what a run from nothing begins with",
        )  # fmt: skip
        self._words = ElidedLabel("", "hint")
        self.start = ActionButton(theme, "Start here", tooltip="Make pictures that start from exactly this noise")
        self._close = mark(theme, "x", "Back to the picture", key="Escape")
        left = stacked(self.slider, self._words, spacing=0)
        in_row(
            (left, 1), (self.start, 0, Qt.AlignmentFlag.AlignVCenter), (self._close, 0, Qt.AlignmentFlag.AlignTop),
            on=self, margins=(14, 8, 8, 8), spacing=12,
        )
        self.slider.changed.connect(self.changed)
        self.start.clicked.connect(self.start_clicked)
        self._close.clicked.connect(self.closed)

    def begin(self, share: float) -> None:
        """Opens at a share of the path."""
        self.slider.set_value(share)

    def share(self) -> float:
        return self.slider.value()

    def set_words(self, text: str) -> None:
        """What the slider's place means."""
        self._words.setText(text)
        self.slider.track.setAccessibleDescription(text)


class MaskBar(QFrame):
    """The brush. Signals: `erasing(bool)`, `size_changed(float)` a share of the picture's side, `undo_clicked()`,
    `clear_clicked()`, `done()`, `closed()`. Setters: `begin()`, `set_size(share)`, `set_state(undo, empty)`,
    `fit_in(width)`. Reader: `size_share()`."""

    erasing = Signal(bool)
    size_changed = Signal(float)
    undo_clicked = Signal()
    clear_clicked = Signal()
    done = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.brush = Segmented(theme, BRUSH, name="Brush")
        self.size_track = Track(theme, name="Brush size", tooltip="Size of the brush (the wheel over the picture)")
        self.size_track.setRange(round(100 * SIZES[0]), round(100 * SIZES[1]))
        self.size_track.setMinimumWidth(44)
        self.size_track.setMaximumWidth(96)
        self._size = label("Size")
        self.undo = mark(theme, UNDO.icon, said("Undo the last stroke", UNDO.keys), side=28)
        self.clear = mark(theme, "trash-2", "Clear the mask", side=28)
        self._done = ActionButton(theme, "Use mask", tooltip="Make what is painted anew", keys="Return", role="primary")
        self._close = mark(theme, "x", "Leave the mask as it was", key="Escape")
        parts = (self.brush, self._size, self.size_track, self.undo, self.clear, self._done, self._close)
        self._row = in_row(*parts, on=self, margins=(4, 4, 8, 4), spacing=6)
        self.brush.chosen.connect(lambda which: self.erasing.emit(which == "erase"))
        self.size_track.valueChanged.connect(lambda percent: self.size_changed.emit(percent / 100))
        self.undo.clicked.connect(self.undo_clicked)
        self.clear.clicked.connect(self.clear_clicked)
        self._done.clicked.connect(self.done)
        self._close.clicked.connect(self.closed)

    def fit_in(self, width: int) -> None:
        """Gives up words, and then what keys do too, until the bar is no wider than `width` logical pixels."""
        for given_up in range(4):
            self._size.setVisible(given_up < 1)
            self.brush.set_tight(given_up > 1)
            self._done.setText("Use mask" if given_up < 2 else "Use")
            self.undo.setVisible(given_up < 3)
            self._row.activate()
            if self.minimumSizeHint().width() <= width:
                return

    def begin(self) -> None:
        """As it opens: painting, with a brush of the usual size."""
        self.brush.set_choice("paint")
        self.set_size(SIZE)

    def size_share(self) -> float:
        """The brush's diameter as a share of the picture's longer side."""
        return self.size_track.value() / 100

    def set_size(self, share: float) -> None:
        with QSignalBlocker(self.size_track):
            self.size_track.setValue(round(100 * share))
        self.size_track.update()

    def set_state(self, *, undo: bool, empty: bool) -> None:
        """Whether there is a stroke to undo, and whether nothing is painted."""
        self.undo.setEnabled(undo)
        self.clear.setEnabled(not empty)
        self._done.setEnabled(not empty)
