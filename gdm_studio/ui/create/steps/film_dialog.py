"""The dialog for the film of a picture's steps: what it looks like at the left, how it is written at the right."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from gdm_studio.ui.create.steps.film_preview import FilmPreview, Frame
from gdm_studio.ui.folders import FolderDialog
from gdm_studio.ui.look.theme import Theme
from gdm_studio.ui.looks import LOOKS
from gdm_studio.ui.widgets import Choice, Combo, FramedSegmented, Labelled, Segmented, SliderRow, label, rule
from gdm_studio.ui.widgets.layouts import in_row, side_by_side, stacked

FORMS = [
    Choice(".webp", "WebP", "Small and exact, half-transparent edges kept; browsers and chats show it"),
    Choice(".gif", "GIF", "Shown everywhere; 255 colours, edges are hard where it is transparent"),
    Choice(".mp4", "MP4", "A video for every player; without transparency"),
]
SIZES = ("256", "512", "1024")
OWN = Choice("0", "Original", "As large as the picture is")
LOOPS = [
    Choice("forever", "Loop", "Begins again at the end"),
    Choice("back", "Ping-pong", "Back to the noise, then on again"),
    Choice("once", "Once", "Stops at the picture"),
]
CLEAR = Choice("none", "Transparent")
GROUNDS = [Choice("#ffffff", "White"), Choice("#000000", "Black")]
WIDTH = 316  # of the settings


@dataclass(frozen=True)
class Wish:
    """What is set in the dialog."""

    form: str  # the file's ending
    look: str
    size: int
    fps: float
    loop: str
    background: tuple[int, int, int] | None
    folder: Path


class FilmDialog(FolderDialog):
    """Parts: `preview`, `form`, `look`, `pixels`, `speed`, `loop`, `ground`, `run`.

    Signals: `look_chosen()`, `form_chosen()`, `asked()` to write the film. Setters: `set_busy(done, of,
    words)`, `show_problem(sentence)`, `set_refused(why)` for the form that is chosen, `set_wish(wish)`. Reader:
    `wish()`.
    """

    look_chosen = Signal()
    form_chosen = Signal()

    def __init__(self, theme: Theme, *, what: str, look: str, folder: Path, parent: QWidget) -> None:
        super().__init__(theme, "Film of the steps", what, folder, parent)
        self._refused = ""
        self.preview = FilmPreview(theme)
        self.form = Segmented(theme, FORMS, name="Format")
        self.look = Combo(theme, name="What is shown")
        self.look.set_choices(LOOKS)
        self.look.set_choice(look)
        sizes = [Choice(size, size, f"{size} pixels on the longer side") for size in SIZES]
        self.pixels = Segmented(theme, [OWN, *sizes], name="Size")
        self.pixels.set_choice("512")
        self.speed = SliderRow(
            theme, title="Steps a second", low=1, high=30, default=8,
            tooltip="How fast it goes; the finished picture stays a little longer",
        )  # fmt: skip
        self.loop = Segmented(theme, LOOPS, name="Repeat")
        self.ground = Combo(theme, name="Background")
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.hide()
        self._lay_out()
        self._connect()
        self._adapt()

    def wish(self) -> Wish:
        return Wish(
            form=self.form.choice(), look=self.look.choice(), size=int(self.pixels.choice()), fps=self.speed.value(),
            loop=self.loop.choice(), background=self._background(), folder=self.folder,
        )  # fmt: skip

    def set_wish(self, wish: Wish) -> None:
        """As it was set the last time, but for what is shown."""
        self.form.set_choice(wish.form)
        self.pixels.set_choice(str(wish.size))
        self.speed.set_value(wish.fps)
        self.loop.set_choice(wish.loop)
        self._adapt()
        if wish.background is not None:
            self.ground.set_choice(QColor(*wish.background).name())
        self.set_folder(wish.folder)
        self._show_motion()

    def set_busy(self, done: int, of: int, words: str) -> None:
        """How far the writing is; with of = 0 everything can be set again."""
        busy = of > 0
        self._progress.setVisible(busy)
        self._progress.setMaximum(max(of, 1))
        self._progress.setValue(done)
        parts = (self.form, self.look, self.pixels, self.speed, self.loop, self.ground)
        self.hold(words if busy else "", *parts)
        self.run.setEnabled(not busy and not self._refused)

    def set_refused(self, why: str) -> None:
        """Why the form that is chosen cannot be written here; "" where it can."""
        self._refused = why
        self.run.setEnabled(not why)
        self.show_problem(why)

    def show_frames(self, count: int, frame: Frame) -> None:
        """What the preview plays: `frame(place)` is RGBA."""
        self.preview.set_frames(count, frame)

    def _background(self) -> tuple[int, int, int] | None:
        choice = self.ground.choice()
        colour = QColor(choice)
        return None if choice == "none" else (colour.red(), colour.green(), colour.blue())

    def _adapt(self) -> None:
        """Shows what the form has use for."""
        form = self.form.choice()
        self._summary.setText(next(choice.summary for choice in FORMS if choice.id == form) + ".")
        self.ground.set_choices(GROUNDS if form == ".mp4" else [CLEAR, *GROUNDS])
        self.loop.set_offered({"once": form != ".mp4"})  # repeating is the player's affair
        if form == ".mp4" and self.loop.choice() == "once":
            self.loop.set_choice("forever")
        self._show_motion()

    def _show_motion(self) -> None:
        self.preview.set_motion(self.speed.value(), loop=self.loop.choice(), background=self._background())

    def _connect(self) -> None:
        self.form.chosen.connect(self._adapt)
        self.form.chosen.connect(self.form_chosen)
        self.look.chosen.connect(self.look_chosen)
        for part in (self.speed.changed, self.loop.chosen, self.ground.chosen):
            part.connect(self._show_motion)

    def _lay_out(self) -> None:
        right = QWidget()
        right.setFixedWidth(WIDTH)
        stacked(
            stacked(label("Film of the steps", "title"), self._what, spacing=3),
            stacked(Labelled("Format", FramedSegmented(self.form)), self._summary, spacing=6),
            side_by_side(Labelled("Shown", self.look), Labelled("Background", self.ground)),
            Labelled("Size, pixels", FramedSegmented(self.pixels)), self.speed,
            Labelled("Repeat", FramedSegmented(self.loop)), rule(),
            *self.foot(self._progress), on=right, spacing=14,
        )
        row = in_row((self.preview, 0, Qt.AlignmentFlag.AlignTop), right, on=self, margins=20, spacing=24)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self.run.setFocus()
