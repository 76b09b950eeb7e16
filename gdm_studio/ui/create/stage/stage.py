"""The middle of the Create page: a line about the picture, the canvas, what floats over it, the film-strip below."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.run import View
from gdm_studio.ui.actions import ACTUAL_SIZE, FIT, FORMER_LOOK, KEEP_REACHED, NEXT_LOOK, PAUSE, Action, going_on, said
from gdm_studio.ui.create.extending.bar import ExtendBar
from gdm_studio.ui.create.stage.canvas import Canvas
from gdm_studio.ui.create.stage.filmstrip import Filmstrip
from gdm_studio.ui.create.stage.pictures_sheet import PicturesSheet
from gdm_studio.ui.create.stage.stage_bars import WORDS_FROM, MaskBar, NoiseBar, PictureTools
from gdm_studio.ui.create.stage.strip import sigma_words
from gdm_studio.ui.look.plain import plain, tip
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.looks import LOOKS
from gdm_studio.ui.widgets import Notices, Segmented, rule, tool
from gdm_studio.ui.widgets.drop_zones import DropZones
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.painting import veil

HEAD, FOOT = 48, 64  # of the caption and the bar, with air between them and the picture
NOISE_WIDTH = 540
BESIDE = 8  # at least, on either side of the bar
CAPTION, BELOW = 90, 24  # the least room beside the tools for what counts most of the caption, else it is below them
AIR = 8  # between the caption and the end of its ground


class CanvasBar(QFrame):
    """What can be done with the picture on the canvas.

    Signals: `shown(str)` one of LOOKS, `pause_clicked()`, `continue_clicked()` with what was changed while paused,
    `keep_clicked()`, `size_clicked()` (1:1), `fit_clicked()`; `held(bool)` whether a run is paused. Setters:
    `set_shown(id)`, `set_pause(enabled, paused)`, `set_changes(words)`, `set_keep(visible)`,
    `set_zoom(zoom, fitted)`, `set_zooms(bool)`, `fit_in(width)`. V goes through the looks.
    """

    shown = Signal(str)
    pause_clicked = Signal()
    continue_clicked = Signal()
    keep_clicked = Signal()
    held = Signal(bool)
    size_clicked = Signal()
    fit_clicked = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAccessibleName("The picture's bar")
        looks = [replace(look, summary=said(look.summary, NEXT_LOOK.keys)) for look in LOOKS]
        self._choice = Segmented(theme, looks, name="What to show")
        self._choice.chosen.connect(self.shown)
        for action, by in ((NEXT_LOOK, 1), (FORMER_LOOK, -1)):
            Hotkey(action, self._choice).activated.connect(partial(self._next_look, by))
        self._pausable, self._paused, self._changes = False, False, ""
        self._pause_words, self._zoom_words, self._zooms = "Pause", "100 %", True
        self._pause = tool(theme, Action("Pause", icon="pause").does(self._on_pause))
        self._keep = tool(theme, KEEP_REACHED.does(self.keep_clicked.emit))
        self._size = tool(theme, ACTUAL_SIZE.does(self.size_clicked.emit))
        self._fit = tool(theme, FIT.does(self.fit_clicked.emit), checkable=True)
        self._row = row = in_row(on=self, margins=4, spacing=2)
        for part in (self._choice, self._pause, self._keep, self._size, self._fit):
            row.addWidget(part)
        self.set_pause(False, False)
        self.set_keep(False)

    def set_shown(self, choice: str) -> None:
        self._choice.set_choice(choice)

    def set_pause(self, enabled: bool, paused: bool) -> None:
        """Shown while there is something to pause or to go on with."""
        before = self._pausable and self._paused
        self._pausable, self._paused = enabled, paused
        self._show_pause()
        if before != (enabled and paused):
            self.held.emit(enabled and paused)

    def set_changes(self, words: str) -> None:
        """What was changed while paused, that going on would take up; "" for nothing."""
        self._changes = words
        self._show_pause()

    def _show_pause(self) -> None:
        self._pause.setVisible(self._pausable)
        self._pause.set_icon("play" if self._paused else "pause", "accent" if self._paused else "muted")
        self._pause_words, does = going_on(self._changes) if self._paused else ("Pause", "Pause after this step")
        self._pause.setToolTip(tip(said(does, PAUSE.keys)))
        self._pause.setAccessibleName(self._pause_words)
        self._resize()

    def _on_pause(self) -> None:
        signal = self.continue_clicked if self._paused and self._changes else self.pause_clicked
        signal.emit()

    def _next_look(self, by: int) -> None:
        """The next of what can be shown, or the one before."""
        names = [look.id for look in LOOKS]
        self.shown.emit(names[(names.index(self._choice.choice()) + by) % len(names)])

    def set_keep(self, visible: bool) -> None:
        self._keep.setVisible(visible)
        self._resize()

    def set_zoom(self, zoom: float, fitted: bool) -> None:
        """The zoom in device pixels a picture pixel, and whether the picture is fitted."""
        self._zoom_words = f"{zoom * 100:.0f} %"
        self._fit.setChecked(fitted)
        self._fit.set_icon("maximize", "text" if fitted else "muted")
        self._resize()

    def set_zooms(self, zooms: bool) -> None:
        """Whether one picture is shown, which alone has a zoom."""
        self._zooms = zooms
        self._fit.setVisible(zooms)
        self._resize()

    def fit_in(self, width: int) -> None:
        """Gives up words, the least needed first, until the bar is no wider than `width` logical pixels."""
        short = self._pause_words.removesuffix(" with changes")
        for given_up, pause in enumerate((self._pause_words, self._pause_words, short, short, short, "", short)):
            self._pause.set_text(pause)
            self._choice.set_tight(given_up > 3)
            self._choice.set_alone(given_up > 5)
            self._size.setVisible(self._zooms and given_up < 3)
            self._size.set_text("" if given_up else self._zoom_words)
            self._fit.set_text("" if given_up else "Fit")
            self._row.activate()
            if self.sizeHint().width() <= width:
                return

    def _resize(self) -> None:
        self.resized.emit()


class _Caption(QWidget):
    """A line of text that gives way at its end: what counts most, then as many of the other facts as there is room.

    It lies over `canvas`, and has a ground of its own where the picture reaches it.
    """

    def __init__(self, theme: Theme, canvas: Canvas, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._canvas = theme, canvas
        self._parts = self._shown = ("", "")
        theme.changed.connect(self.update)
        self.set_parts("", "")

    def set_parts(self, strong: str, rest: str) -> None:
        self._parts = strong, rest = plain(strong), plain(rest)
        self.setAccessibleName(f"{strong} {rest}".strip())
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit()

    def _fit(self) -> None:
        """What of it is shown; the tooltip has all, and the mouse belongs to the canvas where that is not needed."""
        strong, rest = self._parts
        bold, plain = QFontMetrics(self._theme.font(12, 600)), QFontMetrics(self._theme.font(12))
        first = bold.elidedText(strong, Qt.TextElideMode.ElideRight, self.width() - 2 * AIR)
        room = self.width() - 2 * AIR - bold.horizontalAdvance(f"{first} ")
        facts = rest.split(" · ")
        while facts and plain.horizontalAdvance(" · ".join(facts)) > room:
            facts.pop()
        self._shown = (first, " · ".join(facts))
        whole = self._shown == self._parts
        self.setToolTip("" if whole else tip(f"{strong} {rest}"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, whole)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = AIR
        fonts = (self._theme.font(12, 600), self._theme.font(12))
        if any(self._shown) and self._canvas.reaches(self.geometry()):
            parts = zip(self._shown, fonts, strict=True)
            wide = sum(QFontMetrics(font).horizontalAdvance(f"{text} ") for text, font in parts)
            veil(painter, self.rect().adjusted(0, 0, wide + 2 * AIR - self.width(), 0), self._theme)
        for text, font, colour in zip(self._shown, fonts, ("text", "muted"), strict=True):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
            left += QFontMetrics(font).horizontalAdvance(f"{text} ")


class _Room(QWidget):
    """The canvas with what floats over it."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.canvas = Canvas(theme, self)
        self.caption = _Caption(theme, self.canvas, self)
        self.tools = PictureTools(theme, self.canvas, self)
        self.bar = CanvasBar(theme, self)
        self.noise_bar = NoiseBar(theme, self)
        self.mask_bar = MaskBar(theme, self)
        self.pictures = PicturesSheet(theme, self)
        self.pictures.lower()
        self.canvas.lower()
        self.extend_bar = ExtendBar(theme, self)
        self.bar.resized.connect(self.place)
        self.tools.adjusted.connect(self.place)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.canvas.setGeometry(self.rect())
        self.pictures.setGeometry(self.rect().adjusted(0, HEAD, 0, -FOOT))
        self.tools.set_words(self.width() >= WORDS_FROM)
        self.place()

    def place(self) -> None:
        """Everything in its place; the bar at the foot takes its room from a fitted picture."""
        tools = self.tools.sizeHint() if self.tools.isVisibleTo(self) else QSize(0, 0)
        self.tools.setGeometry(self.width() - tools.width() - 12, 9, tools.width(), max(tools.height(), 28))
        beside, foot, head = max(self.width() - tools.width() - 44, 0), FOOT, HEAD
        if beside < CAPTION:  # below the tools
            beside, head = self.width() - 32, HEAD + BELOW
        self.caption.setGeometry(16 - AIR, 10 + head - HEAD, beside + 2 * AIR, 26)
        for fitting in (self.bar, self.mask_bar):
            fitting.fit_in(self.width() - 2 * BESIDE)
        for bar in (self.bar, self.noise_bar, self.mask_bar, self.extend_bar):
            size = bar.sizeHint()
            width = min(NOISE_WIDTH if bar is self.noise_bar else size.width(), self.width() - 2 * BESIDE)
            bar.setGeometry((self.width() - width) // 2, self.height() - size.height() - 14, width, size.height())
            if bar.isVisibleTo(self):
                foot = max(foot, size.height() + 26)
        self.canvas.set_margins(head, foot)


class Stage(QFrame):
    """Parts: `canvas`, `pictures` (PicturesSheet), `bar` (CanvasBar), `tools` (PictureTools), `noise_bar`, `mask_bar`,
    `extend_bar`, `drop_zones`, `notices` (Notices), `filmstrip`. Signals: `mode_changed(str)`. Setters:
    `set_caption(strong, rest)`,
    `set_finished(bool)` whether the picture is one that the tools can work on, `set_mode(mode)`: "" for a run's bar,
    "noise", "mask" or "extend" for theirs, "sheet" for what `set_sheet(widget)` lays over it all. Reader: `mode()`.
    """

    mode_changed = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._room = _Room(theme)
        self.canvas, self.bar = self._room.canvas, self._room.bar
        self.pictures = self._room.pictures
        self.tools, self.noise_bar, self.mask_bar = self._room.tools, self._room.noise_bar, self._room.mask_bar
        self.extend_bar = self._room.extend_bar
        self.filmstrip = Filmstrip(theme)
        self.notices = Notices(theme, self, top=HEAD)
        self.drop_zones = DropZones(theme, self.canvas)
        self._sheet: QWidget | None = None
        self._mode, self._finished, self.pictures_together, self.caption = "", False, False, ("", "")
        stacked((self._room, 1), rule(), self.filmstrip, on=self, spacing=0)
        self.bar.size_clicked.connect(self.canvas.actual_size)
        self.bar.fit_clicked.connect(self.canvas.fit)
        self.canvas.zoom_changed.connect(self._show_zoom)
        self.canvas.fitted.connect(self._show_zoom)
        self.canvas.filled.connect(self._show_bars)
        self._show_bars()

    def set_caption(self, strong: str, rest: str) -> None:
        """The line at the top: what counts most, then the rest."""
        self.caption = strong, rest
        self._room.caption.set_parts(strong, rest)

    def set_finished(self, finished: bool) -> None:
        """Whether the picture stays as it is, so that its tools are offered."""
        if finished != self._finished:
            self._finished = finished
            self._show_bars()

    def set_together(self, together: bool) -> None:
        """Whether the pictures of the run lie side by side in the canvas's place."""
        if together != self.pictures_together:
            self.pictures_together = together
            self._show_bars()

    def mode(self) -> str:
        return self._mode

    def set_sheet(self, sheet: QWidget) -> None:
        """What covers the whole stage in the mode "sheet"."""
        self._sheet = sheet
        sheet.setParent(self)
        sheet.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._sheet is not None:
            self._sheet.setGeometry(self.rect())

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """What can be done with the step that the canvas shows."""
        if not self._mode:
            self.filmstrip.menu_asked.emit(event.globalPos())

    def set_mode(self, mode: str) -> None:
        """Which bar floats at the foot."""
        if mode != self._mode:
            self._mode = mode
            self._show_bars()
            self.mode_changed.emit(mode)

    def _show_bars(self) -> None:
        together = self.pictures_together and not self._mode
        if together and self.canvas.hasFocus():
            self.setFocus(Qt.FocusReason.OtherFocusReason)  # else the first of the pictures would have it
        self.canvas.setVisible(not together)
        for part, stays in ((self.pictures, together), (self._sheet, self._mode == "sheet")):
            if part is not None and not stays and part.isAncestorOf(self.focusWidget()):
                self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)  # else the next button there is would have it
        self.pictures.setVisible(together)
        filled = self.canvas.picture() is not None
        self.bar.setVisible(filled and not self._mode)
        self.bar.set_zooms(not together)
        self.noise_bar.setVisible(self._mode == "noise")
        self.mask_bar.setVisible(self._mode == "mask")
        self.extend_bar.setVisible(self._mode == "extend")
        self.tools.setVisible(filled and self._finished and not self._mode and not together)
        self._room.place()
        if self._sheet is not None:
            self._sheet.setGeometry(self.rect())
            self._sheet.setVisible(self._mode == "sheet")
            self._sheet.raise_()

    def _show_zoom(self) -> None:
        self.bar.set_zoom(self.canvas.zoom(), self.canvas.is_fitted())


def caption_of(view: View, origin: str, *, lead: int = 0, paused: bool = False) -> tuple[str, str]:
    """A step as the two parts of the caption, what counts most first; `paused` where the run waits at it.

    `lead` are the steps that a branch shares with the picture it leaves.
    """
    took = f" · {view.ms:.0f} ms a step" if view.ms else ""
    facts = f"of {lead + view.of} · {origin} · σ {sigma_words(view.at.ratio)}{took}"
    step = f"step {lead + view.index}"
    return ("Paused", f"at {step} {facts}") if paused else (step.capitalize(), facts)
