"""Panel below the canvas with thumbnails of an image's denoising steps, buttons for the images of the job, and actions
on steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.ui.create.viewer.step_thumbnails import HEIGHT, Strip
from gdm_studio.ui.theme.roles import announce
from gdm_studio.ui.theme.safe_text import tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.widgets import ElidedLabel, IconButton, label, mark, mark_of
from gdm_studio.ui.widgets.icon_button import SIDE, Hotkey, show_action
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.window_actions import FAMILY, NEWEST_STEP, PLAY, Action, with_keys

if TYPE_CHECKING:
    from gdm_studio.request.generation_events import View

HEADER_HEIGHT = 26


STOP_PLAYING = QT_TRANSLATE_NOOP("Action", "Stop playing")


class Filmstrip(QFrame):
    """Panel with thumbnails of an image's denoising steps below a header of buttons.

    Signals when the user acts: `scrubbed(int)` with a step, counted from 1, `live_asked()` to show the running job,
    `end_asked()` to show the newest step, `image_chosen(int)` with an index from 0, `all_asked()` to show all images
    side by side, `play_clicked()`, `loop_toggled(bool)`, `menu_asked(QPoint)` for the selected step, and
    `family_clicked()`.
    """

    scrubbed = Signal(int)
    live_asked = Signal()
    end_asked = Signal()
    image_chosen = Signal(int)
    all_asked = Signal()
    play_clicked = Signal()
    loop_toggled = Signal(bool)
    menu_asked = Signal(QPoint)
    family_clicked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "panel")
        self.setFixedHeight(SPACE.filmstrip_height)
        self._is_running = False
        self._is_earlier = False
        self._count = 1
        self._image = 0
        self.strip = Strip(theme)
        self._is_playing = False
        self.title = ElidedLabel(self.tr("Steps"), "muted")
        self._make_buttons(theme)
        self._connect()
        self._lay_out()
        self.set_images(1, 0)
        self.set_family(0)
        self._show_state()

    def set_tall(self, is_tall: bool) -> None:
        """Use larger thumbnails of the denoising steps if `is_tall`, or else normal ones."""
        self.strip.set_tall(is_tall)
        self.setFixedHeight(SPACE.filmstrip_height + self.strip.height() - HEIGHT)

    def set_views(self, views: Sequence[View], of: int) -> None:
        """Show thumbnails of the denoising steps `views`, which grow in number during a job. `of` is the total number
        of steps.
        """
        self.strip.set_message("")
        self.strip.set_views(views, of)
        self._show_state()

    def set_steps(self, of: int, *, lead: int = 0) -> None:
        """Set the image's total number of denoising steps, including those that are not computed yet.

        `lead` is the number of steps that a branch has inherited from another image and that are not shown.
        """
        self.strip.set_steps(of, lead=lead)
        self._show_state()

    def refresh(self) -> None:
        self.strip.refresh()
        self._show_state()

    def select(self, index: int) -> None:
        self.strip.select(index)
        self._show_state()

    def go_live(self) -> None:
        self.strip.go_live()
        self._show_state()

    def set_running(self, running: bool) -> None:
        """Show or hide the button that returns to the newest denoising step of the running job."""
        self._is_running = running
        self._show_state()

    def set_earlier(self, earlier: bool) -> None:
        """Set whether the displayed denoising steps belong to an earlier image instead of the current job."""
        self._is_earlier = earlier
        self._show_state()

    def show_message(self, message: str) -> None:
        """Show a message in place of the thumbnails until the steps of another image are shown, and let screen readers
        speak it.
        """
        if message != self.strip.message():
            self.strip.set_message(message)
            announce(self.strip, message)

    def set_images(self, count: int, current: int) -> None:
        """Show buttons for moving between a job's images, unless there is only one.

        `current` is the index of the displayed image.
        """
        self._count = count
        self._image = current
        for part in (self.all, self._previous_button, self._next_button, self._images):
            part.setVisible(count > 1)
        text = self.tr("Picture {number} of {count}").format(number=current + 1, count=count)
        self._images.setText(text)
        self._previous_button.setEnabled(current > 0)
        self._next_button.setEnabled(current < count - 1)

    def set_playing(self, playing: bool) -> None:
        """Show on the Play button whether the denoising steps are being played."""
        self._play.set_icon("pause" if playing else "play", "accent" if playing else "muted")
        show_action(self._play, replace(PLAY, label=STOP_PLAYING) if playing else PLAY)
        self._is_playing = playing
        self._show_state()

    def set_family(self, pictures: int) -> None:
        """Show a button with the number of images that are related to this image by branching, or hide it if there are
        no others.
        """
        self.family.setVisible(pictures > 1)
        self.family.set_text(f"{FAMILY.title} · {pictures}")
        self.family.setAccessibleName(self.family.text())

    def selected(self) -> int:
        return self.strip.selected()

    def _choose(self, image: int) -> None:
        if 0 <= image < self._count:
            self.image_chosen.emit(image)

    def _ask_menu(self) -> None:
        """Request the menu of actions for the selected denoising step, to be opened at the menu button."""
        self.menu_asked.emit(self._menu_button.mapToGlobal(QPoint(0, 0)))

    def _show_state(self) -> None:
        back = not self.strip.is_live()
        made = self.strip.count()
        steps = self.tr("Steps")
        self.title.set_texts(*[f"{steps} · {hint}" for hint in self._hint_texts(made)], steps)
        self._play.setVisible(made > 1 and (self._is_earlier or not self._is_running))
        # Looping matters only while the steps are played.
        self._loop_button.setVisible(self._is_playing and self._play.isVisibleTo(self))
        self._menu_button.setVisible(made > 0)
        self._follow_button.setVisible(self._is_running or (back and not self._is_earlier))
        self._follow_button.setEnabled(back or self._is_earlier)
        self._follow_button.setToolTip(self._live_tip())

    def _hint_texts(self, made: int) -> list[str]:
        """Return the hint above the step thumbnails, followed by shorter versions for narrow windows."""
        if made > 1:
            return [self.tr("drag to look back, right-click to branch"), self.tr("drag to look back")]
        return [] if self._is_earlier and not made else [self.tr("each one appears here as it is made")]

    def _live_tip(self) -> str:
        if self._is_earlier:
            return self.tr("Back to the run in progress")
        return with_keys(self.tr("Back to the newest step"), NEWEST_STEP.keys)

    def _make_buttons(self, theme: Theme) -> None:
        self._images = label("", "muted")
        self.all = mark(theme, "layout-grid", self.tr("All pictures of this run"), size=14, key="A")
        self._previous_button = mark(theme, "chevron-left", self.tr("Previous picture"), size=14, key="[")
        self._next_button = mark(theme, "chevron-right", self.tr("Next picture"), size=14, key="]")
        self.family = IconButton(theme, FAMILY.icon, tooltip=FAMILY.description, text=FAMILY.title, size=14)
        self._play = mark_of(theme, PLAY.bind(self.play_clicked.emit), size=14)
        self._loop_button = mark(theme, "repeat", self.tr("Loop"), checkable=True, size=14)
        # Its key works while the button is hidden, too.
        loop = Action(self.tr("Loop"), keys="Shift+R", icon="repeat")
        Hotkey(loop, self._play).activated.connect(self._loop_button.click)
        self._loop_button.setToolTip(tip(with_keys(self.tr("Loop"), loop.keys)))
        self._menu_button = mark(theme, "ellipsis", self.tr("Actions for this step (Menu key, right-click)"), size=14)
        self._menu_button.setAccessibleName(self.tr("Actions for this step"))
        self._follow_button = IconButton(
            theme, "chevrons-right", tooltip=self._live_tip(), text=self.tr("Latest"), size=14
        )
        for button in (self.family, self._follow_button):
            button.setFixedHeight(HEADER_HEIGHT)

    def _connect(self) -> None:
        strip = self.strip
        strip.scrubbed.connect(self._show_state)
        strip.scrubbed.connect(self.scrubbed)
        strip.live_asked.connect(self.end_asked)
        strip.menu_asked.connect(self.menu_asked)
        self._previous_button.clicked.connect(lambda: self._choose(self._image - 1))
        self.all.clicked.connect(self.all_asked)
        self._next_button.clicked.connect(lambda: self._choose(self._image + 1))
        self.family.clicked.connect(self.family_clicked)
        self._loop_button.clicked.connect(self.loop_toggled)
        self._loop_button.toggled.connect(lambda on: self._loop_button.set_icon("repeat", "accent" if on else "muted"))
        self._menu_button.clicked.connect(self._ask_menu)
        self._follow_button.clicked.connect(self.live_asked)

    def _lay_out(self) -> None:
        head = in_row(
            (self.title, 1),
            self.all,
            self._previous_button,
            self._images,
            self._next_button,
            self.family,
            self._loop_button,
            self._play,
            self._menu_button,
            self._follow_button,
            # With this right margin, the word Live ends where the cells end.
            margins=(SPACE.edge, 0, SPACE.edge - SIDE, 0),
            spacing=2,
        )
        # The header has this height even if all buttons are hidden.
        head.addStrut(HEADER_HEIGHT)
        stacked(head, ..., (self.strip, 0, Qt.AlignmentFlag.AlignBottom), on=self, margins=(0, 6, 0, 4), spacing=2)
