"""What is told of a system of the tree: how it goes, its claim and figure, its strip, and a button to try it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.systems.family import Member
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, IconButton, label, rule, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import empty, stacked
from gdm_studio.ui.widgets.painting import checker

WIDTH, NARROW = 340, 288


class Details(QFrame):
    """Signals: `try_asked(Member)`, `chosen(str)` for a relative, by people. Setters: `show_member(member, all)`,
    `set_strip(name, image)`.
    """

    try_asked = Signal(object)
    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._member: Member | None = None
        self._strip = _Strip(theme, self)
        self.action = ActionButton(theme, "Try it", tooltip="Make pictures with it", parent=self)
        self.action.setProperty("role", "primary")
        self.action.clicked.connect(lambda: self._member and self.try_asked.emit(self._member))
        self._page = QWidget()
        self._column = stacked(on=self._page, margins=18, spacing=SPACE.medium)
        self._area = scrolled(self._page, "About the system")
        stacked(self._area, on=self)

    def set_narrow(self, narrow: bool) -> None:
        """Whether the page has little room."""
        self.setFixedWidth(NARROW if narrow else WIDTH)

    def show_member(self, member: Member, members: Mapping[str, Member]) -> None:
        """Everything that is known of it."""
        self._member = member
        empty(self._column, self.action, self._strip)
        self._strip.set_image(QImage())
        self._fill(member, members)
        self._column.addStretch()
        self._area.verticalScrollBar().setValue(0)

    def set_strip(self, name: str, image: QImage) -> None:
        """Shows how it denoises, as long as that system is looked at."""
        if self._member is not None and self._member.system.name == name:
            self._strip.set_image(image)

    def _fill(self, member: Member, members: Mapping[str, Member]) -> None:
        system = member.system
        self._add(wrapped(system.title, "title"))
        self._add(wrapped(f"{system.authors} {system.year}, {system.paper}", selectable=True))
        self._add(wrapped(system.idea, "strong", selectable=True))
        self._add(self._strip)
        self._add(self.action)
        self.action.setText("Try it" if member.trained else "Copy the command")
        self.action.setToolTip(
            "Make pictures with it" if member.trained else f"{member.command} --data DIR --out RUN: {member.time}"
        )
        for name, text in (("It starts with", system.starts), ("What is learned", system.learned),
                           ("What a step does", system.step)):  # fmt: skip
            self._headed(name, text)
        self._add(rule())
        self._headed("Its claim", member.claim)
        self._headed("Measured", member.measured)
        for name, names in (("Goes on from", system.descends), ("Went on to", member.children)):
            if names:
                self._relatives(name, [members[each] for each in names])
        self._add(rule())
        self._headed("Its loss", system.objective)
        paragraphs = member.lines.replace("`", "").split("\n\n")
        self._headed("In the words of its file", "\n\n".join(" ".join(each.split()) for each in paragraphs))

    def _headed(self, name: str, text: str) -> None:
        part = QWidget()
        stacked(label(name, "strong"), wrapped(text, selectable=True), on=part, spacing=SPACE.hair)
        self._add(part)

    def _relatives(self, name: str, relatives: list[Member]) -> None:
        part = QWidget()
        column = stacked(label(name, "strong"), on=part, spacing=SPACE.hair)
        for each in relatives:
            title, way = each.system.title, "chevron-left" if name == "Goes on from" else "chevron-right"
            button = IconButton(self._theme, way, tooltip=each.system.idea, text=title, size=14)
            button.setProperty("role", "chip")
            button.setFixedHeight(28)
            button.clicked.connect(lambda _=False, each=each: self.chosen.emit(each.system.name))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._add(part)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


class _Strip(QWidget):
    """A picture on its way; hidden where there is none."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._image = theme, QImage()
        self.setAccessibleName("A picture on its way: above what x is, below what the network makes of it")
        self.setToolTip("Above what x is at a step, below what the network makes of it")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.hide()
        theme.changed.connect(self.update)

    def set_image(self, image: QImage) -> None:
        self._image = image
        self.setVisible(not image.isNull())
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(0, 0 if self._image.isNull() else self.heightForWidth(self.width()))

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return round(self._image.height() * min(1.0, width / max(1, self._image.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = min(1.0, self.width() / self._image.width()) if not self._image.isNull() else 0
        room = QRectF(0, 0, self._image.width() * scale, self._image.height() * scale)
        painter.fillRect(room, checker(self._theme, 5, self._theme.pixel_ratio()))
        painter.drawImage(room, self._image)
