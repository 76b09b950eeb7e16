"""Section of the panel for the regions of the next images: a map, boxes and rows with prompts. The boxes are drawn,
moved and resized, and areas of any shape are painted, on the map or on the canvas.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QKeySequence, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.models.capabilities import Capabilities
from gdm_studio.request.generation_request import SETTINGS
from gdm_studio.request.regions import MAX_REGIONS, MIN_SIDE, WEIGHTS, Box, Region
from gdm_studio.studio.request_draft import RequestDraft
from gdm_studio.ui.create.panel.bound_setting_widgets import bind, combo_of
from gdm_studio.ui.theme.safe_text import plain
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Collapsible, IconButton, Labelled, label, mark, wrapped
from gdm_studio.ui.widgets.fields import TextLine
from gdm_studio.ui.widgets.layouts import in_row, scroll_to, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect
from gdm_studio.ui.widgets.slider_row import SliderRow

if TYPE_CHECKING:
    import numpy as np

    from gdm_studio.ui.create.panel.region_brush import RegionBrush

# Distance in logical pixels within which the pointer grabs an edge from inside.
REACH = 8.0
# Distance that an arrow key moves a box, as a fraction of the image.
STEP = 0.02
# Edges are snapped to these fractions within SNAP of them.
SNAPS = (0.0, 0.25, 1 / 3, 0.5, 2 / 3, 0.75, 1.0)
SNAP = 0.02
TINT, SELECTED_TINT = 40, 80
# Boxes of added regions: the first free half of the image, or its middle.
HALVES: tuple[Box, ...] = ((0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0))
MIDDLE: Box = (0.25, 0.25, 0.75, 0.75)
_LEFT, _TOP, _RIGHT, _BOTTOM = range(4)
_MOVES = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class RegionBoxes(QObject):
    """Editor of the regions of the next images. Positions are fractions of the image's width and height.

    A drag that begins beside all boxes draws a new one, a drag inside a box moves it, and a drag of an edge, from
    inside, resizes it. The right button removes a box. While the user paints the area of a region, all of these paint
    or erase instead. Signals: `changed()` when the user edits the regions, `updated()` when they must be painted again,
    and `painted(int, object)` with the index of a region and its new mask, uint8 (height, width), when its painting
    ends. The receiver stores the mask and calls `take_mask`.
    """

    changed = Signal()
    updated = Signal()
    painted = Signal(int, object)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.regions: tuple[Region, ...] = ()
        # The index of the selected region, or -1.
        self.selected = -1
        self._undo_stack: list[tuple[Region, ...]] = []
        # The pressed position, the box then, and the dragged edges; all four if the box moves.
        self._drag: tuple[QPointF, Box, frozenset[int]] | None = None
        # True if the drag draws a new box.
        self._is_new = False
        # Proportions of the images, width by height.
        self.aspect = 1.0
        # The index of the region whose area is being painted, or -1, and the brush.
        self.painting = -1
        self._brush: RegionBrush | None = None
        # Masks for display, uint8 (height, width), by their stored names, and their tints by name and colour.
        self._masks: dict[str, np.ndarray] = {}
        self._tints: dict[tuple[str, int], QImage] = {}

    def set_regions(self, regions: tuple[Region, ...]) -> None:
        """Show the regions of a draft. Other regions than the current ones clear the undo history."""
        if regions != self.regions:
            self._drop_brush()
            self.regions = regions
            self._undo_stack = []
            self._drag = None
            self.selected = min(self.selected, len(regions) - 1)
            self.updated.emit()

    def edit(self, regions: tuple[Region, ...], *, selected: int | None = None, joins: bool = False) -> None:
        """Replace the regions by edited ones, which can be undone. With `joins`, the edit belongs to the last one."""
        if regions != self.regions and not joins:
            self._undo_stack.append(self.regions)
        self.regions = regions
        self.selected = min(self.selected if selected is None else selected, len(regions) - 1)
        self.updated.emit()
        self.changed.emit()

    def update_region(self, index: int, *, joins: bool = False, **values: object) -> None:
        """Change fields of the region with index `index`."""
        region = replace(self.regions[index], **values)  # type: ignore[arg-type]
        self.edit((*self.regions[:index], region, *self.regions[index + 1 :]), selected=index, joins=joins)

    def add(self, box: Box | None = None) -> None:
        """Add a region, in the first free half of the image or in `box`."""
        if len(self.regions) < MAX_REGIONS:
            box = box or next(filter(self._is_free, HALVES), MIDDLE)
            self.edit((*self.regions, Region("", box)), selected=len(self.regions))

    def remove(self, index: int) -> None:
        """Remove the region with index `index`. The painted area of another one is kept."""
        if index == self.painting:
            self._drop_brush()
        self.end_painting()
        self.edit((*self.regions[:index], *self.regions[index + 1 :]))

    def can_undo(self) -> bool:
        return bool(self._undo_stack) or (self._brush is not None and self._brush.can_undo())

    def undo(self) -> None:
        """Undo the last stroke while an area is painted, or else the last edit of the regions."""
        if self._brush is not None and self._brush.can_undo():
            self._brush.undo()
        elif self._undo_stack:
            self._drop_brush()
            self.edit(self._undo_stack.pop(), joins=True)

    def clear(self) -> None:
        """Remove all regions."""
        self._drop_brush()
        self.edit(())

    def start_painting(self, index: int) -> None:
        """Paint the area of the region with index `index` from now on. It begins with the region's mask or box."""
        from gdm_studio.ui.create.panel.region_brush import RegionBrush, mask_of_box

        self.end_painting()
        region = self.regions[index]
        mask = self._masks.get(region.mask)
        if mask is None:
            mask = mask_of_box(region.box, self.aspect)
        self._brush = RegionBrush(self._theme, mask.copy(), region_colour(index), self)
        self._brush.changed.connect(self.updated)
        self._brush.done.connect(self.end_painting)
        self.painting = self.selected = index
        self.updated.emit()

    def end_painting(self) -> None:
        """Stop painting an area, and use it for its region if it has changed and is not empty."""
        if self._brush is None:
            return
        place, mask = self.painting, self.painted_mask()
        self._drop_brush()
        if mask is not None:
            self.painted.emit(place, mask)
        self.updated.emit()

    def painted_mask(self) -> np.ndarray | None:
        """Return the area that is being painted, uint8 (height, width), or None if it has not changed or is empty."""
        if self._brush is None or not self._brush.can_undo() or self._brush.is_empty():
            return None
        return self._brush.mask()

    def take_mask(self, index: int, region: Region, masked: Region, mask: np.ndarray) -> None:
        """Give `region`, whose index was `index`, the stored mask of `masked` with the pixels `mask`, unless the region
        was removed. Its prompts and weight may have changed.
        """
        places = [number for number, each in enumerate(self.regions) if _has_same_area(each, region)]
        if places:
            self.show_mask(masked.mask, mask)
            index = index if index in places else places[0]
            self.update_region(index, mask=masked.mask, box=masked.box)

    def show_mask(self, name: str, mask: np.ndarray) -> None:
        """Show a stored mask, uint8 (height, width), as the area of its regions."""
        used = {region.mask for region in self.regions}
        self._masks = {known: each for known, each in self._masks.items() if known in used} | {name: mask}
        self._tints.clear()
        self.updated.emit()

    def unknown_masks(self) -> set[str]:
        """Return the names of the masks whose pixels `show_mask` has not shown yet."""
        return {region.mask for region in self.regions if region.mask} - self._masks.keys()

    def _drop_brush(self) -> None:
        if self._brush is not None:
            self._brush.deleteLater()
        self._brush = None
        self.painting = -1

    def press(self, position: QPointF, button: Qt.MouseButton, reach: QPointF) -> None:
        """Handle a press of a mouse button. `reach` is the distance (x, y) within which an edge is grabbed from
        inside.
        """
        if self._brush is not None:
            self._brush.press_at(position, button)
            return
        found, edges = self._find_region(position, reach)
        if button == Qt.MouseButton.RightButton:
            if found >= 0:
                self.remove(found)
            return
        if found < 0:
            if len(self.regions) >= MAX_REGIONS:
                return
            x, y = (min(_snap(_limit(each)), 1 - MIN_SIDE) for each in (position.x(), position.y()))
            box = _order_corners([x, y, x, y])
            self.add(box)
            self._drag = (QPointF(box[_RIGHT], box[_BOTTOM]), box, frozenset({_RIGHT, _BOTTOM}))
            self._is_new = True
            return
        self.selected = found
        self._drag = (position, self.regions[found].box, edges)
        self._undo_stack.append(self.regions)
        self.updated.emit()

    def move(self, position: QPointF) -> None:
        if self._brush is not None:
            self._brush.move_to(position)
            return
        if self._drag is None or self.regions[self.selected].mask:
            return
        start, box, edges = self._drag
        across, down = position.x() - start.x(), position.y() - start.y()
        if len(edges) == len(box):
            moved = _move_box(box, across, down)
        else:
            sides = list(box)
            for edge in edges:
                sides[edge] = _snap(_limit(box[edge] + (down if edge % 2 else across)))
            moved = _order_corners(sides)
        if moved != self.regions[self.selected].box:
            self.update_region(self.selected, box=moved, joins=True)

    def release(self) -> bool:
        """Handle the release of a mouse button. Returns True if it ends the drawing of a new box."""
        if self._brush is not None:
            self._brush.release()
            return False
        is_new, self._is_new = self._is_new and self._drag is not None, False
        self._drag = None
        if self._undo_stack and self._undo_stack[-1] == self.regions:
            self._undo_stack.pop()
        return is_new

    def key(self, key: Qt.Key) -> bool:
        """Handle a key: the arrow keys move the selected box, and Delete removes it. Returns True if it was used."""
        if self._brush is not None:
            return self._brush.key(key)
        if self.selected < 0:
            return False
        if key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.remove(self.selected)
            return True
        if key not in _MOVES or self.regions[self.selected].mask:
            return False
        across, down = _MOVES[key]
        self.update_region(self.selected, box=_move_box(self.regions[self.selected].box, across * STEP, down * STEP))
        return True

    def uses_key(self, key: Qt.Key) -> bool:
        """Return True if `key` changes the selected box."""
        is_used = key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) or key in _MOVES
        return self._brush is None and self.selected >= 0 and is_used

    def leave(self) -> None:
        """Handle that the pointer leaves the map or the canvas."""
        if self._brush is not None:
            self._brush.leave()

    def wheel(self, notches: float) -> bool:
        """Handle a turn of the wheel, which changes the size of the brush. Returns True if it was used."""
        if self._brush is not None:
            self._brush.wheel(notches)
        return self._brush is not None

    def paint(self, painter: QPainter, frame: QRectF, theme: Theme) -> None:
        """Paint the boxes and masks over an image that fills `frame`, with their numbers and prompts."""
        painter.setFont(theme.font(11, 600))
        for place, region in enumerate(self.regions):
            left, top, right, bottom = region.box
            rect = QRectF(
                frame.left() + left * frame.width(), frame.top() + top * frame.height(),
                (right - left) * frame.width(), (bottom - top) * frame.height(),
            )  # fmt: skip
            colour = region_colour(place)
            is_selected = place == self.selected
            fill = QColor(colour)
            fill.setAlpha(SELECTED_TINT if is_selected else TINT)
            if place == self.painting and self._brush is not None:
                self._brush.paint_over(painter, frame)
            elif (tint := self._tint_mask(region, colour)) is not None:
                painter.drawImage(frame, tint)
            else:
                painter.fillRect(rect, fill)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colour, 2 if is_selected else 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            text = f"{place + 1} {plain(region.prompt)}".strip()
            inside = rect.adjusted(6, 4, -6, -4)
            words = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, int(inside.width()))
            wide = painter.fontMetrics().horizontalAdvance(words) + 8
            label = QRectF(rect.left() + 2, rect.top() + 2, wide, painter.fontMetrics().height() + 2)
            painter.fillRect(label, colour)
            painter.setPen(QColor("white"))
            painter.drawText(label, Qt.AlignmentFlag.AlignCenter, words)

    def _tint_mask(self, region: Region, colour: QColor) -> QImage | None:
        """Return the mask of a region in its colour, or None if it is a box or not loaded yet."""
        mask = self._masks.get(region.mask) if region.mask else None
        if mask is None:
            return None
        key = region.mask, colour.rgb()
        if key not in self._tints:
            from gdm_studio.ui.create.viewer.mask import coloured_mask

            self._tints[key] = coloured_mask(mask, colour, SELECTED_TINT)
        return self._tints[key]

    def _is_free(self, box: Box) -> bool:
        """Return True if hardly any other region overlaps a box."""
        return all(_compute_shared_area(box, region.box) < MIN_SIDE for region in self.regions)

    def _find_region(self, position: QPointF, reach: QPointF) -> tuple[int, frozenset[int]]:
        """Return the region at a position, the last one in front, and the edges there, or all if it is inside."""
        x, y = position.x(), position.y()
        order = sorted(range(len(self.regions)), key=lambda each: (each == self.selected, each), reverse=True)
        for number in order:
            left, top, right, bottom = self.regions[number].box
            # A box beside another one begins at its edge.
            if not (left <= x <= right and top <= y <= bottom):
                continue
            across = min((_LEFT, abs(x - left)), (_RIGHT, abs(x - right)), key=lambda each: each[1])
            down = min((_TOP, abs(y - top)), (_BOTTOM, abs(y - bottom)), key=lambda each: each[1])
            edges = {across[0]} if across[1] <= reach.x() else set()
            edges |= {down[0]} if down[1] <= reach.y() else set()
            return number, frozenset(edges or range(4))
        return -1, frozenset()


def region_colour(index: int) -> QColor:
    """Return the colour of the region with index `index`, which is dark enough for white text."""
    return QColor.fromHsv((210 + 137 * index) % 360, 190, 190)


def _has_same_area(one: Region, other: Region) -> bool:
    return (one.box, one.mask) == (other.box, other.mask)


def _limit(value: float) -> float:
    return min(max(value, 0.0), 1.0)


def _snap(value: float) -> float:
    nearest = min(SNAPS, key=lambda each: abs(each - value))
    return nearest if abs(nearest - value) < SNAP else round(value, 3)


def _compute_shared_area(one: Box, other: Box) -> float:
    """Return the area that two boxes share."""
    width = min(one[_RIGHT], other[_RIGHT]) - max(one[_LEFT], other[_LEFT])
    height = min(one[_BOTTOM], other[_BOTTOM]) - max(one[_TOP], other[_TOP])
    return max(width, 0.0) * max(height, 0.0)


def _order_corners(sides: list[float]) -> Box:
    """Return a box of at least the minimum size from two corners in any order."""
    left, right = sorted((sides[_LEFT], sides[_RIGHT]))
    top, bottom = sorted((sides[_TOP], sides[_BOTTOM]))
    left, top = min(left, 1 - MIN_SIDE), min(top, 1 - MIN_SIDE)
    return left, top, max(right, round(left + MIN_SIDE, 6)), max(bottom, round(top + MIN_SIDE, 6))


def _move_box(box: Box, across: float, down: float) -> Box:
    left, top, right, bottom = box
    x = min(max(left + across, 0.0), 1 - (right - left))
    y = min(max(top + down, 0.0), 1 - (bottom - top))
    x, y = max(round(x, 6), 0.0), max(round(y, 6), 0.0)
    return x, y, min(round(x + right - left, 6), 1.0), min(round(y + bottom - top, 6), 1.0)


class RegionTool(QObject):
    """Canvas tool that edits the regions over the displayed image. `done()` is emitted by Return or Esc."""

    done = Signal()

    def __init__(self, theme: Theme, boxes: RegionBoxes, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._boxes = boxes
        # (width, height) of the image, and logical pixels per image pixel.
        self._size = (1.0, 1.0)
        self._scale = 1.0

    def press(self, position: QPointF, button: Qt.MouseButton) -> None:
        width, height = self._size
        reach = REACH / self._scale
        self._boxes.press(self._to_fractions(position), button, QPointF(reach / width, reach / height))

    def move(self, position: QPointF) -> None:
        self._boxes.move(self._to_fractions(position))

    def release(self) -> None:
        self._boxes.release()

    def leave(self) -> None:
        self._boxes.leave()

    def undo(self) -> None:
        self._boxes.undo()

    def wheel(self, notches: float) -> None:
        self._boxes.wheel(notches)

    def key(self, key: Qt.Key) -> bool:
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Escape):
            self.done.emit()
            return True
        return self._boxes.key(key)

    def paint(self, painter: QPainter, frame: QRectF, scale: float) -> None:
        self._size = (frame.width() / scale, frame.height() / scale)
        self._scale = scale
        self._boxes.paint(painter, frame, self._theme)

    def _to_fractions(self, position: QPointF) -> QPointF:
        return QPointF(position.x() / self._size[0], position.y() / self._size[1])


MAP_SIDE = 168
MARGIN = 2


class RegionSection(Collapsible):
    """Folded section with the regions of the next images.

    Signals: `changed()` when the user edits the regions, and `draw_toggled(bool)` to draw them on the canvas.
    """

    changed = Signal()
    draw_toggled = Signal(bool)

    def __init__(self, theme: Theme, request_draft: RequestDraft, parent: QWidget | None = None) -> None:
        super().__init__(theme, title=translate("Setting", SETTINGS["regions"].title), parent=parent)
        self._theme = theme
        self._request_draft = request_draft
        self.boxes = RegionBoxes(theme, self)
        self.map = RegionMap(theme, self.boxes)
        self._region_rows: list[RegionRow] = []
        # True if drawing on the canvas was turned on for painting an area, and ends with it.
        self._lends_drawing = False
        self.add_button = _create_chip(theme, "plus", self.tr("Add region"), self.tr("A box with its own prompt"))
        self.draw_button = _create_chip(theme, "pencil", self.tr("Draw"), self.tr("Draw the regions on the picture"))
        self.draw_button.setCheckable(True)
        self.undo_button = mark(theme, "undo-2", self.tr("Undo the last change of the regions"), size=14)
        self.clear_button = mark(theme, "x", self.tr("Remove all"), size=14)
        self.mode = combo_of(theme, SETTINGS["region_mode"])
        self._mode_field = Labelled(translate("Setting", SETTINGS["region_mode"].title), self.mode)
        # True if the model can generate regions by attention.
        self._has_attention = False
        hint = wrapped(self.tr("Drag to draw a box; the prompt above describes the rest."), "muted")
        self._list = QWidget()
        self._region_column = stacked(on=self._list, spacing=6)
        buttons = QWidget()
        in_row(self.add_button, self.draw_button, ..., self.undo_button, self.clear_button, on=buttons, spacing=4)
        self.add(hint, self.map, self._list, buttons, self._mode_field)
        bind(request_draft, "region_mode", self.mode)
        self.mode.chosen.connect(lambda *_: self.changed.emit())
        self.add_button.clicked.connect(lambda: self.boxes.add())
        self.draw_button.toggled.connect(self.draw_toggled)
        self.undo_button.clicked.connect(self.boxes.undo)
        self.clear_button.clicked.connect(self.boxes.clear)
        self.boxes.updated.connect(self._show)
        self.boxes.changed.connect(self._on_edit)
        self.map.drawn.connect(self._focus_prompt)
        request_draft.listen("regions", self.boxes.set_regions)
        request_draft.listen("size", self._on_size)
        self.set_can_draw(False)
        # The settings of the last session may be in the draft already.
        self.boxes.set_regions(request_draft["regions"])
        self._show()

    def set_accepts(self, accepts: Capabilities) -> None:
        """Show the section if the model can generate regions."""
        self.setVisible(accepts.regions)
        self._has_attention = accepts.region_attention
        self._show_mode()
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

    def _focus_prompt(self) -> None:
        """Move the keyboard focus to the prompt of the selected region, also if it is below the visible settings."""
        prompt = self._region_rows[self.boxes.selected].prompt
        prompt.setFocus()
        scroll_to(prompt)

    def _on_size(self, size: tuple[int, int] | None) -> None:
        self.boxes.aspect = size[0] / size[1] if size else 1.0
        self.map.set_size(size)

    def _on_paint(self, index: int, paints: bool) -> None:
        if paints:
            self.boxes.start_painting(index)
            # The picture has more room than the map.
            if self.draw_button.isVisibleTo(self) and not self.draw_button.isChecked():
                self.set_drawing(True)
                self._lends_drawing = True
        else:
            self.boxes.end_painting()

    def _on_edit(self) -> None:
        self._request_draft.put(regions=self.boxes.regions)
        self.changed.emit()

    def _show(self) -> None:
        regions = self.boxes.regions
        if self._lends_drawing and self.boxes.painting < 0:
            self._lends_drawing = False
            self.set_drawing(False)
        while len(self._region_rows) > len(regions):
            row = self._region_rows.pop()
            row.hide()
            row.deleteLater()
        while len(self._region_rows) < len(regions):
            self._add_row()
        for place, (row, region) in enumerate(zip(self._region_rows, regions, strict=True)):
            row.show_region(region, is_selected=place == self.boxes.selected, is_painted=place == self.boxes.painting)
        self._list.setVisible(bool(regions))
        self._show_mode()
        self.add_button.setEnabled(len(regions) < MAX_REGIONS)
        self.undo_button.setVisible(self.boxes.can_undo())
        self.clear_button.setVisible(bool(regions))
        self.set_summary(self.tr("%n region(s)", "", len(regions)) if regions else "", marked=bool(regions))

    def _show_mode(self) -> None:
        self._mode_field.setVisible(self._has_attention and bool(self.boxes.regions))

    def _add_row(self) -> None:
        place = len(self._region_rows)
        row = RegionRow(self._theme, place)
        row.edited.connect(lambda values, joins: self.boxes.update_region(place, joins=joins, **values))
        row.removed.connect(lambda: self.boxes.remove(place))
        row.paint.clicked.connect(lambda paints: self._on_paint(place, paints))
        row.box.clicked.connect(lambda: self.boxes.update_region(place, mask=""))
        self._region_rows.append(row)
        self._region_column.addWidget(row)


class RegionRow(QFrame):
    """Row with the prompts and the weight of one region.

    Signals: `edited(dict, bool)` with the changed fields, and True if the change continues the last one of this row;
    `removed()`.
    """

    edited = Signal(dict, bool)
    removed = Signal()

    def __init__(self, theme: Theme, index: int) -> None:
        super().__init__()
        self.setProperty("role", "inset")
        number = label(str(index + 1), "strong")
        number.setStyleSheet(f"color: {region_colour(index).name()}")
        self.prompt = TextLine(
            self.tr("Prompt of region {number}").format(number=index + 1), hint=self.tr("What is in this area")
        )
        self.negative = TextLine(
            self.tr("Negative prompt of region {number}").format(number=index + 1), hint=self.tr("What to avoid here")
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
            tooltip=self.tr("Share of this prompt in its area; the prompt of the whole picture has the rest"),
        )
        self.paint = mark(
            theme,
            "brush",
            self.tr("Paint the area of this region; the right button erases, the wheel changes the size"),
            checkable=True,
            size=14,
        )
        self.box = mark(theme, "rotate-ccw", self.tr("Replace the painted area by its box"), size=14)
        remove = mark(theme, "x", self.tr("Remove this region"), size=14)
        # The field that was edited last, whose next letters belong to the same edit.
        self._edited_field = ""
        stacked(
            in_row(number, (self.prompt, 1), self.paint, self.box, remove, spacing=SPACE.small),
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

    def show_region(self, region: Region, *, is_selected: bool, is_painted: bool) -> None:
        self.paint.setChecked(is_painted)
        self.box.setVisible(bool(region.mask) and not is_painted)
        if self.prompt.text() != region.prompt:
            self.prompt.setText(region.prompt)
            self._edited_field = ""
        if self.negative.text() != region.negative:
            self.negative.setText(region.negative)
            self._edited_field = ""
        if self.weight.value() != region.weight:
            self.weight.set_value(region.weight)
            self._edited_field = ""
        if self.property("selected") != is_selected:
            self.setProperty("selected", is_selected)

    def _emit(self, name: str, value: object) -> None:
        joins = self._edited_field == name
        self._edited_field = name
        self.edited.emit({name: value}, joins)


class RegionMap(QWidget):
    """Small map of the image, in its proportions, on which the user draws the regions.

    `drawn()` is emitted when the user has drawn a box, which is the selected region.
    """

    drawn = Signal()

    def __init__(self, theme: Theme, boxes: RegionBoxes) -> None:
        super().__init__()
        self._theme = theme
        self._boxes = boxes
        self._aspect = 1.0
        self.setFixedHeight(MAP_SIDE + 2 * MARGIN)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # The ring of the brush follows the pointer.
        self.setMouseTracking(True)
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
        self._boxes.press(self._to_fractions(event.position()), event.button(), reach)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._boxes.move(self._to_fractions(event.position()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self._boxes.release():
            self.drawn.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        if not self._boxes.wheel(event.angleDelta().y() / 120):
            event.ignore()

    def leaveEvent(self, event: QEvent) -> None:
        self._boxes.leave()
        super().leaveEvent(event)

    def event(self, event: QEvent) -> bool:
        # Without this, shortcuts of the window would take these keys: Ctrl+Z would undo an earlier action elsewhere.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            undoes = event.matches(QKeySequence.StandardKey.Undo) and self._boxes.can_undo()
            # The arrow keys of a Mac have this modifier.
            is_plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            if undoes or (is_plain and self._boxes.uses_key(Qt.Key(event.key()))):
                event.accept()
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Undo):
            self._boxes.undo()
        elif not self._boxes.key(Qt.Key(event.key())):
            super().keyPressEvent(event)

    def _to_fractions(self, position: QPointF) -> QPointF:
        frame = self.frame()
        return QPointF((position.x() - frame.left()) / frame.width(), (position.y() - frame.top()) / frame.height())


def _create_chip(theme: Theme, icon: str, text: str, tooltip: str) -> IconButton:
    button = IconButton(theme, icon, tooltip=tooltip, text=text, size=14)
    button.setProperty("role", "chip")
    button.setFont(theme.font(12, 500))
    button.setFixedHeight(30)
    return button
