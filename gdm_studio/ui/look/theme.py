"""The look: tokens for dark and light, the fonts, and the palette and style sheet made from them; followed live."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gdm_studio.paths import resources
from gdm_studio.ui.look.style_sheet import style_sheet
from gdm_studio.ui.look.tokens import DARK, LIGHT, Tokens

__all__ = ["DARK", "LIGHT", "SPACE", "Space", "Theme", "Tokens"]

SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
FALLBACKS = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI"]


@dataclass(frozen=True)
class Space:
    """Distances of the layout in logical pixels; everything lies on these."""

    hair: int = 4
    small: int = 8
    gap: int = 10  # between two controls side by side
    medium: int = 12
    edge: int = 16  # from a panel's border to its contents
    large: int = 24
    control: int = 38  # height of a field
    radius: int = 9
    controls_width: int = 316
    gallery_width: int = 264
    filmstrip_height: int = 122
    topbar_height: int = 48


SPACE = Space()


class Theme(QObject):
    """The one look of an application: widgets are given it, read `tokens`, and repaint on `changed`."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.tokens = DARK
        self._dressed = True
        self._fonts: dict[tuple[int, int], QFont] = {}
        _load_fonts()
        app.setStyle("Fusion")
        app.setFont(self.font(13))
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._follow)
        self._apply(LIGHT if self._hints.colorScheme() == Qt.ColorScheme.Light else DARK)

    @property
    def dark(self) -> bool:
        return self.tokens is DARK

    def set_scheme(self, name: str) -> None:
        """`system` follows the desktop; `light` and `dark` hold."""
        scheme = SCHEMES[name]
        if scheme == Qt.ColorScheme.Unknown:
            self._hints.unsetColorScheme()
        else:
            self._hints.setColorScheme(scheme)
        self._follow(scheme if scheme != Qt.ColorScheme.Unknown else self._hints.colorScheme())

    @contextmanager
    def undressed(self) -> Iterator[None]:
        """Puts the style sheet on at the end of the block: parts put into each other would each be styled every time.

        For making a whole window; what is on the screen already is styled twice.
        """
        self._dressed = False
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._dressed = True
            self._app.setStyleSheet(style_sheet(self.tokens))

    def colour(self, name: str) -> QColor:
        """The token `name` as a colour to paint with."""
        return QColor(getattr(self.tokens, name))

    def pixel_ratio(self) -> float:
        """Device pixels to a logical pixel on the sharpest screen."""
        return self._app.devicePixelRatio()

    def duration(self, milliseconds: int) -> int:
        """How long an animation lasts: as asked, or 0 where the desktop wants less motion."""
        if not QApplication.isEffectEnabled(Qt.UIEffect.UI_General) and sys.platform == "win32":
            return 0
        wish = getattr(self._hints.accessibility(), "motionPreference", None)  # Qt 6.12 asks every desktop
        return 0 if wish is not None and wish().name == "ReducedMotion" else milliseconds

    def font(self, pixels: int, weight: int = 400) -> QFont:
        """The interface font with figures of equal width, so that changing numbers do not wobble."""
        if (pixels, weight) in self._fonts:
            return self._fonts[pixels, weight]
        font = QFont(FALLBACKS)
        font.setPixelSize(pixels)
        font.setWeight(QFont.Weight(weight))
        font.setFeature(QFont.Tag("tnum"), 1)
        font.setStyleStrategy(QFont.StyleStrategy.PreferAntialias)
        self._fonts[pixels, weight] = font
        return font

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        wanted = LIGHT if scheme == Qt.ColorScheme.Light else DARK
        if wanted is not self.tokens:
            self._apply(wanted)

    def _apply(self, tokens: Tokens) -> None:
        self.tokens = tokens
        self._app.setPalette(_palette(tokens))
        if self._dressed:
            self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()


def _load_fonts() -> None:
    """Adds the shipped Inter; where its files are missing, the fallbacks of the system serve."""
    folder = resources() / "fonts"
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.name.endswith(".ttf"):
            QFontDatabase.addApplicationFontFromData(file.read_bytes())


def _palette(tokens: Tokens) -> QPalette:
    roles = {
        QPalette.ColorRole.Window: tokens.panel,
        QPalette.ColorRole.WindowText: tokens.text,
        QPalette.ColorRole.Base: tokens.raised,
        QPalette.ColorRole.AlternateBase: tokens.panel,
        QPalette.ColorRole.Text: tokens.text,
        QPalette.ColorRole.Button: tokens.raised,
        QPalette.ColorRole.ButtonText: tokens.text,
        QPalette.ColorRole.PlaceholderText: tokens.muted,
        QPalette.ColorRole.Highlight: tokens.accent,
        QPalette.ColorRole.HighlightedText: tokens.on_accent,
        QPalette.ColorRole.ToolTipBase: tokens.tooltip,
        QPalette.ColorRole.ToolTipText: tokens.text,
        QPalette.ColorRole.Link: tokens.accent,
        QPalette.ColorRole.Mid: tokens.line,
        QPalette.ColorRole.Accent: tokens.accent,
    }
    palette = QPalette()
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.faint))
    return palette
