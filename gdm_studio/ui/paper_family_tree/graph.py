"""Graph of the family tree: a button for each published diffusion system, and lines from each system to the systems
that build on it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from operator import itemgetter

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QSizePolicy, QWidget

from gdm_studio.papers.family_tree import WEIGHTS, FamilyMember
from gdm_studio.ui.paper_family_tree.layout import Layout, LayoutNode, compute_layout
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets.shapes import antialiased_painter

# Least and greatest width, and height of a system's button in logical pixels.
NARROWEST = 92
WIDEST = 160
TALL = 44
# Greatest and least space between columns.
GAP = 40
LEAST_GAP = 22
ROW = 50
TALLEST_ROW = 64
# Height of the line with the years.
HEAD = 34
# Size of the dot on a system whose weights are installed.
DOT = 6
ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class FamilyGraph(QWidget):
    """Graph of published diffusion systems, with a button for each system and lines to the systems that build on it.
    One system is selected.

    Tab focuses the selected system, and arrow keys select its neighbours.
    """

    chosen = Signal(str)
    # The buttons have moved, because the size of the graph has changed.
    placed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._layout: Layout | None = None
        self._members: Mapping[str, FamilyMember] = {}
        self._nodes: dict[str, Node] = {}
        self._group = QButtonGroup(self)
        self.setAccessibleName(self.tr("Family tree of the systems"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def set_members(self, members: Mapping[str, FamilyMember]) -> None:
        """Set the published systems that the graph shows, as a mapping from name to system. The selected system stays
        selected if it is still included.
        """
        before = self.choice()
        for node in self._nodes.values():
            self._group.removeButton(node)
            node.deleteLater()
        self._members = members
        self._nodes = {}
        self._layout = compute_layout(
            {name: LayoutNode(each.system.year, each.system.parents) for name, each in members.items()}
        )
        for name, member in self._reading_order(members):
            node = self._nodes[name] = Node(self._theme, member, self)
            self._group.addButton(node)
            node.clicked.connect(lambda _=False, name=name: self._on_chosen(name))
            node.moved.connect(lambda across, down, name=name: self._move(name, across, down))
            node.show()
        self.choose(before if before in members else next(iter(self._nodes), ""))
        self._place()

    def choose(self, name: str) -> None:
        """Select a published diffusion system in the graph. The systems that it builds on, and those that build on it,
        are highlighted.
        """
        if name in self._nodes:
            self._nodes[name].setChecked(True)
            if any(node.hasFocus() for node in self._nodes.values()):
                self._nodes[name].setFocus(Qt.FocusReason.OtherFocusReason)
        for each, node in self._nodes.items():
            node.setFocusPolicy(Qt.FocusPolicy.StrongFocus if each == name else Qt.FocusPolicy.ClickFocus)
        self._mark_relatives()

    def choice(self) -> str:
        return next((name for name, node in self._nodes.items() if node.isChecked()), "")

    def node(self, name: str) -> Node:
        """Return the graph's button for the published diffusion system with this name."""
        return self._nodes[name]

    def focus_choice(self) -> None:
        """Move the keyboard focus to the button of the selected published system."""
        if (name := self.choice()) in self._nodes:
            self._nodes[name].setFocus(Qt.FocusReason.OtherFocusReason)

    def minimumSizeHint(self) -> QSize:
        columns = len(self._layout.headings) if self._layout else 1
        rows = self._layout.height if self._layout else 1
        return QSize(columns * (NARROWEST + LEAST_GAP) + 2 * SPACE.medium, round(HEAD + rows * ROW) + SPACE.edge)

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def set_room(self, height: int) -> None:
        """Adapt the graph's height to the available `height`, limited to the range between its minimum and maximum
        height.
        """
        rows = self._layout.height if self._layout else 1
        self.setFixedHeight(max(self.minimumSizeHint().height(), min(height, round(HEAD + rows * TALLEST_ROW))))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()
        self.placed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._layout is None:
            return
        painter = antialiased_painter(self)
        self._paint_years(painter, self._layout)
        kin = self._relatives_of_choice()
        # The highlighted lines are painted last, on top of the others.
        lines = sorted(self._layout.chains.items(), key=lambda line: set(line[0]) <= kin)
        for ends, chain in lines:
            near = set(ends) <= kin
            painter.setPen(QPen(self._theme.colour("accent" if near else "line"), 1.75 if near else 1.5))
            painter.drawPath(self._line_path(chain))

    def _paint_years(self, painter: QPainter, layout: Layout) -> None:
        painter.setFont(self._theme.font(12, 500))
        painter.setPen(self._theme.colour("muted"))
        wide, pitch = self._column_widths()
        # One heading spans all columns of a year.
        for heading, columns in groupby(enumerate(layout.headings), itemgetter(1)):
            places = [place for place, _ in columns]
            left = self._left_of(places[0], wide, pitch)
            right = self._left_of(places[-1], wide, pitch) + wide
            painter.drawText(QRectF(left, 0, right - left, HEAD - 10), Qt.AlignmentFlag.AlignCenter, heading)

    def _line_path(self, chain: Sequence[object]) -> QPainterPath:
        """Return the line from a published system to one that builds on it, as a painter path. In the columns between
        them, the line runs horizontally.
        """
        wide, pitch = self._column_widths()
        points: list[tuple[QPointF, QPointF]] = []
        for place in chain:
            column = self._column_of(place)
            left = self._left_of(column, wide, pitch)
            y = self._centre_y(place)
            points.append((QPointF(left, y), QPointF(left + wide, y)))
        path = QPainterPath(points[0][1])
        for (_, out), (into, end) in zip(points, points[1:], strict=False):
            bend = (into.x() - out.x()) * 0.55
            path.cubicTo(QPointF(out.x() + bend, out.y()), QPointF(into.x() - bend, into.y()), into)
            if end is not points[-1][1]:
                path.lineTo(end)
        return path

    def _column_of(self, place: object) -> int:
        assert self._layout is not None
        return self._layout.column[place] if isinstance(place, str) else place[1]  # type: ignore[index]

    def _column_widths(self) -> tuple[float, float]:
        """Return the width of the graph's buttons, and the distance between the left edges of adjacent columns, in
        logical pixels.
        """
        columns = len(self._layout.headings) if self._layout else 1
        pitch = (self.width() - 2 * SPACE.medium) / columns
        gap = min(GAP, max(LEAST_GAP, pitch * 0.24))
        return min(WIDEST, pitch - gap), pitch

    def _left_of(self, column: int, wide: float, pitch: float) -> float:
        return SPACE.medium + column * pitch + (pitch - wide) / 2

    def _centre_y(self, place: object) -> float:
        assert self._layout is not None
        return HEAD + self._layout.rows[place] * (self.height() - HEAD - 4) / self._layout.height

    def _place(self) -> None:
        if self._layout is None:
            return
        wide, pitch = self._column_widths()
        for name, node in self._nodes.items():
            left = self._left_of(self._layout.column[name], wide, pitch)
            node.setGeometry(round(left), round(self._centre_y(name) - TALL / 2), round(wide), TALL)

    def _reading_order(self, members: Mapping[str, FamilyMember]) -> Iterable[tuple[str, FamilyMember]]:
        """Return the (name, system) pairs sorted by column and then by row, the order in which screen readers read
        them.
        """
        layout = self._layout
        assert layout is not None
        return sorted(members.items(), key=lambda each: (layout.column[each[0]], layout.rows[each[0]]))

    def _relatives_of_choice(self) -> set[str]:
        """Return the names of the selected published system, of all systems that it builds on, and of all systems that
        build on it.
        """
        chosen = self.choice()
        if not chosen:
            return set()
        before = {chosen}
        after = {chosen}
        for _ in self._members:
            before |= {parent for name in before for parent in self._members[name].system.parents}
            after |= {child for name in after for child in self._members[name].children}
        return before | after

    def _mark_relatives(self) -> None:
        kin = self._relatives_of_choice()
        for name, node in self._nodes.items():
            node.set_near(name in kin)
        self.update()

    def _on_chosen(self, name: str) -> None:
        self.choose(name)
        self.chosen.emit(name)

    def _move(self, name: str, across: int, down: int) -> None:
        """Move the selection to the nearest published system in the direction of an arrow key. Systems connected by a
        line are preferred.
        """
        assert self._layout is not None
        column = self._layout.column
        rows = self._layout.rows
        member = self._members[name]
        if across:
            candidates = list(member.children if across > 0 else member.system.parents)
            beyond = [each for each in self._nodes if (column[each] - column[name]) * across > 0]
            nearest = min((abs(column[each] - column[name]) for each in beyond), default=0)
            candidates = candidates or [each for each in beyond if abs(column[each] - column[name]) == nearest]
        else:
            same_column = [each for each in self._nodes if column[each] == column[name]]
            candidates = [each for each in same_column if (rows[each] - rows[name]) * down > 0]
        if candidates:
            next_one = min(
                candidates, key=lambda each: (abs(column[each] - column[name]), abs(rows[each] - rows[name]))
            )
            self._on_chosen(next_one)
            self._nodes[next_one].setFocus(Qt.FocusReason.OtherFocusReason)


class Node(QAbstractButton):
    """Button of a published diffusion system in the graph. A dot on it shows that a model of this system is
    installed.
    """

    # An arrow key was pressed: number of columns to the right and of rows down.
    moved = Signal(int, int)

    def __init__(self, theme: Theme, member: FamilyMember, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._member = member
        self._is_near = False
        system = member.system
        self.setCheckable(True)
        self.setFont(theme.font(12, 500))
        weights = translate("System", WEIGHTS[member.weights])
        self.setAccessibleName(f"{system.title}, {system.year}")
        idea = translate("System", system.idea)
        self.setAccessibleDescription(f"{idea} {weights}")
        self.setToolTip(tip(f"{idea}\n{system.authors} {system.year}\n{weights}"))
        theme.changed.connect(self.update)

    def set_near(self, near: bool) -> None:
        """Highlight the button if its published system is an ancestor or a descendant of the selected one (`near`), or
        else remove the highlight.
        """
        self._is_near = near
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(NARROWEST, TALL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in ARROWS:
            self.moved.emit(*ARROWS[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens, chosen = self._theme.tokens, self.isChecked()
        painter = antialiased_painter(self)
        lit = chosen or self.hasFocus() and self.window().isActiveWindow()
        edge = tokens.accent if lit else tokens.edge if self.underMouse() or self._is_near else tokens.line
        painter.setPen(QPen(QColor(edge), 2 if lit else 1))
        painter.setBrush(QColor(tokens.hover if self.underMouse() else tokens.card))
        inset = 1.0 if lit else 0.5
        field = QRectF(self.rect()).adjusted(inset, inset, -inset, -inset)
        painter.drawRoundedRect(field, SPACE.radius, SPACE.radius)
        painter.setPen(self._theme.colour("text" if self._is_near else "muted"))
        painter.setFont(self.font())
        room = self.rect().adjusted(6, 2, -6, -2)
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        title = self._member.system.title
        if QFontMetrics(self.font()).boundingRect(room, flags, title).height() > room.height():
            # In this size, three lines fit.
            painter.setFont(self._theme.font(11, 500))
        painter.drawText(room, flags, title)
        _paint_dot(painter, self._theme, QPointF(self.width() - 11, 5), self._member.weights)


class DotKey(QWidget):
    """Coloured dot in the legend below the graph, the same as on the graph's buttons. `weights` is a key of WEIGHTS."""

    def __init__(self, theme: Theme, weights: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._weights = weights
        self.setFixedSize(DOT, DOT)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        _paint_dot(antialiased_painter(self), self._theme, QPointF(0, 0), self._weights)


def _paint_dot(painter: QPainter, theme: Theme, corner: QPointF, weights: str) -> None:
    """Paint the mark of a system with installed weights: a dot for weights of pictures, and a ring for points."""
    if weights == "none":
        return
    colour = QColor(theme.tokens.ok)
    painter.setPen(QPen(colour, 1.5) if weights == "points" else Qt.PenStyle.NoPen)
    painter.setBrush(Qt.BrushStyle.NoBrush if weights == "points" else colour)
    inset = 0.75 if weights == "points" else 0.0
    painter.drawEllipse(QRectF(corner.x(), corner.y(), DOT, DOT).adjusted(inset, inset, -inset, -inset))
