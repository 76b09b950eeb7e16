"""The page of the family tree: the systems of the literature by years, what each is, and how they differ."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from gdm_studio.systems.family import WRONG, Member
from gdm_studio.ui.family_tree.details import Details
from gdm_studio.ui.family_tree.graph import FamilyGraph
from gdm_studio.ui.family_tree.table import SideBySide
from gdm_studio.ui.look.theme import SPACE, Theme
from gdm_studio.ui.widgets import ActionButton, Choice, Segmented, in_columns, label, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

ROOMY = 1000  # width from which what is told of a system is as wide as elsewhere
VIEWS = [
    Choice("tree", "Tree", "By years, with lines to what goes on from each"),
    Choice("table", "Side by side", "What each starts with, what is learned, what a step does"),
]


class FamilyTreePage(QFrame):
    """Parts: `graph`, `table`, `details`, `view` (Segmented), `back`. Signals: `shown(Member)` when a system is looked
    at, `back_asked()`. Setters: `set_members(members)`, `choose(name)`.
    """

    shown = Signal(object)
    back_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._members: Mapping[str, Member] = {}
        self.graph, self.table, self.details = FamilyGraph(theme), SideBySide(theme), Details(theme)
        self.view = Segmented(theme, VIEWS, name="How to look at the systems")
        self.back = ActionButton(theme, "Models", tooltip="Back to the models", name="chevron-left", role="card")
        self._scroll = QScrollArea()
        self._stack = QStackedWidget()
        self._lay_out()
        self.graph.chosen.connect(self._show)
        self.table.chosen.connect(self._show)
        self.details.chosen.connect(self._show)
        self.view.chosen.connect(self._turn)
        self.back.clicked.connect(self.back_asked)

    def set_members(self, members: Mapping[str, Member]) -> None:
        """All that there are; the one that was looked at stays in sight."""
        if members == self._members:
            return
        first, self._members = not self._members, members
        self.graph.set_members(members)
        self.table.set_members(members)
        self._fit()
        self.choose("ddpm" if first and "ddpm" in members else self.graph.choice())
        if first and self.isVisible():
            self.graph.focus_choice()

    def choose(self, name: str) -> None:
        """Looks at a system."""
        if name in self._members:
            self._show(name)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.set_narrow(self.width() < ROOMY)
        self._fit()

    def _fit(self) -> None:
        self.graph.set_room(self._scroll.viewport().height() - self._wrong.sizeHint().height())

    def _show(self, name: str) -> None:
        self.graph.choose(name)
        self.table.choose(name)
        self.details.show_member(self._members[name], self._members)
        self._scroll.ensureWidgetVisible(self.graph.node(name), 40, 40)
        self.shown.emit(self._members[name])

    def _turn(self, view: str) -> None:
        self._stack.setCurrentIndex([each.id for each in VIEWS].index(view))
        if self.graph.isAncestorOf(self.focusWidget()):  # on whatever was chosen when it was left
            self.graph.focus_choice()

    def _lay_out(self) -> None:
        held = QWidget()
        held.setProperty("role", "card")
        in_row(self.view, on=held)
        head = in_row(label("The family tree", "title"), held, ..., self.back, margins=(12, 0, 0, 0), spacing=SPACE.gap)
        self._wrong = _what_texts_get_wrong()
        drawn = QWidget()
        stacked(self.graph, self._wrong, ..., on=drawn, spacing=SPACE.edge)
        self._scroll.setAccessibleName("The family tree")
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(drawn)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.table)
        left = stacked(
            head, (self._stack, 1), margins=(SPACE.medium, SPACE.edge, SPACE.medium, SPACE.edge), spacing=SPACE.medium
        )
        in_columns(self, left, self.details, wide=0)


def _what_texts_get_wrong() -> QWidget:
    part = QWidget()
    column = stacked(
        label("What common texts get wrong", "strong"), on=part, margins=(12, 0, 12, 0), spacing=SPACE.small
    )
    for said, right in WRONG:
        column.addWidget(wrapped(f"“{said}” {right}"))
    return part
