"""Welcome view on the empty canvas: the model's example prompts, and a button that adds a checkpoint."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QWidget

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.model_card import Example, ModelCard, sample_path
from gdm_studio.ui.card_translations import summary_text
from gdm_studio.ui.create.panel.sample_tile import Tile, paint_sample
from gdm_studio.ui.models.sample_loader import Samples
from gdm_studio.ui.theme.safe_text import plain, tip
from gdm_studio.ui.theme.theme import SPACE, Theme
from gdm_studio.ui.translation import translate
from gdm_studio.ui.widgets import ActionButton
from gdm_studio.ui.widgets.layouts import in_row, stacked
from gdm_studio.ui.widgets.shapes import antialiased_painter, paint_rounded_rect

# Number of examples, in one row, so that at most 20 controls are in sight. The prompt's Examples has all of them.
MOST = 2
# All sizes are logical pixels.
GAP = 8
TILE_WIDTH = 128
PAD = 8
TITLE_HEIGHT = 20
# Tiles that are narrower show no titles.
TITLE_WIDTH = 84
BUTTON_SPACE = 52
# Sentences about the shipped models, by family.
SENTENCES = {
    "icons": QT_TRANSLATE_NOOP(
        "Welcome", "Draws things and small scenes as icons, from words in English and twelve other languages."
    )
}


def sentence_of(card: ModelCard) -> str:
    """Return a sentence that tells the user which kinds of images a model generates."""
    if card.family in SENTENCES:
        return translate("Welcome", SENTENCES[card.family])
    if card.summary:
        return f"{summary_text(card.summary, card).rstrip('.')}."
    if card.accepts.prompt:
        return translate("Welcome", "Draws pictures from a prompt.")
    return translate("Welcome", "Draws pictures without a prompt.")


class Welcome(QWidget):
    """Tiles with example prompts on the empty canvas, above a button that adds a checkpoint.

    Signals: `picked(Example)` and `checkpoint_asked()`. Setters: `set_card(card)`, and `fit_in(width, height)`, which
    hides the tiles if they do not fit.
    """

    picked = Signal(object)
    checkpoint_asked = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.tiles: list[ExampleTile] = []
        self._samples = Samples(self)
        self._row = in_row(spacing=GAP)
        self.add = ActionButton(
            theme,
            self.tr("Use your own checkpoint…"),
            tooltip=self.tr("Add a model file; it is used where it is, and nothing is copied"),
            name="image-plus",
            role="card",
        )
        self.add.clicked.connect(self.checkpoint_asked)
        tiles = in_row(..., self._row, ...)
        stacked(tiles, in_row(..., self.add, ...), ..., on=self, spacing=SPACE.edge)

    def set_card(self, card: ModelCard) -> None:
        """Replace the tiles with the example prompts from another model card. They are hidden until `fit_in` arranges
        them.
        """
        for old in self.tiles:
            old.hide()
            old.deleteLater()
        self._samples.forget()
        self.tiles = [ExampleTile(self._theme, card, example, self._samples) for example in card.examples[:MOST]]
        before: QWidget = self.add.previousInFocusChain() or self
        for tile in self.tiles:
            tile.setParent(self)
            # Tab visits them in their order on the screen.
            QWidget.setTabOrder(before, tile)
            before = tile
            tile.clicked.connect(lambda _=False, example=tile.example: self.picked.emit(example))

    def fit_in(self, width: int, height: int) -> QSize:
        """Arrange the example tiles in an area of the given size, hiding those that do not fit. Return the size of the
        tiles together with the button.
        """
        side = min(TILE_WIDTH, (width - (MOST + 1) * GAP) // MOST)
        tile = QSize(side, side + TITLE_HEIGHT if side >= TITLE_WIDTH else side)
        fits = bool(self.tiles) and height >= tile.height() + GAP + BUTTON_SPACE
        while self._row.count():
            self._row.takeAt(0)
        for each in self.tiles:
            each.setVisible(fits)
            if fits:
                each.setFixedSize(tile)
                self._row.addWidget(each)
        return QSize(width, fits * (tile.height() + GAP) + BUTTON_SPACE)


class ExampleTile(QAbstractButton):
    """Button that shows one of the model's example prompts with its sample image."""

    def __init__(self, theme: Theme, card: ModelCard, example: Example, samples: Samples) -> None:
        super().__init__()
        self._theme = theme
        self._samples = samples
        self.example = example
        self._tile = Tile(example.prompt, example.prompt, picture=sample_path(card, "example", example.prompt))
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(plain(example.prompt))
        self.setToolTip(tip(self.tr("Draw “{prompt}”").format(prompt=example.prompt)))
        samples.read.connect(self.update)

    def sizeHint(self) -> QSize:
        return QSize(TILE_WIDTH, TILE_WIDTH + TITLE_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = antialiased_painter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ground = "pressed" if self.isDown() else "hover" if self.underMouse() else "card"
        line = "accent" if self.hasFocus() else "line"
        frame = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        paint_rounded_rect(
            painter, frame, SPACE.radius, ground=self._theme.colour(ground), line=self._theme.colour(line)
        )
        has_title = self.height() > self.width()
        side = self.width() - 2 * PAD - (TITLE_HEIGHT // 2 if has_title else 0)
        place = QRectF((self.width() - side) / 2, PAD, side, side)
        paint_sample(painter, place, self._tile, self._theme, self._samples)
        if has_title:
            font = self._theme.font(11)
            painter.setFont(font)
            painter.setPen(self._theme.colour("muted"))
            room = QRectF(4, place.bottom(), self.width() - 8, self.height() - place.bottom())
            text = painter.fontMetrics().elidedText(self._tile.title, Qt.TextElideMode.ElideRight, int(room.width()))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter, text)
