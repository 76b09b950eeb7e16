"""Panel with the details of a published diffusion system: method, result of the paper, measured result and denoising
steps, and a button to try it.
"""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QSizePolicy, QWidget

from gdm_studio.papers.family_tree import WEIGHTS, FamilyMember
from gdm_studio.ui.paper_family_tree.subscripts import with_subscript_tags
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate, with_decimal_point
from gdm_studio.ui.widgets import ActionButton, IconButton, horizontal_rule, label, scrolled, wrapped
from gdm_studio.ui.widgets.layouts import clear_layout, stacked
from gdm_studio.ui.widgets.shapes import checkerboard_brush

WIDTH = 340
NARROW = 288


class Details(QFrame):
    """Panel with the details of the selected published system: its method, the result that its paper claims,
    and the measured result. It links to related systems.
    """

    # The member whose button was pressed.
    try_asked = Signal(object)
    # The name of a relative.
    chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._theme = theme
        self._member: FamilyMember | None = None
        self._strip = _Strip(theme, self)
        self.action = ActionButton(theme, self.tr("Try it"), tooltip=self.tr("Generate pictures with it"), parent=self)
        self.action.setProperty("role", "primary")
        self.action.clicked.connect(lambda: self._member and self.try_asked.emit(self._member))
        self._page = QWidget()
        self._column = stacked(on=self._page, margins=18, spacing=SPACE.medium)
        self._area = scrolled(self._page, self.tr("About the system"))
        stacked(self._area, on=self)

    def set_narrow(self, narrow: bool) -> None:
        """Use a smaller width for the details of a published system if the page is narrow."""
        self.setFixedWidth(NARROW if narrow else WIDTH)

    def show_member(self, member: FamilyMember, members: Mapping[str, FamilyMember]) -> None:
        """Show the details of a published diffusion system. `members` maps names to all systems, for the links to
        related ones.
        """
        self._member = member
        clear_layout(self._column, self.action, self._strip)
        self._strip.set_image(QImage())
        self._fill(member, members)
        self._column.addStretch()
        self._area.verticalScrollBar().setValue(0)

    def set_strip(self, name: str, image: QImage) -> None:
        """Show the image that illustrates the denoising steps of a published system, if that system is still
        selected.
        """
        if self._member is not None and self._member.system.name == name:
            self._strip.set_image(image)

    def _fill(self, member: FamilyMember, members: Mapping[str, FamilyMember]) -> None:
        system = member.system
        self._add(wrapped(system.title, "title"))
        self._add(wrapped(f"{system.authors} {system.year}, {system.paper}", selectable=True))
        self._add(wrapped(translate("System", system.idea), "strong", selectable=True))
        self._add(self._strip)
        self._add(self.action)
        if member.trained:
            self.action.setText(self.tr("Try it"))
            draws_points = member.weights == "points"
            self.action.setToolTip(
                self.tr("Generate points with it") if draws_points else self.tr("Generate pictures with it")
            )
        else:
            self.action.setText(self.tr("Copy the command"))
            duration = f": {member.translated_time(translate)}" if member.minutes else ""
            self.action.setToolTip(f"{member.shell_command}{duration}")
        self._add_paragraph(self.tr("Weights"), translate("System", WEIGHTS[member.weights]))
        self._add_paragraph(self.tr("It starts with"), translate("System", system.starts))
        self._add_paragraph(self.tr("What is learned"), translate("System", system.learned))
        self._add_paragraph(self.tr("What a step does"), translate("System", system.step))
        self._add(horizontal_rule())
        self._add_paragraph(self.tr("Claim"), member.translated_claim(translate, with_decimal_point))
        self._add_paragraph(self.tr("Result"), member.translated_result(translate, with_decimal_point))
        if terms := member.translated_terms(translate, with_decimal_point):
            self._add_paragraph(self.tr("The claim also restricts"), "\n".join(terms))
        if system.parents:
            self._add_relatives(self.tr("Builds on"), "chevron-left", [members[each] for each in system.parents])
        if member.children:
            self._add_relatives(self.tr("Basis of"), "chevron-right", [members[each] for each in member.children])
        self._add(horizontal_rule())
        self._add_paragraph(self.tr("Its loss"), translate("System", system.objective))
        paragraphs = member.explanation.replace("`", "").split("\n\n")
        self._add_paragraph(self.tr("The mathematics"), "\n\n".join(" ".join(each.split()) for each in paragraphs))

    def _add_paragraph(self, name: str, text: str) -> None:
        part = QWidget()
        paragraph = wrapped(selectable=True)
        paragraph.setTextFormat(Qt.TextFormat.RichText)
        paragraph.setText(with_subscript_tags(text))
        stacked(label(name, "strong"), paragraph, on=part, spacing=SPACE.hair)
        self._add(part)

    def _add_relatives(self, name: str, icon: str, relatives: list[FamilyMember]) -> None:
        part = QWidget()
        column = stacked(label(name, "strong"), on=part, spacing=SPACE.hair)
        for each in relatives:
            idea = translate("System", each.system.idea)
            button = IconButton(self._theme, icon, tooltip=idea, text=each.system.title, size=14)
            button.setProperty("role", "chip")
            button.setFixedHeight(28)
            button.clicked.connect(lambda _=False, each=each: self.chosen.emit(each.system.name))
            column.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self._add(part)

    def _add(self, widget: QWidget) -> None:
        self._column.addWidget(widget)


class _Strip(QWidget):
    """Widget with the image that illustrates the denoising steps of a published system. It is hidden if there is no
    image.
    """

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._image = QImage()
        self.setAccessibleName(self.tr("Denoising of a picture: x above, the prediction of the network below"))
        self.setToolTip(self.tr("Above: x at a step. Below: the prediction of the network"))
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
        painter.fillRect(room, checkerboard_brush(self._theme, 5, self._theme.pixel_ratio()))
        painter.drawImage(room, self._image)
