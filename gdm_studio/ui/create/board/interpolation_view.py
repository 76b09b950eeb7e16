"""View of an interpolation between two images: one large image, a scrub bar, and a row with all images."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QWidget

from gdm_studio.request.generation_request import SEED_LIMIT
from gdm_studio.studio.request_draft import ROLLED_LIMIT
from gdm_studio.ui.create.board.board_view import WAIT, BoardHeader, BoardView
from gdm_studio.ui.create.board.cell_scroll_area import CellArea
from gdm_studio.ui.create.prompt.prompt_chips import PromptChip, PromptChips
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton, Labelled, create_tool_button, mark
from gdm_studio.ui.widgets.fields import FramedField, NumberEdit, Stepper, TextLine
from gdm_studio.ui.widgets.icon_button import refuse
from gdm_studio.ui.widgets.image_comparison.compared_image import Item
from gdm_studio.ui.widgets.image_comparison.comparison_view import Panes
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.slider_row import Track
from gdm_studio.ui.window_actions import FAVOUR_SHOWN, SAVE_FILM, USE_SHOWN, with_keys

# The minimum and maximum number of frames.
FRAMES = (2, 48)
# Height of the row and minimum side of its cells, in logical pixels.
ROW_HEIGHT = 100
MIN_CELL_SIDE = 60
# Minimum width of the view at which all fields are in one row, in logical pixels.
ONE_ROW_FROM_WIDTH = 560


class InterpolationView(BoardView):
    """View of an interpolation between two images, with fields for the prompt and seed of the last image.

    `panes` shows one large image, which the scrub bar `track` selects. Signals: `submitted()` from the Make button,
    `scrubbed(int)` with the index of an image, `film_requested()`, and `prompt_changed()`. `chips` shows how the model
    reads the prompt.
    """

    submitted = Signal()
    scrubbed = Signal(int)
    film_requested = Signal()
    prompt_changed = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, CellArea(theme, min_side=MIN_CELL_SIDE), parent)
        self._is_running = False
        self.panes = Panes(theme)
        self.area.setFixedHeight(ROW_HEIGHT)
        self.track = Track(
            theme, name=self.tr("Picture of the row"), tooltip=with_keys(self.tr("Drag along the row"), "Left; Right")
        )
        self._line = TextLine(
            self.tr("Prompt of the last picture"),
            hint=self.tr("the same prompt"),
            tooltip=self.tr("Prompt of the last picture; empty for the same prompt"),
        )
        self.chips = PromptChips(theme)
        # The prompt that the chips describe.
        self._described = ""
        self._seed = NumberEdit(
            name=self.tr("Seed of the last picture"),
            low=0,
            high=SEED_LIMIT - 1,
            tooltip=self.tr("Seed of the last picture"),
        )
        self._count = Stepper(
            theme, name=self.tr("Frames"), low=FRAMES[0], high=FRAMES[1], tooltip=self.tr("Pictures in the row")
        )
        self.make = ActionButton(
            theme, self.tr("Make"), tooltip=self.tr("Make the pictures of the row"), keys="Return", role="primary"
        )
        self.film = create_tool_button(theme, SAVE_FILM.bind(self.film_requested.emit))
        self.make.setFixedHeight(SPACE.control)
        self._make_buttons(theme)
        self._lay_out()
        self.area.set_tab_order_after(self._header)
        self.set_state(running=False, finished=False)
        self._connect()

    def set_ends(self, prompt: str, seed: int, count: int) -> None:
        """Fill in the fields of the interpolation: the prompt and seed of its last image, and the number of images."""
        self._line.setText(prompt)
        self._seed.set_number(seed)
        self._count.set_value(count)

    def prompt(self) -> str:
        """Return the prompt typed for the last image, or "" to use the prompt of the first image."""
        return self._line.text().strip()

    def focus_prompt(self) -> None:
        """Move the keyboard focus to the prompt of the last image."""
        self._line.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def seed(self) -> int:
        """Return the seed chosen for the last image of the interpolation."""
        return int(self._seed.number())

    def count(self) -> int:
        """Return the number of images in the interpolation, including both ends."""
        return self._count.value()

    def begin(self, titles: Sequence[str]) -> None:
        """Create an empty image cell for each title, and set the scrub bar to the first image."""
        self._make_cells(titles, columns=len(titles))
        with QSignalBlocker(self.track):
            self.track.setRange(0, len(titles) - 1)
            self.track.setValue(0)

    def show_chips(self, chips: Sequence[PromptChip]) -> None:
        """Show chips (small labels) that explain how the model reads the prompt of the last image."""
        self._described = self.prompt()
        self.chips.set_chips(chips)

    def _rewrite(self, prompt: str) -> None:
        """Replace the prompt of the last image as a chip suggests, unless it was edited after it was read."""
        if self.prompt() == self._described:
            self._line.setText(prompt)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = self.width() >= ONE_ROW_FROM_WIDTH
        self._ends.setDirection(QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom)

    def _on_click(self, index: int) -> None:
        self.track.setValue(index)

    def show_picture(self, index: int, item: Item | None) -> None:
        """Show the interpolated image at `index` in large size. `item` is None if that image is not finished."""
        for at, cell in enumerate(self.cells):
            cell.set_highlighted(at == index)
        self.panes.set_items([item] if item is not None else [])
        if index < len(self.cells):
            self.area.ensureWidgetVisible(self.cells[index], 40, 0)

    def set_state(self, *, running: bool, finished: bool) -> None:
        """Update the Make and film buttons of the interpolation.

        `running` is True while images are being generated, and `finished` if they can be saved as a film.
        """
        self._is_running = running
        refuse(self.film, "" if finished else translate("BoardView", WAIT), SAVE_FILM.tooltip)
        self.make.setText(self.tr("Stop") if running else self.tr("Make"))
        self.make.setAccessibleName(self.make.text())

    def submit(self) -> bool:
        # The button would stop it.
        if not self._is_running:
            self.submitted.emit()
        return True

    def _make_buttons(self, theme: Theme) -> None:
        self._use_button = create_tool_button(
            theme, USE_SHOWN.bind(lambda: self.use_requested.emit(self.track.value()))
        )
        self._favour_button = create_tool_button(
            theme, FAVOUR_SHOWN.bind(lambda: self.favourite_requested.emit(self.track.value()))
        )
        self._dice_button = mark(theme, "dices", self.tr("Another seed"), size=19)
        self._dice_button.clicked.connect(lambda: self._seed.set_number(secrets.randbelow(ROLLED_LIMIT)))
        self._header = BoardHeader(
            theme, self.tr("Between two pictures"), (self._use_button, self._favour_button, self.film)
        )

    def _connect(self) -> None:
        self.make.clicked.connect(self.submitted)
        self._line.returnPressed.connect(self.submitted)
        self._line.textChanged.connect(self.prompt_changed)
        self.chips.chosen.connect(self._rewrite)
        self.track.valueChanged.connect(self.scrubbed)
        self._header.leave.clicked.connect(self.closed)

    def _lay_out(self) -> None:
        seed = FramedField()
        seed.add_buttons(self._seed, self._dice_button)
        seed.setFixedWidth(116)
        self._count.setFixedWidth(100)
        numbers = in_row(
            Labelled(self.tr("To seed"), seed),
            Labelled(self.tr("Frames"), self._count),
            ...,
            (self.make, 0, Qt.AlignmentFlag.AlignBottom),
            spacing=10,
        )
        # In a narrow view, the prompt would have too little room beside the numbers.
        self._ends = in_row(
            (Labelled(self.tr("To prompt"), self._line), 1), numbers, margins=(16, 4, 16, 4), spacing=10
        )
        words = in_row(self._words, margins=(16, 0, 16, 0))
        chips = in_row(self.chips, margins=(16, 0, 16, 0))
        scrub = in_row(self.track, margins=(16, 2, 16, 6))
        row = in_row(self.area, margins=(16, 0, 16, 10))
        stacked(self._header, self._ends, chips, words, (self.panes, 1), scrub, row, on=self, spacing=4)
