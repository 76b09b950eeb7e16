"""Table of the compared images' settings. Settings with equal values can be collapsed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QScrollArea, QSizePolicy, QWidget

from gdm_studio.ui.compare.setting_differences import ComparedSetting, facts
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import within_text
from gdm_studio.ui.widgets import Collapsible, ElidedLabel, IconButton, label, mark
from gdm_studio.ui.widgets.image_comparison.compared_image import LETTERS, Item
from gdm_studio.ui.widgets.layouts import OverlayScrollBar, in_grid, in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter

# Width of the names of settings, and least width of a picture's column.
NAMES = 132
LEAST = 96
EDGE = 16
LINE = 22


class Table(QScrollArea):
    """Table of the compared images' settings with one column per image.

    Each header has buttons to use the settings and to move or remove the image.
    """

    # The index of a picture.
    used = Signal(int)
    # The index of a picture and the number of positions to move it.
    moved = Signal(int, int)
    removed = Signal(int)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._is_open = False
        self.heads: list[Head] = []
        # The collapsed section of equal settings.
        self.alike: Collapsible | None = None
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        self._scroll_bar = OverlayScrollBar(self)

    def set_items(self, items: Sequence[Item]) -> None:
        """Fill the table with the settings of the given images, one column per image in their order."""
        page = QFrame()
        page.setProperty("role", "panel")
        settings = facts(items)
        self.heads = [Head(self._theme, item, place, len(items)) for place, item in enumerate(items)]
        column = stacked(
            self._create_rows([fact for fact in settings if fact.differs], self.heads),
            on=page,
            margins=(EDGE, 10, EDGE, 12),
            spacing=6,
        )
        same = [fact for fact in settings if not fact.differs]
        self.alike = self._create_section(same, len(items)) if same and items else None
        if self.alike is not None:
            column.addWidget(self.alike)
        column.addStretch()
        for place, head in enumerate(self.heads):
            head.use.clicked.connect(lambda _=False, place=place: self.used.emit(place))
            head.left.clicked.connect(lambda _=False, place=place: self.moved.emit(place, -1))
            head.right.clicked.connect(lambda _=False, place=place: self.moved.emit(place, +1))
            head.remove.clicked.connect(lambda _=False, place=place: self.removed.emit(place))
        self.setWidget(page)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        page = self.widget()
        return QSize(640, page.sizeHint().height() if page is not None else 0)

    def minimumSizeHint(self) -> QSize:
        return QSize(0, 60)

    def _create_section(self, same: list[ComparedSetting], count: int) -> Collapsible:
        names = ", ".join(within_text(fact.name) for fact in same)
        folded = Collapsible(self._theme, title=self.tr("Same"), summary=names)
        folded.add(self._create_rows(same, [QWidget() for _ in range(count)], marked=False))
        folded.set_open(self._is_open)
        folded.toggled.connect(self._on_fold)
        return folded

    def _on_fold(self, opened: bool) -> None:
        self._is_open = opened
        self.updateGeometry()

    def _create_rows(
        self, settings: Sequence[ComparedSetting], heads: Sequence[QWidget], *, marked: bool = True
    ) -> QWidget:
        rows = QWidget()
        grid = in_grid(on=rows, across=12, down=2)
        grid.setColumnMinimumWidth(0, NAMES)
        for place, head in enumerate(heads):
            grid.addWidget(head, 0, place + 1)
            grid.setColumnMinimumWidth(place + 1, LEAST)
            grid.setColumnStretch(place + 1, 1)
        for row, fact in enumerate(settings, 1):
            grid.setRowMinimumHeight(row, LINE)
            grid.addWidget(_Name(self._theme, fact.name, marked=marked), row, 0)
            for place, value in enumerate(fact.values):
                grid.addWidget(ElidedLabel(value, "strong" if marked else "muted"), row, place + 1)
        return rows


class Head(QWidget):
    """Header of an image's column in the comparison table, with its letter and title and the buttons `use`, `left`,
    `right` and `remove`.
    """

    def __init__(self, theme: Theme, item: Item, index: int, count: int) -> None:
        super().__init__()
        letter = LETTERS[index]
        self.use = _mark(theme, "sliders-horizontal", self.tr("Use the settings of {letter}").format(letter=letter))
        self.left = _mark(theme, "chevron-left", self.tr("Move {letter} to the left").format(letter=letter))
        self.right = _mark(theme, "chevron-right", self.tr("Move {letter} to the right").format(letter=letter))
        self.remove = _mark(theme, "x", self.tr("Remove {letter} from the comparison").format(letter=letter))
        self.use.setEnabled(item.request is not None)
        if item.request is None:
            self.use.setToolTip(self.tr("Its file does not say how it was made"))
        self.left.setEnabled(index > 0)
        self.right.setEnabled(index < count - 1)
        text = " · ".join(filter(None, [item.title, item.caption]))
        if item.request is None:
            text = self.tr("{title} · settings not known").format(title=text)
        in_row(
            label(letter, "strong"),
            4,
            (ElidedLabel(text, "muted"), 1),
            self.use,
            self.left,
            self.right,
            self.remove,
            on=self,
            margins=(0, 0, 0, 4),
            spacing=2,
        )


class _Name(QWidget):
    """Cell with the name of a setting. A dot marks a setting whose values differ between the images."""

    def __init__(self, theme: Theme, name: str, *, marked: bool) -> None:
        super().__init__()
        self._theme = theme
        self._is_marked = marked
        in_row(ElidedLabel(name, "muted"), on=self, margins=(12, 0, 0, 0))
        self.setFixedWidth(NAMES)
        if marked:
            self.setAccessibleName(self.tr("{setting} differs").format(setting=name))

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._is_marked:
            return
        painter = antialiased_painter(self)
        painter.setPen(QPen(Qt.PenStyle.NoPen))
        painter.setBrush(self._theme.colour("accent"))
        painter.drawEllipse(QRectF(0, self.height() / 2 - 2.5, 5, 5))


def _mark(theme: Theme, name: str, tooltip: str) -> IconButton:
    return mark(theme, name, tooltip, size=14, side=22)
