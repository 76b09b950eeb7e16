"""Colours of the dark and the light theme."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tokens:
    """Colours of the dark or the light theme. Each field is named after the purpose of its colour."""

    # Behind the picture.
    background: str
    # Bars and side panels.
    panel: str
    # Fields and cells on a panel.
    raised: str
    # Fields and cells on the background.
    card: str
    # Hovered field or cell.
    hover: str
    pressed: str
    line: str
    # Border of a hovered field.
    edge: str
    text: str
    muted: str
    # Disabled text.
    faint: str
    accent: str
    accent2: str
    # Text on the accent and on the action.
    on_accent: str
    # Text and icon of a primary button, which is filled with the accent.
    primary_text: str
    # Gradient of the Generate button, dark enough for white text.
    action: str
    action2: str
    # Colour that the gradient is mixed with in the remaining part of the progress.
    deep: str
    danger: str
    warning: str
    ok: str
    star: str
    # Behind transparent thumbnails on dark grounds.
    plate: str
    checker_a: str
    checker_b: str
    tooltip: str
    # Strongest alpha of a soft shadow, 0 … 255.
    shadow: int
    # Behind selected text.
    selection: str


DARK = Tokens(
    background="#15171c",
    panel="#1b1e25",
    raised="#242832",
    card="#242832",
    hover="#2b303b",
    pressed="#313744",
    line="#2c313c",
    edge="#3d4452",
    text="#e7e9ee",
    muted="#8f97a6",
    faint="#6c7484",
    accent="#7c9cff",
    accent2="#a78bfa",
    on_accent="#ffffff",
    primary_text="#10131a",
    action="#4b6ce4",
    action2="#7f5ee4",
    deep="#1b1e25",
    danger="#ff7a7a",
    warning="#f2b35c",
    ok="#4cc38a",
    star="#ffcf5c",
    plate="#7a818e",
    checker_a="#7d8390",
    checker_b="#717783",
    tooltip="#2b303b",
    shadow=110,
    selection="#3f5296",
)

LIGHT = Tokens(
    background="#f3f4f7",
    panel="#ffffff",
    raised="#eef0f5",
    card="#ffffff",
    hover="#e5e8ef",
    pressed="#dbdfe8",
    line="#dfe3ea",
    edge="#c4cad6",
    text="#1b1f27",
    muted="#626b7c",
    faint="#7f8797",
    accent="#3d63e6",
    accent2="#7a55e0",
    on_accent="#ffffff",
    primary_text="#ffffff",
    action="#3d63e6",
    action2="#7a55e0",
    deep="#2a3350",
    danger="#c93a3a",
    warning="#b26a00",
    ok="#1f9d61",
    star="#f0a91b",
    plate="#eef0f5",
    checker_a="#ffffff",
    checker_b="#e2e4ea",
    tooltip="#ffffff",
    shadow=46,
    selection="#c9d5ff",
)
