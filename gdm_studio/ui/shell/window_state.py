"""Session of the window: its state (size, page, settings), which is saved while it is open and restored at the next
start.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray

from gdm_studio.common import paths
from gdm_studio.common.errors import StorageError
from gdm_studio.ui.window_state_file import Session

if TYPE_CHECKING:
    from gdm_studio.ui.gallery.service import GalleryService
    from gdm_studio.ui.shell.window_base import WindowBase
    from gdm_studio.ui.tasks import Tasks

# Size of the first window, if the screen is large enough.
SIZE = (1280, 800)
# Largest frame that a system draws around a window. The real size is unknown until the window is shown.
FRAME = (16, 48)
# Seconds between two looks for changes of the session, such as a typed prompt. A crash loses no more than these.
SESSION_SECONDS = 3.0


class SessionSaver:
    """Saves the session of the open window. `take()` returns its current state, and `saved` is the one saved last."""

    def __init__(self, saved: Session, take: Callable[[], Session], gallery: GalleryService, tasks: Tasks) -> None:
        self.saved = saved
        self.take = take
        self._gallery = gallery
        self._tasks = tasks

    async def save(self) -> None:
        """Save the session, so that a crash does not lose it. Raises StorageError."""
        session = self.take()
        await self._gallery.save_session(session, paths.data_dir())
        self.saved = session

    async def save_changes(self, is_closing: Callable[[], bool]) -> None:
        """Save the session, at most SESSION_SECONDS after the user has changed it, until the window closes."""
        reported = ""
        while True:
            await self._tasks.rest(SESSION_SECONDS)
            if is_closing():
                return
            try:
                if self.take() != self.saved:
                    await self.save()
            except StorageError:
                # Generate and the end of the window report a disk that is full. This would repeat it for each word.
                continue
            except Exception as error:
                # An error that lasts is reported once, and later changes are saved if it does not last.
                if reported != repr(error):
                    reported = repr(error)
                    self._tasks.report(error)


def session_of(window: WindowBase, recent: Sequence[str]) -> Session:
    """Collect the window's state, such as its geometry and current settings, into a session to save.

    `recent` are the recent actions of the palette.
    """
    controls = window.create_page.controls
    request, defaults = window.settings.settings_to_save()
    if window.sets.settings.lent_style == request.style:
        request = replace(request, style="")
    if request.mask and (strength := window.tools.mask_strength()) is not None:
        # The sketch is closed at the next start.
        request = replace(request, strength=strength)
    return Session(
        geometry=window.saveGeometry().toBase64().toStdString(),
        page=window.page(),
        request=request,
        single=window.sets.settings.single,
        unhurried=window.settings.before_fast,
        usual=defaults,
        left=tuple(controls.request_draft.left_settings()),
        # The editor is created when it is first needed.
        things=controls.things.text() if "things" in vars(controls) else "",
        set_open=window.sets.on,
        fast_lent=window.modes.is_fast_lent,
        image_set=window.sets.state(),
        seed_locked=controls.request_draft.is_locked_by_user,
        row_open=controls.main_settings.is_open(),
        more_open=controls.more.is_open(),
        all_schedulers=controls.sampler_box.lists_all,
        all_models=controls.model_box.lists_all,
        views_open=window.create_page.canvas_panel.bar.are_modes_open,
        cell=window.gallery_page.search.cell(),
        oldest_first=window.gallery.page_model.is_oldest_first(),
        controls_width=window.create_page.panel_widths()[0],
        gallery_width=window.create_page.panel_widths()[1],
        noisy_share=round(window.create_page.canvas_panel.noisy_share(), 3),
        recent=tuple(recent),
        compared=window.compare_controller.files(),
        exported=window.export_controller.last,
        sketch=tuple(window.tools.sketch_layers()),
        painted=window.tools.start_image.painted.names,
        painted_region=window.tools.regions.painted.names,
        training=window.prepared_training(),
    )


def early_session_of(window: WindowBase, session: Session) -> Session:
    """Return the last session, updated with the changes that the user made in a window that is closed before its start
    is complete.
    """
    request, defaults = window.settings.settings_to_save()
    geometry = window.saveGeometry().toBase64().toStdString()
    return replace(session, geometry=geometry, request=request, usual=defaults)


def restore(window: WindowBase, session: Session) -> None:
    """Restore the window's state from a saved session, except for the open page and the recent actions."""
    geometry = QByteArray.fromBase64(session.geometry.encode("ascii", "replace"))
    if geometry.isEmpty() or not window.restoreGeometry(geometry):
        room = window.screen().availableSize()
        window.resize(min(SIZE[0], room.width() - FRAME[0]), min(SIZE[1], room.height() - FRAME[1]))
    window.create_page.set_panel_widths(session.controls_width, session.gallery_width)
    window.create_page.canvas_panel.set_noisy_share(session.noisy_share)
    controls = window.create_page.controls
    controls.request_draft.restore_left(session.left)
    window.settings.open(session.request, session.usual)
    # Ctrl+Z must not empty the prompts that were restored.
    controls.prompt.forget_changes()
    controls.when_filled(lambda: controls.negative.forget_changes())
    window.settings.before_fast = session.unhurried
    if session.things:
        controls.things.set_text(session.things)
    controls.request_draft.change(seed_locked=session.seed_locked)
    controls.main_settings.set_open(session.row_open)
    controls.when_filled(lambda: controls.more.set_open(session.more_open))
    controls.when_filled(lambda: controls.sampler_box.list_all(session.all_schedulers))
    controls.model_box.list_all(session.all_models)
    window.create_page.canvas_panel.bar.unfold_modes(session.views_open)
    window.settings.draw_path()
