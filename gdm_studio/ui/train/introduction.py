"""Introduction on the Train page, shown until a folder or a run is open: a drop area, and an explanation of how
training works.
"""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.ui.theme import icons
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, label, wrapped
from gdm_studio.ui.widgets.icon_rows import IconRows
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter

WIDTH = 480
# Side of the icon in the drop area.
ICON = 32
# Icons of the steps and of their result.
STEPS = ("pencil", "play", "sparkles")


class Introduction(QWidget):
    """Instructions for users who have not trained a model yet: where to drop a folder of images, and what
    happens next.
    """

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.drop_area = DropArea(theme)
        self.steps = IconRows(theme, STEPS)
        middle = QWidget()
        middle.setFixedWidth(WIDTH)
        stacked(
            label(self.tr("Train on your pictures"), "title"),
            wrapped(self.tr("Teach a model your style, or train a model of your own. All on this computer.")),
            self.drop_area,
            self.steps,
            on=middle,
            spacing=SPACE.edge,
        )
        in_row(..., (middle, 0, Qt.AlignmentFlag.AlignVCenter), ..., on=self)

    def set_steps(self, amount: str, captions: str, result: str) -> None:
        """Set the sentences about a training method: how many images it needs, how it uses captions, and what it
        produces.
        """
        self.drop_area.amount.setText(amount)
        start = self.tr("Press Start. Test pictures and a diagnosis show whether it learns.")
        self.steps.set_texts(captions, start, result)


class DropArea(QFrame):
    """Dashed frame that shows where to drop a folder, with a button to choose one."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._is_aimed = False
        self.choose = ActionButton(
            theme,
            translate("TrainControls", "Choose folder…"),
            tooltip=translate("TrainControls", "Choose the pictures to learn from"),
            role="primary",
        )
        middle = Qt.AlignmentFlag.AlignHCenter
        self.amount = wrapped(align=middle)
        stacked(
            SPACE.edge + ICON,
            wrapped(self.tr("Drop a folder of pictures here"), "strong", align=middle),
            self.amount,
            (self.choose, 0, middle),
            on=self,
            margins=SPACE.edge,
            spacing=SPACE.medium,
        )
        theme.changed.connect(self.update)

    def set_aimed(self, is_aimed: bool) -> None:
        """Highlight the frame while a folder is dragged over the page."""
        self._is_aimed = is_aimed
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        line, ground, mark = ("accent", "raised", "accent") if self._is_aimed else ("edge", "panel", "muted")
        painter.setPen(QPen(self._theme.colour(line), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(self._theme.colour(ground))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), SPACE.radius, SPACE.radius)
        place = QRectF((self.width() - ICON) / 2, SPACE.edge + SPACE.small, ICON, ICON)
        icons.paint(painter, place, "folder-open", self._theme.colour(mark))
