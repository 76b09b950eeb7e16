"""Section of the settings panel for the regions: a map on which they are drawn, and a row for each."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QMouseEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.request.regions import MAX_REGIONS, WEIGHTS, Region
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.regions.boxes import REACH, RegionBoxes, region_colour
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Collapsible, IconButton, SliderRow, label, mark, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

MAP_SIDE = 168
MARGIN = 2


class RegionSection(Collapsible):
    """Folded section with the regions of the next images.

    Signals: `changed()` when the user edits the regions, and `draw_toggled(bool)` to draw them on the canvas.
    """

    changed = Signal()
    draw_toggled = Signal(bool)

    def __init__(self, theme: Theme, request_draft: RequestDraft) -> None:
        super().__init__(theme, title=translate("Setting", SETTINGS["regions"].title))
        self._theme = theme
        self._request_draft = request_draft
        self.boxes = RegionBoxes(self)
        self.map = RegionMap(theme, self.boxes)
        self._region_rows: list[RegionRow] = []
        self.add_button = _chip(theme, "plus", self.tr("Add region"), self.tr("A box with its own prompt"))
        self.draw_button = _chip(theme, "pencil", self.tr("Draw"), self.tr("Draw the regions on the picture"))
        self.draw_button.setCheckable(True)
        self.undo_button = mark(theme, "undo-2", self.tr("Undo the last change of the regions"), size=14)
        self.clear_button = mark(theme, "x", self.tr("Remove all"), size=14)
        hint = wrapped(self.tr("Drag to draw a box; the prompt above describes the rest."), "muted")
        self._list = QWidget()
        self._region_column = stacked(on=self._list, spacing=6)
        buttons = QWidget()
        in_row(self.add_button, self.draw_button, ..., self.undo_button, self.clear_button, on=buttons, spacing=4)
        self.add(hint, self.map, self._list, buttons)
        self.add_button.clicked.connect(lambda: self.boxes.add())
        self.draw_button.toggled.connect(self.draw_toggled)
        self.undo_button.clicked.connect(self.boxes.undo)
        self.clear_button.clicked.connect(lambda: self.boxes.edit(()))
        self.boxes.updated.connect(self._show)
        self.boxes.changed.connect(self._on_edit)
        request_draft.listen("regions", self.boxes.set_regions)
        request_draft.listen("size", lambda size: self.map.set_size(size))
        self.set_can_draw(False)
        self._show()

    def set_accepts(self, accepts: Capabilities) -> None:
        """Show the section if the model can generate regions."""
        self.setVisible(bool(accepts.prompt) and accepts.mask)
        for row in self._region_rows:
            row.negative.setVisible(accepts.negative)

    def set_can_draw(self, can_draw: bool) -> None:
        """Offer to draw on the canvas if it shows a picture."""
        self.draw_button.setVisible(can_draw)
        if not can_draw:
            self.set_drawing(False)

    def set_drawing(self, draws: bool) -> None:
        self.draw_button.setChecked(draws)

    def rows(self) -> list[RegionRow]:
        return list(self._region_rows)

    def _on_edit(self) -> None:
        self._request_draft.put(regions=self.boxes.regions)
        self.changed.emit()

    def _show(self) -> None:
        regions = self.boxes.regions
        while len(self._region_rows) > len(regions):
            row = self._region_rows.pop()
            row.hide()
            row.deleteLater()
        while len(self._region_rows) < len(regions):
            self._add_row()
        for place, (row, region) in enumerate(zip(self._region_rows, regions, strict=True)):
            row.show_region(region, is_selected=place == self.boxes.selected)
        self._list.setVisible(bool(regions))
        self.add_button.setEnabled(len(regions) < MAX_REGIONS)
        self.undo_button.setVisible(self.boxes.can_undo())
        self.clear_button.setVisible(bool(regions))
        self.set_summary(self.tr("%n region(s)", "", len(regions)) if regions else "", marked=bool(regions))

    def _add_row(self) -> None:
        place = len(self._region_rows)
        row = RegionRow(self._theme, place)
        row.edited.connect(lambda values, joins: self.boxes.update_region(place, joins=joins, **values))
        row.removed.connect(lambda: self.boxes.remove(place))
        self._region_rows.append(row)
        self._region_column.addWidget(row)


class RegionRow(QFrame):
    """Row with the prompts and the weight of one region.

    Signals: `edited(dict, bool)` with the changed fields, and True if the change continues the last one of this row;
    `removed()`.
    """

    edited = Signal(dict, bool)
    removed = Signal()

    def __init__(self, theme: Theme, place: int) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        number = label(str(place + 1), "strong")
        number.setStyleSheet(f"color: {region_colour(place).name()}")
        self.prompt = TextLine(
            self.tr("Prompt of region {number}").format(number=place + 1), hint=self.tr("What is in this box")
        )
        self.negative = TextLine(
            self.tr("Negative prompt of region {number}").format(number=place + 1), hint=self.tr("What to avoid here")
        )
        low, high = WEIGHTS
        self.weight = SliderRow(
            theme,
            title=self.tr("Weight"),
            low=low,
            high=high,
            default=1.0,
            decimals=2,
            step=0.05,
            tooltip=self.tr("Share of this prompt in the box; the prompt of the whole picture has the rest"),
        )
        remove = mark(theme, "x", self.tr("Remove this region"), size=14)
        # The field that was edited last, whose next letters belong to the same edit.
        self._editing = ""
        stacked(
            in_row(number, (self.prompt, 1), remove, spacing=SPACE.small),
            self.negative,
            self.weight,
            on=self,
            margins=(8, 6, 8, 6),
            spacing=4,
        )
        self.prompt.textEdited.connect(lambda text: self._emit("prompt", text))
        self.negative.textEdited.connect(lambda text: self._emit("negative", text))
        self.weight.changed.connect(lambda value: self._emit("weight", value))
        remove.clicked.connect(self.removed)

    def show_region(self, region: Region, *, is_selected: bool) -> None:
        if self.prompt.text() != region.prompt:
            self.prompt.setText(region.prompt)
            self._editing = ""
        if self.negative.text() != region.negative:
            self.negative.setText(region.negative)
            self._editing = ""
        if self.weight.value() != region.weight:
            self.weight.set_value(region.weight)
            self._editing = ""
        if self.property("selected") != is_selected:
            self.setProperty("selected", is_selected)

    def _emit(self, name: str, value: object) -> None:
        joins = self._editing == name
        self._editing = name
        self.edited.emit({name: value}, joins)


class RegionMap(QWidget):
    """Small map of the image, in its proportions, on which the user draws the regions."""

    def __init__(self, theme: Theme, boxes: RegionBoxes) -> None:
        super().__init__()
        self._theme = theme
        self._boxes = boxes
        self._aspect = 1.0
        self.setFixedHeight(MAP_SIDE + 2 * MARGIN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(self.tr("Map of the regions"))
        self.setToolTip(self.tr("Drag to draw, move or resize a box; the right button removes it"))
        boxes.updated.connect(self.update)
        theme.changed.connect(self.update)

    def set_size(self, size: tuple[int, int] | None) -> None:
        """Set the size (width, height) of the images, whose proportions the map has."""
        self._aspect = size[0] / size[1] if size else 1.0
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(MAP_SIDE, MAP_SIDE)

    def frame(self) -> QRectF:
        """Return the area of the image in the widget."""
        width = min(self.width() - 2.0 * MARGIN, MAP_SIDE * self._aspect)
        height = width / self._aspect
        return QRectF((self.width() - width) / 2, (self.height() - height) / 2, width, height)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        frame = self.frame()
        painter.fillRect(frame, self._theme.colour("background"))
        self._boxes.paint(painter, frame, self._theme)
        line = self._theme.colour("accent" if self.hasFocus() else "line")
        paint_rounded_rect(painter, frame.adjusted(-0.5, -0.5, 0.5, 0.5), 2, line=line)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        frame = self.frame()
        reach = QPointF(REACH / frame.width(), REACH / frame.height())
        self._boxes.press(self._part(event.position()), event.button(), reach)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._boxes.move(self._part(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._boxes.release()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self._boxes.undo()
        elif not self._boxes.key(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _part(self, place: QPointF) -> QPointF:
        frame = self.frame()
        return QPointF((place.x() - frame.left()) / frame.width(), (place.y() - frame.top()) / frame.height())


def _chip(theme: Theme, icon: str, text: str, tooltip: str) -> IconButton:
    button = IconButton(theme, icon, tooltip=tooltip, text=text, size=14)
    button.setProperty("role", "chip")
    button.setFont(theme.font(12, 500))
    button.setFixedHeight(30)
    return button
