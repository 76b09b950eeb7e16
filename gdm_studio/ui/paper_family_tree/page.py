"""Family tree page: published diffusion systems as a graph or a table, with details."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.papers.family_tree import MISCONCEPTIONS, FamilyMember
from gdm_studio.ui.paper_family_tree.details import Details
from gdm_studio.ui.paper_family_tree.graph import DotKey, FamilyGraph
from gdm_studio.ui.paper_family_tree.table import SideBySide
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import quote, translate
from gdm_studio.ui.widgets import ActionButton, Choice, Segmented, in_columns, label, wrapped
from gdm_studio.ui.widgets.layouts import in_row, stacked

# Minimum width of the page at which the details have their full width.
ROOMY = 1000
# Ids of the views, with titles and tooltips, in the order of the stack.
VIEWS = (
    (
        "tree",
        QT_TRANSLATE_NOOP("FamilyTreePage", "Tree"),
        QT_TRANSLATE_NOOP("FamilyTreePage", "By year, with lines to the systems that build on each"),
    ),
    (
        "table",
        QT_TRANSLATE_NOOP("FamilyTreePage", "Side by side"),
        QT_TRANSLATE_NOOP("FamilyTreePage", "What each starts with, what is learned, what a step does"),
    ),
)


class FamilyTreePage(QFrame):
    """Page of the window that shows published diffusion systems, such as DDPM, as a graph or a table, with details of
    the selected one.
    """

    # The member that was selected.
    shown = Signal(object)
    back_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._members: Mapping[str, FamilyMember] = {}
        self.graph = FamilyGraph(theme)
        self.table = SideBySide(theme)
        self.details = Details(theme)
        # Its empty parts are not shown until the systems are read.
        keeps_room = self.details.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.details.setSizePolicy(keeps_room)
        self.details.hide()
        views = [
            Choice(view, translate("FamilyTreePage", title), translate("FamilyTreePage", hint))
            for view, title, hint in VIEWS
        ]
        self.view = Segmented(theme, views, name=self.tr("View of the systems"))
        self.back = ActionButton(
            theme,
            self.tr("Diffusion in 2D"),
            tooltip=self.tr("Back to the lessons and the points"),
            name="chevron-left",
            role="card",
        )
        self._scroll = QScrollArea()
        self._stack = QStackedWidget()
        # False after the user has scrolled the selected system out of sight. A new size of the page then leaves the
        # scroll position unchanged.
        self._is_following_choice = True
        self._lay_out(theme)
        self.graph.chosen.connect(self._show)
        # The scroll bars adapt to a new size of the graph only after the graph itself.
        self.graph.placed.connect(self._follow_choice, Qt.ConnectionType.QueuedConnection)
        self.table.chosen.connect(self._show)
        self.details.chosen.connect(self._show)
        self.view.chosen.connect(self._show_view)
        self.back.clicked.connect(self.back_asked)

    def set_members(self, members: Mapping[str, FamilyMember]) -> None:
        """Set the published systems that the page shows, as a mapping from name to system. The selected system stays
        selected.
        """
        if members == self._members:
            return
        first = not self._members
        self._members = members
        self.details.show()
        self.graph.set_members(members)
        self.table.set_members(members)
        self._fit()
        self.choose("ddpm" if first and "ddpm" in members else self.graph.choice())
        # The table may have been opened meanwhile. A hidden graph would take the focus out of sight.
        if first and self.graph.isVisible():
            self.graph.focus_choice()

    def choose(self, name: str) -> None:
        """Select the published diffusion system with this name, and show its details."""
        if name in self._members:
            self._show(name)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._is_following_choice = True
        self._center_choice()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.details.set_narrow(self.width() < ROOMY)
        self._fit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The scroll area changes its size after the page, and its scroll bars after that.
        if event.type() == QEvent.Type.Resize:
            self._fit()
            QTimer.singleShot(0, self, self._follow_choice)
        return super().eventFilter(watched, event)

    def _fit(self) -> None:
        """Adapt the errors to the visible width, which the graph exceeds, and the graph to the height beside them."""
        room = self._scroll.viewport().size()
        width = max(room.width(), self._errors_label.minimumSizeHint().width())
        self._errors_label.setFixedSize(width, self._errors_label.heightForWidth(width))
        self.graph.set_room(room.height() - self._errors_label.height() - SPACE.edge)

    def _follow_scrolling(self, left: int) -> None:
        """Keep the errors in sight while the graph is scrolled to the right."""
        room = max(0, self.graph.width() - self._errors_label.width())
        self._footer_row.setContentsMargins(min(left, room), 0, 0, 0)

    def _center_choice(self) -> None:
        """Scroll the graph so that the selected published system is as close to the middle as possible."""
        if (name := self.graph.choice()) in self._members:
            visible = self._scroll.viewport().size()
            self._scroll.ensureWidgetVisible(self.graph.node(name), visible.width() // 2, visible.height() // 2)

    def _follow_choice(self) -> None:
        """Center the selected system after a change of size, unless the user has scrolled it out of sight."""
        if self._is_following_choice:
            self._center_choice()

    def _stop_following(self) -> None:
        """Leave the scroll position to the user, also if the graph is about to be scrolled after a change of size."""
        self._is_following_choice = False

    def _on_scrolled(self) -> None:
        """Note whether the selected system is still visible after the user has scrolled the graph."""
        if (name := self.graph.choice()) in self._members:
            self._is_following_choice = not self.graph.node(name).visibleRegion().isEmpty()

    def _show(self, name: str) -> None:
        self.graph.choose(name)
        self.table.choose(name)
        self.details.show_member(self._members[name], self._members)
        self._is_following_choice = True
        self._scroll.ensureWidgetVisible(self.graph.node(name), 40, 40)
        self.shown.emit(self._members[name])

    def _show_view(self, view: str) -> None:
        self._stack.setCurrentIndex([each for each, _, _ in VIEWS].index(view))
        # The focus may be on the system that was selected when the tree was left.
        if self.graph.isVisible() and self.graph.isAncestorOf(self.focusWidget()):
            self.graph.focus_choice()

    def _lay_out(self, theme: Theme) -> None:
        content = QWidget()
        content.setProperty("role", "card")
        in_row(self.view, on=content)
        head = in_row(
            label(self.tr("The family tree"), "title"),
            content,
            ...,
            self.back,
            margins=(12, 0, 0, 0),
            spacing=SPACE.gap,
        )
        self._errors_label = _create_footer(theme)
        self._footer_row = in_row(self._errors_label, ..., spacing=0)
        drawn = QWidget()
        stacked(self.graph, self._footer_row, ..., on=drawn, spacing=SPACE.edge)
        self._scroll.setAccessibleName(self.tr("The family tree"))
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setWidget(drawn)
        self._scroll.viewport().installEventFilter(self)
        self._scroll.horizontalScrollBar().valueChanged.connect(self._follow_scrolling)
        for bar in (self._scroll.horizontalScrollBar(), self._scroll.verticalScrollBar()):
            # This signal is emitted only for scrolling by the user, and before the graph moves.
            bar.actionTriggered.connect(self._stop_following)
            bar.actionTriggered.connect(self._on_scrolled, Qt.ConnectionType.QueuedConnection)
        self._stack.addWidget(self._scroll)
        self._stack.addWidget(self.table)
        left = stacked(
            head, (self._stack, 1), margins=(SPACE.medium, SPACE.edge, SPACE.medium, SPACE.edge), spacing=SPACE.medium
        )
        in_columns(self, left, self.details, wide=0)


def _create_footer(theme: Theme) -> QWidget:
    """Return the legend of the graph and the common errors in the literature, below each other."""
    part = QWidget()
    pictures = label(translate("FamilyTreePage", "Weights of pictures"), "muted")
    points = label(translate("FamilyTreePage", "Weights of points only"), "muted")
    column = stacked(
        in_row(DotKey(theme, "pictures"), pictures, DotKey(theme, "points"), (points, 1), spacing=SPACE.small),
        label(translate("FamilyTreePage", "Common errors in the literature"), "strong"),
        on=part,
        margins=(12, 0, 12, 0),
        spacing=SPACE.small,
    )
    for error, correction in MISCONCEPTIONS:
        column.addWidget(wrapped(f"{quote(translate('System', error))} {translate('System', correction)}"))
    return part
