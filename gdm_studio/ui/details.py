"""The facts of one picture, and what can be done with it."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.ui.gallery_model import PictureLike, title_of
from gdm_studio.ui.theme import Theme
from gdm_studio.ui.widgets import ActionButton, ElidedLabel, label

MINUTE_MS = 60_000


class Details(QWidget):
    """Signals: `use_settings(object)`, `favourite(object, bool)`, `open_folder(object)`, `delete(list)`,
    `export(list)`, `copy_credit(object)`.

    Setter: `show_picture(picture | None)`. Reader: `picture()`.
    """

    use_settings = Signal(object)
    favourite = Signal(object, bool)
    open_folder = Signal(object)
    delete = Signal(list)
    export = Signal(list)
    copy_credit = Signal(object)

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._picture: PictureLike | None = None
        self._title = ElidedLabel("", "strong")
        self._when = label("", "muted")
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._facts = QGridLayout()
        self._facts.setContentsMargins(0, 0, 0, 0)
        self._facts.setHorizontalSpacing(8)
        self._facts.setVerticalSpacing(7)
        self._facts.setColumnStretch(1, 1)
        self._use = ActionButton(theme, "Use settings", tooltip="Set everything as for this picture")
        self._star = ActionButton(theme, "", tooltip="Favourite (F)", name="star")
        self._folder = ActionButton(theme, "", tooltip="Open its folder", name="folder-open")
        self._bin = ActionButton(
            theme, "", tooltip="Delete (Del); Ctrl+Z brings it back", name="trash-2", hover="danger"
        )
        self._export = ActionButton(
            theme, "Export…", tooltip="Larger, as SVG, as icons of every kind (Ctrl+E)", name="download"
        )
        self._credit = ActionButton(theme, "Copy credit", tooltip="Whose drawings the model learned from, to name them")
        self._connect()
        self._lay_out()
        self._clock = QTimer(self, interval=MINUTE_MS)
        self._clock.timeout.connect(self._show_when)
        self.show_picture(None)

    def picture(self) -> PictureLike | None:
        return self._picture

    def show_picture(self, picture: PictureLike | None) -> None:
        """The facts of a picture; with None nothing is shown."""
        self._picture = picture
        self.setVisible(picture is not None)
        if picture is None:
            self._clock.stop()
            return
        self._title.setText(title_of(picture))
        self._show_when()
        self._clock.start()
        self._show_facts(facts_of(picture))
        self._star.set_icon("star", "star" if picture.favourite else "text", filled=picture.favourite)
        self._star.setToolTip("No favourite any more (F)" if picture.favourite else "Favourite (F)")

    def _show_when(self) -> None:
        if self._picture is not None:
            self._when.setText(when_words(self._picture.created))
            made = datetime.fromtimestamp(self._picture.created)
            self._when.setToolTip(made.strftime("%A, %d %B %Y, %H:%M:%S"))

    def _show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Writes into the labels that are there, so that nothing flickers from picture to picture."""
        while len(self._rows) < len(facts):
            self._add_row()
        for row, (name, value) in enumerate(self._rows):
            there = row < len(facts)
            name.setVisible(there)
            value.setVisible(there)
            if there:
                name.setText(facts[row][0])
                value.setText(facts[row][1])

    def _add_row(self) -> None:
        name, value = label("", "muted"), label("", "strong", align=Qt.AlignmentFlag.AlignRight)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        for column, part in enumerate((name, value)):
            self._facts.addWidget(part, len(self._rows), column)
        self._rows.append((name, value))

    def _connect(self) -> None:
        self._use.clicked.connect(lambda: self.use_settings.emit(self._picture))
        self._star.clicked.connect(self._on_star)
        self._folder.clicked.connect(lambda: self.open_folder.emit(self._picture))
        self._bin.clicked.connect(lambda: self.delete.emit([self._picture]))
        self._export.clicked.connect(lambda: self.export.emit([self._picture]))
        self._credit.clicked.connect(lambda: self.copy_credit.emit(self._picture))

    def _on_star(self) -> None:
        if self._picture is not None:
            self.favourite.emit(self._picture, not self._picture.favourite)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._title, 1)
        head.addWidget(self._when)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._use, 1)
        for button in (self._star, self._folder, self._bin):
            button.setFixedWidth(36)
            if button is self._bin:
                buttons.addSpacing(8)  # not to be hit by a slip
            buttons.addWidget(button)
        outward = QHBoxLayout()
        outward.setSpacing(6)
        outward.addWidget(self._export, 1)
        outward.addWidget(self._credit, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(9)
        column.addLayout(head)
        column.addLayout(self._facts)
        column.addSpacing(3)
        column.addLayout(buttons)
        column.addLayout(outward)


def facts_of(picture: PictureLike) -> list[tuple[str, str]]:
    """What made a picture, as (name, value) pairs."""
    size = ("Size", "{} × {}".format(*picture.size))
    request = picture.request
    scheduler = SAMPLERS[request.sampler].title if request.sampler in SAMPLERS else request.sampler
    started = [("Started from", f"a picture · {request.strength:.2f}")] if request.image else []
    return [
        ("Seed", str(request.seed)),
        ("Steps · scheduler", f"{request.steps} · {scheduler}"),
        ("Guidance · temp.", f"{request.guidance_scale:.1f} · {request.temperature:.2f}"),
        *started,
        ("Model", request.model),
        size,
    ]


def when_words(created: float, now: float | None = None) -> str:
    """A time as people say it, the shorter the nearer."""
    now = time.time() if now is None else now
    age, made, today = now - created, datetime.fromtimestamp(created), datetime.fromtimestamp(now).date()
    if age < 60:
        return "just now"
    if age < 3600:
        return f"{int(age // 60)} min ago"
    if made.date() == today:
        return made.strftime("%H:%M")
    if made.date() == today - timedelta(days=1):
        return "yesterday"
    return made.strftime("%d %b" if made.year == today.year else "%d %b %Y").lstrip("0")
