"""How the window is left and found again: what its session keeps of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from gdm_studio.ui.session import Session

if TYPE_CHECKING:
    from gdm_studio.ui.shell.window import Window

SIZE = (1280, 800)  # of the first window, as far as the screen has room
FRAME = (16, 48)  # at most, of what the system draws around a window: not to be known before it is shown


def as_it_stands(window: Window) -> Session:
    """What is to be found again."""
    controls = window.create_page.controls
    written, lent = controls.draft.written, window.sets.lent_style
    return Session(
        geometry=window.saveGeometry().toBase64().toStdString(), page=window.page(),
        request=replace(written, style="") if lent == written.style else written, unhurried=window.settings.unhurried,
        usual=window.settings.usual, things=controls.things.text(), set_open=window.sets.on,
        seed_locked=controls.draft.is_locked_by_people, row_open=controls.row.is_open(),
        more_open=controls.more.is_open(), cell=window.gallery_page.search.cell(),
        oldest_first=window.shelf.all.is_oldest_first(), recent=tuple(window.commands.recent),
        exported=window.exporting.last,
    )  # fmt: skip


def restore(window: Window, session: Session) -> None:
    """Puts everything but the page, which may not be there yet, as `session` says."""
    geometry = QByteArray.fromBase64(session.geometry.encode())
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        room = window.screen().availableSize()
        window.resize(min(SIZE[0], room.width() - FRAME[0]), min(SIZE[1], room.height() - FRAME[1]))
    controls = window.create_page.controls
    window.settings.open(session.request, session.usual)
    window.settings.unhurried = session.unhurried
    controls.things.set_text(session.things)
    controls.draft.change(seed_locked=session.seed_locked)
    controls.row.set_open(session.row_open)
    controls.more.set_open(session.more_open)
    window.commands.recent = list(session.recent)
