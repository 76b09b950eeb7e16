"""Theme of the window: colours, fonts, palette and style sheet, following the desktop's dark or light scheme."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QImage, QPalette, QPixmap
from PySide6.QtWidgets import QApplication

from gdm_studio.common.paths import resources
from gdm_studio.ui.theme.colours import DARK, LIGHT, Tokens
from gdm_studio.ui.theme.imaging import are_lost_on
from gdm_studio.ui.theme.style_sheet import style_sheet

__all__ = ["DARK", "LIGHT", "SPACE", "Space", "Theme", "Tokens"]

SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark}
# Thumbnails whose contrast is cached.
MOST_THUMBNAILS = 2000
FALLBACKS = ["Inter", "Segoe UI", "SF Pro Text", "Noto Sans", "Noto Sans CJK JP", "Hiragino Sans", "Yu Gothic UI"]


@dataclass(frozen=True)
class Space:
    """Distances and sizes used by all layouts of the window, in logical pixels."""

    hair: int = 4
    small: int = 8
    # Between two controls side by side.
    gap: int = 10
    medium: int = 12
    # From a panel's border to its contents.
    edge: int = 16
    large: int = 24
    # Height of a field.
    control: int = 38
    radius: int = 9
    controls_width: int = 316
    gallery_width: int = 264
    filmstrip_height: int = 122
    topbar_height: int = 48


SPACE = Space()


class Theme(QObject):
    """Colours and fonts of the application, dark or light.

    Widgets read `tokens` and repaint when `changed()` is emitted. `canvas` is the background of transparent images, a
    value of the preference with this name.
    """

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.tokens = DARK
        # Whether a thumbnail vanishes on the colour "plate", by its key in Qt's cache.
        self._lost_on_plate: dict[int, bool] = {}
        self.canvas = "checker"
        self._has_style_sheet = True
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
        """Switch to the "light" or the "dark" theme, or follow the desktop's setting with "system"."""
        scheme = SCHEMES[name]
        if scheme == Qt.ColorScheme.Unknown:
            self._hints.unsetColorScheme()
        else:
            self._hints.setColorScheme(scheme)
        self._follow(scheme if scheme != Qt.ColorScheme.Unknown else self._hints.colorScheme())

    def set_canvas(self, canvas: str) -> None:
        """Set the background behind transparent images: "checker", "dark", "light" or a colour as "#rrggbb"."""
        if canvas != self.canvas:
            self.canvas = canvas
            self.changed.emit()

    def plate(self, ground: str, picture: QPixmap | None = None) -> str:
        """Return the name of the colour to paint behind a transparent thumbnail on the background colour `ground`.

        Dark backgrounds are replaced, so that black drawings stay visible. They remain behind a `picture` whose only
        colour would vanish on the replacement, such as the points of a toy problem.
        """
        if not self.dark:
            return ground
        return ground if picture is not None and self._is_lost_on_plate(picture) else "plate"

    def remember_lost(self, picture: QPixmap, is_lost: bool) -> None:
        """Remember whether a thumbnail vanishes on the colour "plate", as `are_lost_on_plate` has found on a thread."""
        while len(self._lost_on_plate) >= MOST_THUMBNAILS:
            del self._lost_on_plate[next(iter(self._lost_on_plate))]
        self._lost_on_plate[picture.cacheKey()] = is_lost

    def _is_lost_on_plate(self, picture: QPixmap) -> bool:
        if picture.cacheKey() not in self._lost_on_plate:
            self.remember_lost(picture, are_lost_on_plate([picture.toImage()])[0])
        return self._lost_on_plate[picture.cacheKey()]

    @contextmanager
    def without_style_sheet(self) -> Iterator[None]:
        """Delay the style sheet until the end of this context, to speed up the creation of a window with many widgets.

        Otherwise Qt would restyle each widget whenever it gets a new parent. Widgets that already exist are styled
        twice.
        """
        self._has_style_sheet = False
        self._app.setStyleSheet("")
        try:
            yield
        finally:
            self._has_style_sheet = True
            self._app.setStyleSheet(style_sheet(self.tokens))

    def colour(self, name: str) -> QColor:
        """Return the theme colour with this name as a QColor."""
        return QColor(getattr(self.tokens, name))

    def pixel_ratio(self) -> float:
        """Return the number of device pixels per logical pixel on the screen with the highest pixel density."""
        return self._app.devicePixelRatio()

    def duration(self, milliseconds: int) -> int:
        """Return an animation's duration in milliseconds, or 0 if the desktop requests reduced motion."""
        if not QApplication.isEffectEnabled(Qt.UIEffect.UI_General) and sys.platform == "win32":
            return 0
        # Since Qt 6.12.
        preference = getattr(self._hints.accessibility(), "motionPreference", None)
        return 0 if preference is not None and preference().name == "ReducedMotion" else milliseconds

    def font(self, pixels: int, weight: int = 400) -> QFont:
        """Return the window's font in this size and weight.

        All digits have the same width, so that changing numbers do not move.
        """
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
        # Removing the old style sheet first makes the switch 3.5 times as fast.
        self._app.setStyleSheet("")
        self._app.setPalette(_create_palette(tokens))
        if self._has_style_sheet:
            self._app.setStyleSheet(style_sheet(tokens))
        self.changed.emit()


def are_lost_on_plate(pictures: Sequence[QImage]) -> list[bool]:
    """Return for each picture whether it is transparent and vanishes on the colour "plate" of the dark theme.

    Any thread may call it.
    """
    return are_lost_on(pictures, QColor(DARK.plate))


def _load_fonts() -> None:
    """Load the shipped font files of Inter. If they are missing, Qt uses another font."""
    folder = resources() / "fonts"
    if not folder.is_dir():
        return
    for file in folder.iterdir():
        if file.name.endswith(".ttf"):
            QFontDatabase.addApplicationFontFromData(file.read_bytes())


def _create_palette(tokens: Tokens) -> QPalette:
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
