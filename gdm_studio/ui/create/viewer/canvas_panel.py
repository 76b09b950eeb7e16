"""Middle of the Create page: the canvas with its caption and floating bars, and the filmstrip of denoising steps."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.create.viewer.canvas import MARGIN, Canvas
from gdm_studio.ui.create.viewer.canvas_colour import CanvasColourButton
from gdm_studio.ui.create.viewer.filmstrip import Filmstrip
from gdm_studio.ui.create.viewer.step_thumbnails import sigma_text
from gdm_studio.ui.denoising_steps.view_modes import canvas_mode_choices, rows, view_mode_choices
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Notices, Segmented, create_tool_button, horizontal_rule, mark
from gdm_studio.ui.widgets.file_drops import DropZones
from gdm_studio.ui.widgets.icon_button import Hotkey
from gdm_studio.ui.widgets.keys import accept_letters
from gdm_studio.ui.widgets.layouts import in_row, put_in_tab_order, stacked
from gdm_studio.ui.widgets.notices import EDGE as NOTICE_EDGE
from gdm_studio.ui.widgets.notices import LEAST_WIDTH, STRIP_HEIGHT
from gdm_studio.ui.widgets.shapes import paint_veil
from gdm_studio.ui.widgets.splitter import Splitter
from gdm_studio.ui.window_actions import (
    ACTUAL_SIZE,
    FIT,
    FORMER_LOOK,
    KEEP_REACHED,
    NEXT_LOOK,
    PAUSE,
    WORDS,
    Action,
    resume_texts,
    with_keys,
)

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.models.model_card import ModelCard
    from gdm_studio.request.generation_events import View
    from gdm_studio.ui.create.outpainting.bar import ExtendBar
    from gdm_studio.ui.create.sketch.bar import SketchBar
    from gdm_studio.ui.create.viewer.batch_sheet import PicturesSheet
    from gdm_studio.ui.create.viewer.brush import Brush
    from gdm_studio.ui.create.viewer.canvas_bars import MaskBar, NoiseBar, PictureTools
    from gdm_studio.ui.create.viewer.welcome import Welcome

# Space for the caption above and the bar below a fitted image, in logical pixels.
TOP, BOTTOM = 48, 64
NOISE_WIDTH = 540
# Minimum margin on each side of the bar.
SIDE_MARGIN = 8
# Space beside the tools, in logical pixels.
TOOLS_MARGIN = 12
# Room that the tools leave for the caption, which begins with the number of a step.
CAPTION_ROOM = 96
# Height of the icon and the text of the empty canvas above the examples, and in an area narrower than NARROW.
TEXT_HEIGHT, NARROW_TEXT_HEIGHT, NARROW = 150, 184, 400
# Height of the canvas from which the filmstrip has larger thumbnails.
TALL = 960
# Width of the divider between the two canvases.
DIVIDER = 9
# Margin beside and below each of two images, in logical pixels. Alone, an image has a wider one.
SPLIT_EDGE = 10
# Padding between the caption and the end of its background.
PADDING = 8


# A part of the canvas area.
Part = TypeVar("Part", bound=QWidget)


class CanvasBar(QFrame):
    """Bar below the displayed image with buttons for view modes, pause and zoom. The key V cycles through the view
    modes. Their buttons are folded until the user opens them: only the current mode has one.

    Signals: `view_mode_chosen(str)`; `pause_clicked()`; `continue_clicked()` to resume with the settings changed while
    paused; `keep_clicked()`; `words_clicked()` for the effect of each word; `size_clicked()` for 1:1; `fit_clicked()`;
    `paused_changed(bool)`, True when a run is paused. `colour` chooses the canvas colour.
    """

    view_mode_chosen = Signal(str)
    pause_clicked = Signal()
    continue_clicked = Signal()
    keep_clicked = Signal()
    words_clicked = Signal()
    paused_changed = Signal(bool)
    size_clicked = Signal()
    fit_clicked = Signal()
    resized = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "bar")
        self.setAccessibleName(self.tr("Toolbar of the picture"))
        modes = [replace(look, summary=with_keys(look.summary, NEXT_LOOK.keys)) for look in canvas_mode_choices()]
        self._choice = Segmented(theme, modes, name=self.tr("View mode"))
        self._choice.chosen.connect(self.view_mode_chosen)
        for action, by in ((NEXT_LOOK, 1), (FORMER_LOOK, -1)):
            Hotkey(action, self._choice).activated.connect(partial(self._cycle_view_mode, by))
        # True if all view modes have buttons.
        self.are_modes_open = True
        self._choice.unfold_asked.connect(lambda: self.unfold_modes(True))
        self._fold_mark = mark(theme, "chevron-right", "", size=14)
        self._fold_mark.clicked.connect(lambda: self.unfold_modes(not self.are_modes_open))
        # A narrow bar has no room for their buttons.
        for action, clicked in ((ACTUAL_SIZE, self.size_clicked), (FIT, self.fit_clicked)):
            Hotkey(action, self).activated.connect(partial(self._on_zoom_key, clicked))
        self._pausable = False
        self._paused = False
        self._changes = ""
        self._pause_words = self.tr("Pause")
        # Shorter text of the pause button.
        self._pause_short = self._pause_words
        self._zoom_words = "100 %"
        self._zooms = True
        # What the labels were shortened for, and the widths that the bar has had since.
        self._fitted_state: tuple[tuple[object, ...], tuple[int, int]] | None = None
        self._pause_button = create_tool_button(theme, Action(self._pause_words, icon="pause").bind(self._on_pause))
        self._keep_button = create_tool_button(theme, KEEP_REACHED.bind(self.keep_clicked.emit))
        # The key of this action works without the button, too.
        self.words = create_tool_button(theme, WORDS.keyless.bind(self.words_clicked.emit))
        self.words.setToolTip(tip(WORDS.tooltip))
        self._size_button = create_tool_button(theme, ACTUAL_SIZE.keyless.bind(self.size_clicked.emit))
        self._size_button.setToolTip(tip(ACTUAL_SIZE.tooltip))
        self._fit_button = create_tool_button(theme, FIT.keyless.bind(self.fit_clicked.emit), checkable=True)
        self._fit_button.setToolTip(tip(FIT.tooltip))
        self.colour = CanvasColourButton(theme)
        self._row = row = in_row(on=self, margins=4, spacing=2)
        for part in (
            self._choice,
            self._fold_mark,
            self._size_button,
            self._fit_button,
            self.colour,
            self._keep_button,
            self.words,
            self._pause_button,
        ):
            row.addWidget(part)
        self.unfold_modes(False)
        self.set_pause(False, False)
        self._keep_button.hide()
        self.set_words(False)

    def set_has_steps(self, has_steps: bool) -> None:
        """Enable the view modes, which show a step in several ways. An image without steps, such as a start image, has
        one view.
        """
        self._choice.setEnabled(has_steps)
        self._fold_mark.setEnabled(has_steps)

    def unfold_modes(self, are_open: bool) -> None:
        """Show a button for each view mode, or only that of the current mode."""
        if are_open == self.are_modes_open:
            return
        self.are_modes_open = are_open
        self._choice.set_folded(not are_open)
        self._fold_mark.set_icon("chevron-left" if are_open else "chevron-right")
        hint = self.tr("Show only the current view") if are_open else self.tr("Show all views: noise, difference, both")
        self._fold_mark.setToolTip(tip(with_keys(hint, NEXT_LOOK.keys)))
        self._fold_mark.setAccessibleName(hint)
        self._resize()

    def set_view_mode(self, choice: str) -> None:
        if choice != self._choice.choice():
            self._choice.set_choice(choice)
            # The button of the current mode may be the only one, and has another width now.
            self._resize()

    def set_pause(self, enabled: bool, paused: bool) -> None:
        """Show a button that pauses or resumes the running job, or hide it if no job can be paused.

        Emits `paused_changed` on a change.
        """
        before = self._pausable and self._paused
        self._pausable = enabled
        self._paused = paused
        self._show_pause()
        if before != (enabled and paused):
            self.paused_changed.emit(enabled and paused)

    def set_changes(self, words: str) -> None:
        """Set the part of the Resume button's label that mentions settings changed during a pause. "" removes it."""
        self._changes = words
        self._show_pause()

    def _show_pause(self) -> None:
        self._pause_button.setVisible(self._pausable)
        self._pause_button.set_icon("play" if self._paused else "pause", "accent" if self._paused else "muted")
        if self._paused:
            self._pause_words, tooltip = resume_texts(self._changes)
            self._pause_short = self.tr("Continue") if self._changes else self._pause_words
        else:
            self._pause_words = self._pause_short = self.tr("Pause")
            tooltip = self.tr("Pause after this step")
        self._pause_button.setToolTip(tip(with_keys(tooltip, PAUSE.keys)))
        self._pause_button.setAccessibleName(self._pause_words)
        self._resize()

    def _on_pause(self) -> None:
        signal = self.continue_clicked if self._paused and self._changes else self.pause_clicked
        signal.emit()

    def _cycle_view_mode(self, by: int) -> None:
        """Request the view mode that is `by` positions after the current one, cycling through all modes."""
        current = self._choice.choice()
        names = [look.id for look in canvas_mode_choices()]
        if not self._zooms:
            # Images side by side have no split view, and show its predicted image.
            current = rows(current)[-1]
            names = [look.id for look in view_mode_choices()]
        self.view_mode_chosen.emit(names[(names.index(current) + by) % len(names)])

    def _on_zoom_key(self, clicked: SignalInstance) -> None:
        if self._zooms:
            clicked.emit()

    def set_keep(self, visible: bool, refusal: str = "") -> None:
        """Show or hide the Keep button. With the reason `refusal`, it is disabled and keeps its place."""
        self._keep_button.setEnabled(not refusal)
        self._keep_button.setProperty("refused", refusal)
        self._keep_button.setToolTip(tip(refusal or KEEP_REACHED.tooltip))
        # Laying out the bar takes long.
        if visible is self._keep_button.isHidden():
            self._keep_button.setVisible(visible)
            self._resize()

    def set_words(self, visible: bool) -> None:
        """Show or hide the button for viewing the effect of each prompt word on the image."""
        if visible is not self.words.isVisibleTo(self):
            self.words.setVisible(visible)
            self._resize()

    def set_zoom(self, zoom: float, fitted: bool) -> None:
        """Show the image's zoom in device pixels per image pixel, and whether the image is fitted to the canvas."""
        words = f"{zoom * 100:.0f} %"
        if (words, fitted) == (self._zoom_words, self._fit_button.isChecked()):
            # Each image of a run is fitted again, and laying out the bar takes long.
            return
        self._zoom_words = words
        self._fit_button.setChecked(fitted)
        self._fit_button.set_icon("maximize", "text" if fitted else "muted")
        self._resize()

    def set_zooms(self, zooms: bool) -> None:
        """Show the zoom buttons, or hide them while several images are shown side by side."""
        self._zooms = zooms
        self._fit_button.setVisible(zooms and not self._fit_button.isChecked())
        self._resize()

    def fit_in(self, width: int) -> None:
        """Shorten or hide button labels, least important first, until the bar is at most `width` logical pixels
        wide.
        """
        texts = (self._pause_words, self._pause_short, self._zoom_words, self._zooms, self._fit_button.isChecked())
        state = (width, *texts, *(part.isHidden() for part in (self.words, self._keep_button, self._pause_button)))
        # Each step of a run asks for it, and the shorter labels need other styles, which take long to apply.
        if (state, self.widths()) != self._fitted_state:
            self._shorten(width)
            self._fitted_state = (state, self.widths())

    def _shorten(self, width: int) -> None:
        short = self._pause_short
        for level, pause in enumerate((self._pause_words, self._pause_words, short, short, short, "", "", short)):
            self._pause_button.set_text(pause)
            self._choice.set_tight(level > 3)
            self._choice.set_alone(level > 6)
            self._fold_mark.setVisible(level <= 5)
            self._size_button.setVisible(self._zooms and level < 3)
            self._size_button.set_text("" if level else self._zoom_words)
            # A fitted image needs no button that fits it.
            self._fit_button.setVisible(self._zooms and level != 6 and not self._fit_button.isChecked())
            self._fit_button.set_text("" if level else self.tr("Fit"))
            self.words.set_text("" if level > 1 else self.tr("Words"))
            self._row.activate()
            if self.widths()[1] <= width:
                return

    def widths(self) -> tuple[int, int]:
        """Return the width of the bar without the buttons that appear only during a job, and its width with the pause
        button.

        Both are in logical pixels.
        """
        whole = self.sizeHint().width()
        buttons = (self.words, self._keep_button, self._pause_button)
        run = [part.sizeHint().width() + self._row.spacing() for part in buttons if not part.isHidden()]
        idle = whole - sum(run)
        return idle, max(whole, idle + self._pause_button.sizeHint().width() + self._row.spacing())

    def _resize(self) -> None:
        self.resized.emit()


class _Caption(QWidget):
    """Caption of the displayed image over the canvas, which omits details at its end in a narrow window.

    It has a background only where it overlaps the image.
    """

    def __init__(self, theme: Theme, area: _CanvasArea) -> None:
        super().__init__(area)
        self._theme = theme
        self._area = area
        self._parts = self._shown_parts = ("", "")
        theme.changed.connect(self.update)
        self.set_parts("", "")

    def set_parts(self, strong: str, rest: str) -> None:
        self._parts = strong, rest = plain(strong), plain(rest)
        self.setAccessibleName(f"{strong} {rest}".strip())
        self._fit_button()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_button()

    def _fit_button(self) -> None:
        """Show as much of the caption as fits, with the full caption in the tooltip if details are omitted.

        A caption without a tooltip passes mouse events to the canvas.
        """
        strong, rest = self._parts
        bold, plain = QFontMetrics(self._theme.font(12, 600)), QFontMetrics(self._theme.font(12))
        first = bold.elidedText(strong, Qt.TextElideMode.ElideRight, self.width() - 2 * PADDING)
        room = self.width() - 2 * PADDING - bold.horizontalAdvance(f"{first} ")
        facts = rest.split(" · ")
        while facts and plain.horizontalAdvance(" · ".join(facts)) > room:
            facts.pop()
        self._shown_parts = (first, " · ".join(facts))
        whole = self._shown_parts == self._parts
        self.setToolTip("" if whole else tip(f"{strong} {rest}"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, whole)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        left = PADDING
        fonts = (self._theme.font(12, 600), self._theme.font(12))
        if any(self._shown_parts) and self._area.overlaps(self.geometry()):
            parts = zip(self._shown_parts, fonts, strict=True)
            wide = sum(QFontMetrics(font).horizontalAdvance(f"{text} ") for text, font in parts)
            paint_veil(painter, self.rect().adjusted(0, 0, wide + 2 * PADDING - self.width(), 0), self._theme)
        for text, font, colour in zip(self._shown_parts, fonts, ("text", "muted"), strict=True):
            painter.setFont(font)
            painter.setPen(self._theme.colour(colour))
            painter.drawText(self.rect().adjusted(left, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
            left += QFontMetrics(font).horizontalAdvance(f"{text} ")


class _CanvasArea(QWidget):
    """Container for the canvas and for the caption, tools and bars that float over it.

    Parts that an empty canvas does not show are created when they are first needed. `noisy` is a second canvas, which
    shows the noisy image of the same step, or the sketch.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.panes = Splitter(theme, names=[self.tr("Divider between the pictures")], width=DIVIDER, parent=self)
        self.noisy = Canvas(theme)
        self.canvas = Canvas(theme)
        # Share of the room for the noisy image, from 0 to 1.
        self.share = 0.5
        for pane in (self.noisy, self.canvas):
            self.panes.addWidget(pane)
        self.noisy.hide()
        self.noisy.setAccessibleName(self.tr("Noisy picture"))
        self.caption = _Caption(theme, self)
        self.bar = CanvasBar(theme, self)
        self.panes.lower()
        self._theme = theme
        # Parts that were created, by name.
        self._parts: dict[str, QWidget] = {}
        # False until the first resize event, before which the size is Qt's default.
        self._is_sized = False
        self.bar.resized.connect(self.place)
        self.panes.splitterMoved.connect(self._on_divider_moved)
        # A click between the pictures is one on them, after which Space and the arrow keys act on the steps.
        self.panes.pressed.connect(lambda: self.canvas.setFocus(Qt.FocusReason.MouseFocusReason))
        self.panes.reset_asked.connect(lambda: self.share_room(0.5))
        self.canvas.view_moved.connect(lambda: self._adopt_view(self.noisy, self.canvas))
        self.noisy.view_moved.connect(lambda: self._adopt_view(self.canvas, self.noisy))
        self.noisy.panels_toggled.connect(self.canvas.panels_toggled)

    @cached_property
    def tools(self) -> PictureTools:
        from gdm_studio.ui.create.viewer.canvas_bars import PictureTools

        tools = self._add_part("tools", PictureTools(self._theme, self.overlaps, self), after=self.panes)
        tools.adjusted.connect(self.place)
        return tools

    @cached_property
    def noise_bar(self) -> NoiseBar:
        from gdm_studio.ui.create.viewer.canvas_bars import NoiseBar

        return self._add_part("noise", NoiseBar(self._theme, self), after=self.bar)

    @cached_property
    def mask_bar(self) -> MaskBar:
        from gdm_studio.ui.create.viewer.canvas_bars import MaskBar

        return self._add_part("mask", MaskBar(self._theme, self), after=self.bar)

    @cached_property
    def extend_bar(self) -> ExtendBar:
        from gdm_studio.ui.create.outpainting.bar import ExtendBar

        return self._add_part("extend", ExtendBar(self._theme, self), after=self.bar)

    @cached_property
    def sketch_bar(self) -> SketchBar:
        from gdm_studio.ui.create.sketch.bar import SketchBar

        return self._add_part("sketch", SketchBar(self._theme, self), after=self.bar)

    @cached_property
    def pictures(self) -> PicturesSheet:
        from gdm_studio.ui.create.viewer.batch_sheet import PicturesSheet

        sheet = self._add_part("pictures", PicturesSheet(self._theme, self), after=self.bar)
        sheet.set_tab_order_after(self.bar)
        sheet.lower()
        self.panes.lower()
        self._place_sheet(sheet)
        return sheet

    @cached_property
    def welcome(self) -> Welcome:
        from gdm_studio.ui.create.viewer.welcome import Welcome

        return self._add_part("welcome", Welcome(self._theme, self), after=self.bar)

    def _add_part(self, name: str, part: Part, *, after: QWidget) -> Part:
        part.hide()
        self._parts[name] = part
        put_in_tab_order(part, after=after)
        return part

    def part(self, name: str) -> QWidget | None:
        """Return the part with this name ("tools", "noise", "mask", "extend", "sketch", "pictures" or "welcome"), or
        None if it was not needed yet.
        """
        return self._parts.get(name)

    def is_shown(self, name: str) -> bool:
        """Return True if this part exists and is not hidden."""
        part = self._parts.get(name)
        return part is not None and part.isVisibleTo(self)

    def overlaps(self, place: QRect) -> bool:
        """Return whether an image overlaps the rectangle `place`, so that a floating widget there needs a
        background.
        """
        return any(
            canvas.isVisible() and canvas.overlaps(place.translated(-canvas.mapTo(self, QPoint(0, 0))))
            for canvas in (self.noisy, self.canvas)
        )

    def show_noisy(self, rgba: np.ndarray | None) -> None:
        """Show the noisy image of a denoising step beside the predicted one, with a title over each.

        None hides the noisy image.
        """
        was_shown = not self.noisy.isHidden()
        is_shown = rgba is not None
        if is_shown:
            self.noisy.show_picture(rgba)
        if is_shown == was_shown:
            return
        self._show_second(is_shown, self.tr("Noisy picture"), translate("ViewModes", "Noisy"))
        self.canvas.set_title(translate("ViewModes", "Predicted") if is_shown else "")

    def show_sketch(self, sketch: tuple[np.ndarray, Brush] | None) -> None:
        """Show a sketch in the place of the noisy image: its paper, RGBA (height, width, 4), and the brush that paints
        on it. None hides the sketch.
        """
        if sketch is None:
            if (tool := self.noisy.tool()) is not None:
                # The button may still be held, and the hidden canvas does not hear of its release.
                tool.release()
            self.noisy.set_tool(None)
            self._show_second(False)
            return
        paper, brush = sketch
        if self.noisy.picture() is not paper:
            self.noisy.show_picture(paper)
        if self.noisy.tool() is not brush:
            self.noisy.set_tool(brush)
            self.canvas.set_title("")
            self._show_second(True, self.tr("Sketch"), self.tr("Sketch"))

    def _show_second(self, is_shown: bool, name: str = "", title: str = "") -> None:
        """Show the second canvas with an accessible name and a title above its image, or hide it."""
        if not is_shown and self.noisy.hasFocus():
            self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self.noisy.setVisible(is_shown)
        self.noisy.set_title(title if is_shown else "")
        if is_shown:
            self.noisy.setAccessibleName(name)
        self._adopt_view(self.noisy, self.canvas)
        self.share_room(self.share)

    def _adopt_view(self, canvas: Canvas, other: Canvas) -> None:
        """Give a canvas the zoom and position of the other one, if both images have the same size."""
        picture, others = canvas.picture(), other.picture()
        if picture is not None and others is not None and picture.shape[:2] == others.shape[:2]:
            canvas.adopt_view(other)

    def share_room(self, share: float) -> None:
        """Move the divider to give the noisy image this fraction of the space beside the predicted image."""
        self.share = share
        room = self.panes.width() if self.panes.orientation() == Qt.Orientation.Horizontal else self.panes.height()
        self.panes.setSizes([round(share * room), round((1 - share) * room)])

    def _on_divider_moved(self) -> None:
        first, second = self.panes.sizes()
        self.share = first / max(first + second, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.panes.setGeometry(self.rect())
        self.panes.setOrientation(self._split_orientation())
        self.share_room(self.share)
        if (sheet := self.part("pictures")) is not None:
            self._place_sheet(sheet)
        self._is_sized = True
        self.place()

    def _place_sheet(self, sheet: QWidget) -> None:
        sheet.setGeometry(self.rect().adjusted(0, TOP, 0, -BOTTOM))

    def _split_orientation(self) -> Qt.Orientation:
        """Return the direction of the split view in which two square images are larger: side by side (Horizontal) or
        stacked (Vertical).
        """
        bars = TOP + BOTTOM
        heads = MARGIN + SPLIT_EDGE
        beside = min((self.width() - DIVIDER) // 2 - 2 * SPLIT_EDGE, self.height() - bars - heads)
        stacked = min(self.width() - 2 * SPLIT_EDGE, (self.height() - DIVIDER - bars) // 2 - heads)
        return Qt.Orientation.Vertical if stacked > beside else Qt.Orientation.Horizontal

    def place(self) -> None:
        """Position the caption, tools and bars over the canvas, and reserve space below a fitted image for the bar."""
        if not self._is_sized:
            return
        tools = QSize(0, 0)
        if self.part("tools") is not None:
            self.tools.fit_in(self.width() - 2 * TOOLS_MARGIN - CAPTION_ROOM)
            tools = self.tools.sizeHint() if self.is_shown("tools") else tools
            left = self.width() - tools.width() - TOOLS_MARGIN
            self.tools.setGeometry(left, 9, tools.width(), max(tools.height(), 28))
        beside = max(self.width() - tools.width() - 44, 0)
        foot = BOTTOM
        head = TOP
        # The caption is as long as both images are wide, and a divider would cross it.
        self.panes.set_head(head)
        self.caption.setGeometry(16 - PADDING, 10, beside + 2 * PADDING, 26)
        self.bar.fit_in(self.width() - 2 * SIDE_MARGIN)
        if self.part("mask") is not None:
            self.mask_bar.fit_in(self.width() - 2 * SIDE_MARGIN)
        if self.part("sketch") is not None:
            self.sketch_bar.fit_in(self.width() - 2 * SIDE_MARGIN)
        for bar in (self.bar, *map(self.part, ("noise", "mask", "extend", "sketch"))):
            if bar is None:
                continue
            size = bar.sizeHint()
            width = NOISE_WIDTH if bar is self.part("noise") else size.width()
            width = min(width, self.width() - 2 * SIDE_MARGIN)
            left = (self.width() - width) // 2
            if bar is self.bar:
                # The buttons of a run extend the bar to the right, so that the others never move.
                idle, running = self.bar.widths()
                left = max(min((self.width() - idle) // 2, self.width() - SIDE_MARGIN - running), SIDE_MARGIN)
            bar.setGeometry(left, self.height() - size.height() - 14, width, size.height())
            if bar.isVisibleTo(self):
                foot = max(foot, size.height() + 26)
        if self.is_shown("welcome"):
            head, foot = self._place_welcome()
        is_split = not self.noisy.isHidden()
        is_vertical = is_split and self.panes.orientation() == Qt.Orientation.Vertical
        self.noisy.set_margins(head, 0 if is_vertical else foot, edge=SPLIT_EDGE)
        self.canvas.set_margins(0 if is_vertical else head, foot, edge=SPLIT_EDGE if is_split else MARGIN)

    def _place_welcome(self) -> tuple[int, int]:
        """Centre the empty canvas's text and the example prompts below it.

        Return the margins above and below the text.
        """
        text = TEXT_HEIGHT if self.width() >= NARROW else NARROW_TEXT_HEIGHT
        space = self.height() - 2 * SIDE_MARGIN - text
        size = self.welcome.fit_in(self.width() - 2 * SIDE_MARGIN, space)
        top = SIDE_MARGIN + max(0, (space - size.height()) // 2)
        self.welcome.setGeometry(SIDE_MARGIN, top + text, size.width(), size.height())
        return top, self.height() - top - text


class CanvasPanel(QFrame):
    """Middle part of the Create page, which shows the image on the canvas with floating bars and the filmstrip below.

    The mode determines which bar or sheet is visible; see `set_mode`. Signals: `mode_changed(str)`, and
    `example_picked(Example)` for an example prompt on the empty canvas.
    """

    mode_changed = Signal(str)
    example_picked = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        # The panel has the focus while its pictures are side by side.
        self.setAccessibleName(self.tr("Picture area"))
        accept_letters(self)
        self._area = _CanvasArea(theme)
        self.canvas = self._area.canvas
        self.bar = self._area.bar
        self._offers_examples = False
        # True while an image is being generated, which the empty canvas does not ask for.
        self._is_running = False
        # The model whose examples are offered.
        self._example_card: ModelCard | None = None
        self.filmstrip = Filmstrip(theme)
        self.notices = Notices(theme, self, area=self._notice_area)
        self.notices.follow(self.filmstrip, self.filmstrip.title)
        self.drop_zones = DropZones(theme, self._area.panes)
        self._batch_sheet: QWidget | None = None
        self._mode = ""
        # Noisy image of the step on the canvas if both are shown.
        self._noisy: np.ndarray | None = None
        # Paper and brush of the sketch beside the image, if the user is sketching.
        self._sketch: tuple[np.ndarray, Brush] | None = None
        self._is_finished = False
        self.is_side_by_side = False
        self.caption = ("", "")
        stacked((self._area, 1), horizontal_rule(), self.filmstrip, on=self, spacing=0)
        self.bar.size_clicked.connect(self.canvas.show_actual_size)
        self.bar.fit_clicked.connect(self.canvas.fit)
        self.canvas.zoom_changed.connect(self._show_zoom)
        self.canvas.fitted.connect(self._show_zoom)
        self.canvas.filled.connect(self._show_bars)
        self._show_bars()

    @property
    def pictures(self) -> PicturesSheet:
        """All images of the job side by side."""
        return self._area.pictures

    @property
    def tools(self) -> PictureTools:
        """Tools for a finished image."""
        return self._area.tools

    @property
    def noise_bar(self) -> NoiseBar:
        """Bar that the canvas shows in the mode "noise"."""
        return self._area.noise_bar

    @property
    def mask_bar(self) -> MaskBar:
        """Bar that the canvas shows in the mode "mask"."""
        return self._area.mask_bar

    @property
    def extend_bar(self) -> ExtendBar:
        """Bar that the canvas shows in the mode "extend"."""
        return self._area.extend_bar

    @property
    def sketch_bar(self) -> SketchBar:
        """Bar that the canvas shows beside a sketch."""
        return self._area.sketch_bar

    @property
    def sketch_canvas(self) -> Canvas:
        """Canvas on which the user sketches."""
        return self._area.noisy

    @property
    def welcome(self) -> Welcome:
        """Example prompts on the empty canvas."""
        if self._area.part("welcome") is None:
            self._area.welcome.picked.connect(self.example_picked)
            if self._example_card is not None:
                self._area.welcome.set_card(self._example_card)
        return self._area.welcome

    def set_caption(self, strong: str, rest: str) -> None:
        """Set the caption of the displayed image. `strong` is always visible, whereas details in `rest` may be omitted
        in a narrow window.
        """
        self.caption = strong, rest
        self._area.caption.set_parts(strong, rest)

    def show_examples(self, offered: bool) -> None:
        """Show the model's example prompts while the canvas is empty, or hide them."""
        if offered != self._offers_examples:
            self._offers_examples = offered
            self._show_bars()

    def set_running(self, is_running: bool) -> None:
        """Show the cells of the steps that a run has still to compute, or hide them.

        An empty canvas shows no hint while it waits for the first step.
        """
        self.filmstrip.set_running(is_running)
        if is_running != self._is_running:
            self._is_running = is_running
            self.canvas.set_hinting(not is_running)
            self._show_bars()

    def set_example_card(self, card: ModelCard) -> None:
        """Set the model card whose example prompts are shown on the empty canvas."""
        self._example_card = card
        if self._area.part("welcome") is not None:
            self._area.welcome.set_card(card)
            self._area.place()

    def show_noisy(self, rgba: np.ndarray | None) -> None:
        """Show a denoising step's noisy image beside the predicted image on the canvas. None hides it."""
        if rgba is not self._noisy:
            self._noisy = rgba
            self._show_noisy()

    def noisy(self) -> np.ndarray | None:
        """Return the noisy image that is visible beside the predicted image on the canvas, or None."""
        is_hidden = self._area.noisy.isHidden() or self._area.noisy.tool() is not None
        return None if is_hidden else self._area.noisy.picture()

    def show_sketch(self, paper: np.ndarray, brush: Brush) -> None:
        """Show a sketch beside the image: its paper, RGBA (height, width, 4), and the brush that paints on it."""
        self._sketch = paper, brush
        self._show_bars()

    def hide_sketch(self) -> None:
        """Show only the image again, and move the keyboard focus to it."""
        self._sketch = None
        self._show_bars()
        self.setFocus()

    def is_sketching(self) -> bool:
        """Return True while a sketch is shown beside the image, or would be but for a view that covers both."""
        return self._sketch is not None

    def noisy_share(self) -> float:
        """Return the fraction of the split view that the noisy image occupies, beside the predicted image."""
        return self._area.share

    def set_noisy_share(self, share: float) -> None:
        """Set the fraction of the split view that the noisy image occupies, which takes effect now or when the view is
        next shown.
        """
        self._area.share_room(share)

    def set_finished(self, finished: bool) -> None:
        """Show the tools for finished images over the canvas, or hide them while the image is being generated."""
        if finished != self._is_finished:
            self._is_finished = finished
            self._show_bars()

    def show_side_by_side(self, together: bool) -> None:
        """Show all images of the job side by side, or a single image again."""
        if together != self.is_side_by_side:
            self.is_side_by_side = together
            self._show_bars()

    def mode(self) -> str:
        return self._mode

    def lacks_choice(self) -> bool:
        """Return True if the tools for finished images are hidden until the user chooses one of several images."""
        return self._is_finished and self.is_side_by_side and not self._mode

    def set_sheet(self, sheet: QWidget) -> None:
        """Set the widget that covers the canvas and the filmstrip in the mode "sheet", such as the view of
        variations.
        """
        self._batch_sheet = sheet
        sheet.setParent(self)
        sheet.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.filmstrip.set_tall(self.height() >= TALL)
        if self._batch_sheet is not None:
            self._batch_sheet.setGeometry(self.rect().adjusted(0, 0, 0, -STRIP_HEIGHT))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the displayed denoising step's context menu."""
        if not self._mode:
            self.filmstrip.menu_asked.emit(event.globalPos())

    def set_mode(self, mode: str) -> None:
        """Set the mode of the canvas, which determines the bar that appears over the canvas.

        "" shows the job's bar, and "noise", "mask" or "extend" that tool's bar. "sheet" shows the widget of `set_sheet`
        over the whole canvas.
        """
        if mode != self._mode:
            self._mode = mode
            self._show_bars()
            self.mode_changed.emit(mode)

    def _notice_area(self) -> QRect:
        """Return the rectangle at whose bottom edge notices are: over the film strip's header, beside its buttons, over
        its steps if the header has too little room, or in the strip that the sheet of a batch leaves free.
        """
        header = QRect(self.filmstrip.title.mapTo(self, QPoint()), self.filmstrip.title.size())
        if self._mode == "sheet" or header.right() < LEAST_WIDTH:
            return self.rect()
        return QRect(0, 0, header.right() + 1, header.bottom() + 1 + NOTICE_EDGE)

    def _show_bars(self) -> None:
        together = self.is_side_by_side and not self._mode
        if together and self.canvas.hasFocus():
            # Otherwise Qt would focus the first image.
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_covered_parts(self._mode != "sheet")
        self.canvas.setVisible(not together)
        for part, stays in ((self._area.part("pictures"), together), (self._batch_sheet, self._mode == "sheet")):
            if part is not None and not stays and part.isAncestorOf(self.focusWidget()):
                # Otherwise Qt would focus the next button.
                self.canvas.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_part("pictures", together)
        filled = self.canvas.picture() is not None
        self._show_noisy()
        shows_sketch = self._sketch is not None and not self._mode and not together
        self.bar.setVisible(filled and not self._mode and not shows_sketch)
        has_room = not self._mode and not together and not shows_sketch
        self._show_part("welcome", self._offers_examples and not filled and has_room and not self._is_running)
        self._show_part("sketch", shows_sketch)
        self.bar.set_zooms(not together)
        for mode in ("noise", "mask", "extend"):
            self._show_part(mode, self._mode == mode)
        self._show_part("tools", filled and self._is_finished and not self._mode and not together)
        self._area.place()
        if self._batch_sheet is not None:
            self._batch_sheet.setGeometry(self.rect().adjusted(0, 0, 0, -STRIP_HEIGHT))
            self._batch_sheet.setVisible(self._mode == "sheet")
            self._batch_sheet.raise_()

    def _show_covered_parts(self, shown: bool) -> None:
        """Show the parts that the sheet covers, or hide them, so that neither the keyboard nor a screen reader reaches
        them below it.
        """
        for part in (self._area, self.filmstrip):
            if not shown and part.isAncestorOf(self.focusWidget()):
                self.setFocus(Qt.FocusReason.OtherFocusReason)
            part.setVisible(shown)

    def _show_part(self, name: str, shown: bool) -> None:
        """Show a part of the canvas area, or hide it if it exists."""
        created = {
            "noise": lambda: self.noise_bar,
            "mask": lambda: self.mask_bar,
            "extend": lambda: self.extend_bar,
            "sketch": lambda: self.sketch_bar,
            "tools": lambda: self.tools,
            "pictures": lambda: self.pictures,
            "welcome": lambda: self.welcome,
        }
        if shown or self._area.part(name) is not None:
            created[name]().setVisible(shown)

    def _show_noisy(self) -> None:
        is_free = not self._mode and not self.is_side_by_side
        was_shown = not self._area.noisy.isHidden()
        if self._sketch is not None and is_free:
            self._area.show_sketch(self._sketch)
        else:
            if self._area.noisy.tool() is not None:
                self._area.show_sketch(None)
            is_filled = self.canvas.picture() is not None
            self._area.show_noisy(self._noisy if is_free and is_filled else None)
        if was_shown == self._area.noisy.isHidden():
            self._area.place()

    def _show_zoom(self) -> None:
        self.bar.set_zoom(self.canvas.zoom(), self.canvas.is_fitted())


def caption_of(view: View, origin: str, *, lead: int = 0, paused: bool = False) -> tuple[str, str]:
    """Return a denoising step's caption in two parts, such as "Step 3" and "of 20 · seed 7 · σ 1.2".

    `lead` is the number of steps that a branch shares with its parent and that are not shown. `paused` means that the
    job is paused at this step.
    """
    number, steps = lead + view.index, lead + view.of
    facts = [origin, f"σ {sigma_text(view.at.ratio)}"]
    if view.ms:
        facts.append(translate("CanvasPanel", "{milliseconds} ms a step").format(milliseconds=f"{view.ms:.0f}"))
    if paused:
        strong = translate("CanvasPanel", "Paused")
        place = translate("CanvasPanel", "at step {number} of {steps}").format(number=number, steps=steps)
    else:
        strong = translate("CanvasPanel", "Step {number}").format(number=number)
        place = translate("CanvasPanel", "of {steps}").format(steps=steps)
    return strong, " · ".join([place, *facts])
