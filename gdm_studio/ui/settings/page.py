"""Settings page: sections of rows, a search that filters them, and a report on this computer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from gdm_studio.preferences import Preferences
from gdm_studio.ui.settings.about import About, Capabilities
from gdm_studio.ui.settings.entries import (
    ABOUT,
    CAPABILITIES,
    CLUSTER,
    DEVICE,
    DOWNLOADS,
    LIBRARY,
    MODELS,
    PATTERN,
    REMOTE_DEVICES,
    REMOTE_PROGRAM,
    SCALE,
    SECTIONS,
    STEPS_LIMIT,
    Entry,
    Option,
)
from gdm_studio.ui.settings.rows import ChoiceRow, FoldersRow, LibraryRow, PatternRow, Row, SwitchRow, TextRow
from gdm_studio.ui.theme.roles import TAB
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, in_columns, label
from gdm_studio.ui.widgets.layouts import in_row, scrolled, stacked
from gdm_studio.ui.widgets.search_field import SearchField
from gdm_studio.ui.window_actions import with_keys

if TYPE_CHECKING:
    from gdm_studio.doctor import Finding

WIDTH = 720
SIDE = 224
KINDS: dict[str, Callable[[Theme, Entry], Row]] = {
    LIBRARY.name: LibraryRow,
    PATTERN.name: PatternRow,
    MODELS.name: FoldersRow,
    REMOTE_DEVICES.name: TextRow,
    REMOTE_PROGRAM.name: TextRow,
    CLUSTER.name: TextRow,
}


class SettingsPage(QFrame):
    """Page of the window with all preferences and a report on this computer.

    Signals: `changed(name, value)` when the user changes a preference, `opened()` when the page is shown, and
    `prune_asked()`, `copy_asked()`, `licences_asked()` and `restart_asked()` when the corresponding button is clicked.
    The rows `library` and `folders` have their own signals.
    """

    changed = Signal(str, object)
    prune_asked = Signal()
    copy_asked = Signal()
    licences_asked = Signal()
    restart_asked = Signal()
    opened = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "page")
        self._theme = theme
        self.rows: dict[str, Row] = {}
        # Button of each section in the list, by the title of the section (in English).
        self.sections: dict[str, QPushButton] = {}
        # Heading, card and rows of each section.
        self._cards: list[tuple[QWidget, QWidget, list[Row]]] = []
        self.search = SearchField(
            theme, title=self.tr("Search settings"), tooltip=with_keys(self.tr("A few letters of a setting"), "/")
        )
        self.search.textChanged.connect(self._search)
        self._no_match = label(self.tr("No setting found."), "muted", align=Qt.AlignmentFlag.AlignHCenter)
        self._no_match.hide()
        # The section opened last.
        self._section = ""
        self.prune = ActionButton(
            theme, self.tr("Delete old steps"), tooltip=self.tr("Delete the oldest steps beyond the limit"), role="link"
        )
        self.steps = label("", "muted")
        self.capabilities = Capabilities()
        self.about = About(theme)
        self._lay_out()
        self.prune.clicked.connect(self.prune_asked)
        self.about.copy_asked.connect(self.copy_asked)
        self.about.licences_asked.connect(self.licences_asked)

    @property
    def library(self) -> LibraryRow:
        row = self.rows[LIBRARY.name]
        assert isinstance(row, LibraryRow)
        return row

    @property
    def folders(self) -> FoldersRow:
        row = self.rows[MODELS.name]
        assert isinstance(row, FoldersRow)
        return row

    def show_preferences(self, preferences: Preferences, started: Preferences | None = None) -> None:
        """Show the current values of all preferences in the rows of the page, and a button to restart beside those
        that differ from the values at the start of the program, `started`, and take effect at its next start.
        """
        for name, row in self.rows.items():
            value = getattr(preferences, name)
            row.set_value(value)
            row.restart.setVisible(row.entry.needs_restart and value != getattr(started or preferences, name))

    def set_devices(self, options: Sequence[Option]) -> None:
        """Set the devices that the user can choose from, as (value, title) pairs."""
        row = self.rows[DEVICE.name]
        assert isinstance(row, ChoiceRow)
        row.set_options([*DEVICE.choices(), *options])

    def set_largest_scale(self, largest: float) -> None:
        """Offer only interface scales up to `largest`. The scale 1 is always offered."""
        row = self.rows[SCALE.name]
        assert isinstance(row, ChoiceRow)
        row.set_options([option for option in SCALE.choices() if option[0] <= max(1.0, largest)])

    def show_example(self, name: str, problem: str = "") -> None:
        """Show the file name that the next image will get, or the error in the pattern for file names."""
        row = self.rows[PATTERN.name]
        assert isinstance(row, PatternRow)
        row.show_example(name, problem)

    def show_steps(self, text: str) -> None:
        """Show a sentence about the disk space that saved denoising steps use. "" means that no steps are saved."""
        self.steps.setText(text or self.tr("No steps saved yet."))
        self.prune.setVisible(bool(text))

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Show the results of the system check `doctor` on the page."""
        self.about.show_findings(findings)
        if self._section == ABOUT:
            # Scroll again once the lines are laid out.
            QTimer.singleShot(0, self, lambda: self.open_section(ABOUT))

    def show_capabilities(self, capabilities: Sequence[Finding]) -> None:
        """Show what GDM Studio can and cannot do on this computer, as `doctor` reports it."""
        self.capabilities.show_capabilities(self._theme, capabilities)

    def focus_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def open_section(self, section: str) -> None:
        """Scroll the page to the section with this title (in English)."""
        self._section = section
        for heading, _, _ in self._cards:
            if heading.property("section") == section:
                self._scroll.verticalScrollBar().setValue(heading.y())
        # Several sections are in view at the end of the page.
        self._mark(section)

    def _mark_visible_section(self) -> None:
        """Mark the section at the top of the page in the list of sections, or the last one at the end of the page."""
        bar = self._scroll.verticalScrollBar()
        headings = self._visible_headings()
        # A short section at the end does not reach the top of the page.
        is_at_end = bar.value() == bar.maximum() > 0
        above = headings if is_at_end else [heading for heading in headings if heading.y() <= bar.value()]
        # The first heading has space above it.
        self._mark_heading(above[-1:] or headings[:1])

    def _visible_headings(self) -> list[QWidget]:
        return [heading for heading, _, _ in self._cards if not heading.isHidden()]

    def _mark_heading(self, headings: Sequence[QWidget]) -> None:
        """Mark the section of the first of the given headings in the list of sections, or none if there are none."""
        self._mark(headings[0].property("section") if headings else "")

    def _mark(self, section: str) -> None:
        for title, button in self.sections.items():
            button.setChecked(title == section)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.opened.emit()

    def _search(self, text: str) -> None:
        typed = text.strip()
        for heading, card, rows in self._cards:
            fitting = [row for row in rows if row.fits(typed)]
            section = heading.property("section")
            is_named = typed.lower() in translate("SettingsPage", section).lower()
            if section == CAPABILITIES and is_named:
                # The statements below its rows are found by the title of the section.
                fitting = rows
            for row in rows:
                row.setVisible(row in fitting)
                row.line.setVisible(row in fitting[1:])
            fits = bool(fitting) if rows else not typed or is_named
            heading.setVisible(fits)
            card.setVisible(fits)
        headings = self._visible_headings()
        self._no_match.setVisible(not headings)
        self._scroll.verticalScrollBar().setValue(0)
        # The layout of the page is updated later.
        self._mark_heading(headings)

    def _lay_out(self) -> None:
        middle = QWidget()
        middle.setMaximumWidth(WIDTH)
        column = stacked(on=middle, margins=(0, 0, 0, SPACE.large), spacing=8)
        for section in SECTIONS:
            rows = [self._create_row(entry) for entry in section.entries]
            self._add(column, section.title, _create_card(rows), rows)
        downloads = self._create_row(DOWNLOADS)
        permissions = QWidget()
        stacked(_create_card([downloads]), self.capabilities, on=permissions, spacing=8)
        self._add(column, CAPABILITIES, permissions, [downloads])
        self._add(column, ABOUT, self.about, [])
        column.addWidget(self._no_match)
        column.addStretch()
        page = QWidget()
        in_row(..., (middle, 100), ..., on=page, margins=(SPACE.large, SPACE.medium, SPACE.large, 0))
        self._scroll = scrolled(page)
        self._scroll.verticalScrollBar().valueChanged.connect(self._mark_visible_section)
        in_columns(self, self._create_side(), self._scroll, wide=1)

    def _add(self, column: QVBoxLayout, title: str, card: QWidget, rows: list[Row]) -> None:
        heading = label(translate("SettingsPage", title), "strong")
        heading.setProperty("section", title)
        heading.setContentsMargins(4, SPACE.medium, 0, 0)
        column.addWidget(heading)
        column.addWidget(card)
        self._cards.append((heading, card, rows))

    def _create_row(self, entry: Entry) -> Row:
        kind = KINDS.get(entry.name) or (ChoiceRow if entry.has_choices else SwitchRow)
        row = kind(self._theme, entry)
        row.changed.connect(self.changed)
        row.restart_asked.connect(self.restart_asked)
        self.rows[entry.name] = row
        if entry is STEPS_LIMIT:
            foot = in_row(self.steps, self.prune, ...)
            row.layout().addLayout(foot)  # type: ignore[union-attr]
        return row

    def _create_side(self) -> QWidget:
        side = QFrame()
        side.setProperty("role", "panel")
        side.setFixedWidth(SIDE)
        column = stacked(self.search, SPACE.small, on=side, margins=(10, 14, 10, SPACE.edge), spacing=2)
        for section in (*(section.title for section in SECTIONS), CAPABILITIES, ABOUT):
            title = translate("SettingsPage", section)
            button = QPushButton(title)
            button.setProperty("role", "section")
            button.setProperty(TAB, True)
            button.setCheckable(True)
            button.setFont(self._theme.font(13))
            button.setFixedHeight(32)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.setAccessibleName(title)
            button.setToolTip(self.tr("Go to: {section}").format(section=title))
            button.clicked.connect(lambda _=False, section=section: self._open_section(section))
            self.sections[section] = button
            column.addWidget(button)
        self._mark(SECTIONS[0].title)
        column.addStretch()
        return side

    def _open_section(self, section: str) -> None:
        self.search.clear()
        self.open_section(section)
        # Rows that the search hid have no place until the page is laid out.
        QTimer.singleShot(0, self, lambda: self.open_section(section))


def _create_card(rows: Sequence[Row]) -> QWidget:
    """Return a frame that contains the rows of a section, with a separator line between neighbouring rows."""
    card = QFrame()
    card.setProperty("role", "bar")
    column = stacked(on=card, margins=1, spacing=0)
    for place, row in enumerate(rows):
        column.addWidget(row.line)
        row.line.setVisible(place > 0)
        column.addWidget(row)
    return card
