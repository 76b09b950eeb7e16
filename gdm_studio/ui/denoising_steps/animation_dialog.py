"""Dialog that exports the denoising steps of an image as a film."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from gdm_studio.ui.denoising_steps.animation_preview import FilmPreview, Frame
from gdm_studio.ui.denoising_steps.view_modes import view_mode_choices
from gdm_studio.ui.folder_dialogs import FolderDialog
from gdm_studio.ui.theme.theme import Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import Choice, Combo, FramedSegmented, Labelled, Segmented, horizontal_rule, label
from gdm_studio.ui.widgets.layouts import in_row, side_by_side, stacked
from gdm_studio.ui.widgets.slider_row import SliderRow

SIZES = ("256", "512", "1024")
# Width of the settings column in logical pixels.
WIDTH = 316


@dataclass(frozen=True)
class FilmSettings:
    """Settings for exporting denoising steps as a film.

    `size` is the longer side in pixels, or 0 for the original size.
    """

    # File extension with its dot.
    form: str
    view_mode: str
    size: int
    fps: float
    loop: str
    background: tuple[int, int, int] | None
    folder: Path


class FilmDialog(FolderDialog):
    """Dialog that exports an image's denoising steps as a film, with a preview on the left and settings on the right.

    Signals: `view_mode_chosen()`, `form_chosen()` when the file format is changed, and `asked()` when the user starts
    the export.
    """

    view_mode_chosen = Signal()
    form_chosen = Signal()

    def __init__(self, theme: Theme, *, what: str, view_mode: str, folder: Path, parent: QWidget) -> None:
        super().__init__(theme, translate("FilmDialog", "Animation of the steps"), what, folder, parent)
        self._refused = ""
        self.preview = FilmPreview(theme)
        self.form = Segmented(theme, _format_choices(), name=self.tr("Format"))
        self.view_mode = Combo(theme, name=self.tr("View"))
        self.view_mode.set_choices(view_mode_choices())
        self.view_mode.set_choice(view_mode)
        side = self.tr("{pixels} pixels on the longer side")
        sizes = [
            Choice("0", self.tr("Original"), self.tr("The size of the picture")),
            *(Choice(size, size, side.format(pixels=size)) for size in SIZES),
        ]
        self.pixels = Segmented(theme, sizes, name=self.tr("Size"))
        self.pixels.set_choice("512")
        self.speed = SliderRow(
            theme,
            title=self.tr("Steps per second"),
            low=1,
            high=30,
            default=8,
            tooltip=self.tr("Speed of the animation; the finished picture stays a little longer"),
        )
        self.loop = Segmented(theme, _loop_choices(), name=self.tr("Repeat"))
        # The choices of the user, also while the format rules them out.
        self._chosen_loop = self.loop.choice()
        self._chosen_background = "none"
        self.background_box = Combo(theme, name=self.tr("Background"))
        self._progress = QProgressBar()
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(4)
        self._progress.hide()
        self._lay_out()
        self._connect()
        self._adapt_to_format()

    def settings(self) -> FilmSettings:
        return FilmSettings(
            form=self.form.choice(),
            view_mode=self.view_mode.choice(),
            size=int(self.pixels.choice()),
            fps=self.speed.value(),
            loop=self.loop.choice(),
            background=self._background(),
            folder=self.folder,
        )

    def chosen_settings(self) -> FilmSettings:
        """Return the settings as the user chose them, for the next export. They include those that the format rules
        out.
        """
        background = _colour_of(self._chosen_background)
        return replace(self.settings(), loop=self._chosen_loop, background=background)

    def set_settings(self, settings: FilmSettings) -> None:
        """Fill the dialog with the previous film export's settings, except for the view mode."""
        self.form.set_choice(settings.form)
        self.pixels.set_choice(str(settings.size))
        self.speed.set_value(settings.fps)
        self._chosen_loop = settings.loop
        self._chosen_background = "none" if settings.background is None else QColor(*settings.background).name()
        self._adapt_to_format()
        self.set_folder(settings.folder)
        self._show_motion()

    def set_busy(self, done: int, of: int, words: str) -> None:
        """Show the progress of the export, `done` of `of` frames, and disable the settings meanwhile. With `of` = 0,
        the export is over and the settings are enabled.
        """
        busy = of > 0
        self._progress.setVisible(busy)
        self._progress.setMaximum(max(of, 1))
        self._progress.setValue(done)
        parts = (self.form, self.view_mode, self.pixels, self.speed, self.loop, self.background_box)
        self.show_progress(words if busy else "", *parts)
        self.run.setEnabled(not busy and not self._refused)

    def set_refused(self, why: str) -> None:
        """Show why this computer cannot write the selected format, and disable the export. "" enables the export."""
        self._refused = why
        self.run.setEnabled(not why)
        self.show_problem(why)

    def show_frames(self, count: int, frame: Frame) -> None:
        """Play the film's frames in the preview. `frame(index)` returns one of the `count` frames as an RGBA array."""
        self.preview.set_frames(count, frame)

    def _background(self) -> tuple[int, int, int] | None:
        return _colour_of(self.background_box.choice())

    def _adapt_to_format(self) -> None:
        """Enable only those film settings that the selected file format supports."""
        form = self.form.choice()
        self._summary.setText(next(choice.summary for choice in _format_choices() if choice.id == form))
        colours = [Choice("#ffffff", self.tr("White")), Choice("#000000", self.tr("Black"))]
        transparent = Choice("none", self.tr("Transparent"))
        self.background_box.set_choices(colours if form == ".mp4" else [transparent, *colours])
        self.background_box.set_choice(self._chosen_background)
        self.loop.set_offered({"once": form != ".mp4"}, self.tr("The player decides whether a video repeats"))
        self.loop.set_choice("forever" if form == ".mp4" and self._chosen_loop == "once" else self._chosen_loop)
        for part in (self.speed, self.loop, self.background_box, self.pixels):
            part.setEnabled(form not in (".html", ".ipynb"))
        self.view_mode.setEnabled(form != ".ipynb")
        self._show_motion()

    def _show_motion(self) -> None:
        self.preview.set_motion(self.speed.value(), loop=self.loop.choice(), background=self._background())

    def _on_loop(self, loop: str) -> None:
        self._chosen_loop = loop
        self._show_motion()

    def _on_background(self, background: str) -> None:
        self._chosen_background = background
        self._show_motion()

    def _connect(self) -> None:
        self.form.chosen.connect(self._adapt_to_format)
        self.form.chosen.connect(self.form_chosen)
        self.view_mode.chosen.connect(self.view_mode_chosen)
        self.speed.changed.connect(self._show_motion)
        self.loop.chosen.connect(self._on_loop)
        self.background_box.chosen.connect(self._on_background)

    def _lay_out(self) -> None:
        right = QWidget()
        right.setFixedWidth(WIDTH)
        stacked(
            stacked(label(self.tr("Animation of the steps"), "title"), self._what, spacing=3),
            stacked(Labelled(self.tr("Format"), FramedSegmented(self.form)), self._summary, spacing=6),
            side_by_side(
                Labelled(self.tr("View"), self.view_mode), Labelled(self.tr("Background"), self.background_box)
            ),
            Labelled(self.tr("Size, pixels"), FramedSegmented(self.pixels)),
            self.speed,
            Labelled(self.tr("Repeat"), FramedSegmented(self.loop)),
            horizontal_rule(),
            *self.foot(self._progress),
            on=right,
            spacing=14,
        )
        row = in_row((self.preview, 0, Qt.AlignmentFlag.AlignTop), right, on=self, margins=20, spacing=24)
        row.setSizeConstraint(QHBoxLayout.SizeConstraint.SetFixedSize)
        self.run.setFocus()


def _colour_of(background: str) -> tuple[int, int, int] | None:
    """Return the colour of a background, or None for a transparent one."""
    colour = QColor(background)
    return None if background == "none" else (colour.red(), colour.green(), colour.blue())


def _format_choices() -> list[Choice]:
    """Return the file formats in which denoising steps can be exported as a film, as choices with explanations."""
    return [
        Choice(
            ".webp",
            "WebP",
            translate("FilmDialog", "Small and exact, with half-transparent edges; browsers and messengers show it."),
        ),
        Choice(
            ".gif",
            "GIF",
            translate("FilmDialog", "Shown everywhere; 255 colours, and transparent pictures have hard edges."),
        ),
        Choice(".mp4", "MP4", translate("FilmDialog", "A video for every player, without transparency.")),
        Choice(
            ".html",
            "HTML",
            translate("FilmDialog", "A web page with a slider, the settings and a chart, in one file without links."),
        ),
        Choice(
            ".ipynb",
            "IPYNB",
            translate("FilmDialog", "A notebook whose code generates the same steps with this program."),
        ),
    ]


def _loop_choices() -> list[Choice]:
    """Return the ways in which a film can repeat (loop, ping-pong or once), as choices with explanations."""
    return [
        Choice("forever", translate("FilmDialog", "Loop"), translate("FilmDialog", "Starts again at the end")),
        Choice(
            "back",
            translate("FilmDialog", "Ping-pong"),
            translate("FilmDialog", "Plays back to the noise, then forward again"),
        ),
        Choice("once", translate("FilmDialog", "Once"), translate("FilmDialog", "Stops at the picture")),
    ]
