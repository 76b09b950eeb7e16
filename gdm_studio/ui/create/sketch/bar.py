"""Bar beside a sketch: tools of the brush, denoising strength, and buttons to save or use the picture."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QActionGroup, QColor, QIcon, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QColorDialog, QFrame, QMenu, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.ui.create.panel.bound_setting_widgets import slider_of
from gdm_studio.ui.create.sketch.brush import COLOUR, DRAW, ERASE, FILL, SIZE, SketchBrush
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, Choice, IconButton, Segmented, create_tool_button, mark
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.slider_row import Track
from gdm_studio.ui.window_actions import KEEP_REACHED, LARGER_BRUSH, REDO, SMALLER_BRUSH, UNDO, with_keys

# Colours that the menu offers, with their names.
COLOURS = {
    COLOUR: QT_TRANSLATE_NOOP("Sketch", "Black"),
    "#8b9099": QT_TRANSLATE_NOOP("Sketch", "Grey"),
    "#ffffff": QT_TRANSLATE_NOOP("Sketch", "White"),
    "#d93a32": QT_TRANSLATE_NOOP("Sketch", "Red"),
    "#f08a24": QT_TRANSLATE_NOOP("Sketch", "Orange"),
    "#f7cf3a": QT_TRANSLATE_NOOP("Sketch", "Yellow"),
    "#3f9d4b": QT_TRANSLATE_NOOP("Sketch", "Green"),
    "#58b8e8": QT_TRANSLATE_NOOP("Sketch", "Light blue"),
    "#2f5fc4": QT_TRANSLATE_NOOP("Sketch", "Blue"),
    "#8650b8": QT_TRANSLATE_NOOP("Sketch", "Purple"),
    "#ef8fb5": QT_TRANSLATE_NOOP("Sketch", "Pink"),
    "#7a4b2a": QT_TRANSLATE_NOOP("Sketch", "Brown"),
}
WHITE, CLEAR, PICTURE = "white", "clear", "picture"
PAPERS = {
    WHITE: QT_TRANSLATE_NOOP("Sketch", "White paper"),
    CLEAR: QT_TRANSLATE_NOOP("Sketch", "Transparent paper"),
    PICTURE: QT_TRANSLATE_NOOP("Sketch", "Draw on the picture shown"),
}
# Side of the colour on its button and in its menu, in logical pixels.
_SWATCH = 16
# Units of the slider of the brush size per image side.
_UNITS = 1000
# Distance in logical pixels between a button and its menu.
_GAP = 6


class SketchBar(QFrame):
    """Bar with the tools of a sketch.

    Signals: `tool_chosen(str)`, `colour_chosen(QColor)`, `size_changed(float)` as a fraction of the image's longer
    side, `size_scaled(float)` with a factor, `undo_clicked()`, `redo_clicked()`, `clear_clicked()`,
    `paper_chosen(str)` with one of PAPERS, `keep_clicked()` to save the picture, `use_clicked()` to use the sketch as
    the start image, and `closed()`. `strength` is the slider of the denoising strength.
    """

    tool_chosen = Signal(str)
    colour_chosen = Signal(QColor)
    size_changed = Signal(float)
    size_scaled = Signal(float)
    undo_clicked = Signal()
    redo_clicked = Signal()
    clear_clicked = Signal()
    paper_chosen = Signal(str)
    keep_clicked = Signal()
    use_clicked = Signal()
    closed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        choices = [
            Choice(DRAW, self.tr("Draw"), self.tr("Draw; the right button erases")),
            Choice(ERASE, self.tr("Erase"), self.tr("Remove strokes")),
            Choice(FILL, self.tr("Fill"), self.tr("Fill an area of one colour")),
        ]
        self.tool = Segmented(theme, choices, name=self.tr("Tool"))
        self.colour = _ColourButton(theme)
        tooltip = self.tr("Size of the brush (the wheel over the sketch, or the keys [ and ])")
        self.size_track = Track(theme, name=self.tr("Brush size"), tooltip=tooltip)
        self.size_track.setRange(round(_UNITS * SketchBrush.sizes[0]), round(_UNITS * SketchBrush.sizes[1]))
        self.size_track.setMinimumWidth(44)
        self.set_size(SIZE)
        self.undo = mark(theme, UNDO.icon, with_keys(self.tr("Undo the last stroke"), UNDO.keys), side=28)
        self.redo = mark(theme, REDO.icon, REDO.tooltip, side=28)
        self.more = mark(theme, "ellipsis", self.tr("Paper, clear, use as start picture"), side=28)
        self.strength = slider_of(theme, SETTINGS["strength"])
        self.use = ActionButton(
            theme,
            self.tr("Use as start"),
            tooltip=self.tr("Start the next pictures from the sketch, and leave it"),
        )
        self.keep = create_tool_button(theme, KEEP_REACHED.bind(self.keep_clicked.emit))
        self._close = mark(theme, "x", self.tr("Leave the sketch; it stays for the next time"), key="Escape")
        self._brush_row = in_row(
            self.tool, self.colour, (self.size_track, 1), self.undo, self.redo, self.more, self._close, spacing=4
        )
        self._picture_row = in_row((self.strength, 1), self.use, self.keep, spacing=8)
        stacked(self._brush_row, self._picture_row, on=self, margins=(8, 6, 8, 8), spacing=6)
        self._is_empty = True
        # The width that the bar was last fitted to.
        self._fitted_width = 0
        self._connect()

    def _connect(self) -> None:
        self.tool.chosen.connect(self.tool_chosen)
        self.colour.chosen.connect(self._on_colour)
        self.size_track.valueChanged.connect(lambda value: self.size_changed.emit(value / _UNITS))
        for action, factor in ((SMALLER_BRUSH, 1 / 1.2), (LARGER_BRUSH, 1.2)):
            Hotkey(action, self).activated.connect(partial(self.size_scaled.emit, factor))
        self.undo.clicked.connect(self.undo_clicked)
        self.redo.clicked.connect(self.redo_clicked)
        self.more.clicked.connect(self.open_menu)
        self.use.clicked.connect(self.use_clicked)
        self._close.clicked.connect(self.closed)

    def sizeHint(self) -> QSize:
        return QSize(min(max(super().minimumSizeHint().width(), 480), 520), super().sizeHint().height())

    def fit_in(self, width: int) -> None:
        """Shorten or hide parts of the bar until it is at most `width` logical pixels wide."""
        if width == self._fitted_width:
            return
        self._fitted_width = width
        for level in range(5):
            self.tool.set_tight(level > 0)
            # The menu offers it too.
            self.use.setVisible(level < 2)
            self.tool.set_alone(level > 2)
            # The wheel and the keys change the size too.
            self.size_track.setVisible(level < 4)
            self._brush_row.activate()
            self._picture_row.activate()
            if self.minimumSizeHint().width() <= width:
                return

    def set_size(self, share: float) -> None:
        """Show the diameter of the brush as a fraction of the image's longer side."""
        with QSignalBlocker(self.size_track):
            self.size_track.setValue(round(_UNITS * share))
        self.size_track.update()

    def set_state(self, *, undo: bool, redo: bool, empty: bool) -> None:
        """Enable Undo and Redo, and what needs a sketch unless it is `empty`."""
        self.undo.setEnabled(undo)
        self.redo.setEnabled(redo)
        self.use.setEnabled(not empty)
        self._is_empty = empty

    def _on_colour(self, colour: QColor) -> None:
        if self.tool.choice() == ERASE:
            # Whoever chooses a colour wants to paint.
            self.tool.set_choice(DRAW)
            self.tool_chosen.emit(DRAW)
        self.colour_chosen.emit(colour)

    def open_menu(self) -> QMenu:
        """Open the menu of papers and other entries above its button, and return it."""
        from gdm_studio.ui.widgets.menu import empty_menu

        menu = empty_menu(self)
        menu.setAccessibleName(self.tr("Menu of the sketch"))
        for paper, title in PAPERS.items():
            entry = menu.addAction(translate("Sketch", title))
            entry.triggered.connect(partial(self._choose_paper, paper))
        menu.addSeparator()
        clear = menu.addAction(self.tr("Clear"))
        clear.triggered.connect(lambda: self.clear_clicked.emit())
        use = menu.addAction(self.tr("Use as start picture"))
        use.triggered.connect(lambda: self.use_clicked.emit())
        for entry in (clear, use):
            entry.setEnabled(not self._is_empty)
        menu.popup(self.more.mapToGlobal(QPoint(0, -menu.sizeHint().height() - _GAP)))
        return menu

    def _choose_paper(self, paper: str, _: bool = False) -> None:
        self.paper_chosen.emit(paper)


class _ColourButton(IconButton):
    """Button that shows the colour of the brush and opens a menu of colours. It emits `chosen(QColor)`."""

    chosen = Signal(QColor)

    def __init__(self, theme: Theme) -> None:
        self._paint = QColor(COLOUR)
        super().__init__(theme, "", tooltip=translate("Sketch", "Colour of the brush"), size=_SWATCH)
        self.setProperty("role", "mark")
        self.setFixedSize(28, 28)
        self.clicked.connect(self.open_menu)
        self.set_colour(self._paint)

    def set_colour(self, colour: QColor) -> None:
        """Show a colour as that of the brush."""
        self._paint = QColor(colour)
        name = next((title for value, title in COLOURS.items() if QColor(value) == colour), None)
        self.setAccessibleDescription(translate("Sketch", name) if name else colour.name())
        self._recolour()

    def open_menu(self) -> QMenu:
        """Open the menu of colours above the button with the current one checked, and return it."""
        from gdm_studio.ui.widgets.menu import empty_menu

        menu = empty_menu(self)
        menu.setAccessibleName(translate("Sketch", "Colours"))
        group = QActionGroup(menu)
        for value, title in COLOURS.items():
            entry = menu.addAction(_create_swatch(self._theme, QColor(value)), translate("Sketch", title))
            entry.setCheckable(True)
            entry.setChecked(QColor(value) == self._paint)
            entry.triggered.connect(partial(self._choose, QColor(value)))
            group.addAction(entry)
            if entry.isChecked():
                menu.setActiveAction(entry)
        menu.addSeparator()
        menu.addAction(translate("Sketch", "Another colour…")).triggered.connect(self.open_dialog)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height() - _GAP)))
        return menu

    def open_dialog(self) -> QColorDialog:
        """Open a dialog for choosing any colour, also one on the screen, and return it."""
        dialog = QColorDialog(self._paint, self.window())
        dialog.setWindowTitle(translate("Sketch", "Colour of the brush"))
        dialog.colorSelected.connect(self._choose)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        return dialog

    def _choose(self, colour: QColor, _: bool = False) -> None:
        self.set_colour(colour)
        self.chosen.emit(colour)

    def _recolour(self) -> None:
        self.setIcon(_create_swatch(self._theme, self._paint))


def _create_swatch(theme: Theme, colour: QColor) -> QIcon:
    """Return an icon that shows a colour as a disc with an outline, which tells white from a white ground."""
    ratio = theme.pixel_ratio()
    pixmap = QPixmap(round(_SWATCH * ratio), round(_SWATCH * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(theme.colour("muted"), 1))
    painter.setBrush(colour)
    painter.drawEllipse(1, 1, _SWATCH - 2, _SWATCH - 2)
    painter.end()
    return QIcon(pixmap)
