"""The colours of the two themes, by what they are for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Tokens:
    background: str  # behind the picture
    panel: str  # bars and side panels
    raised: str  # fields and cells on a panel
    card: str  # fields and cells on the background
    hover: str  # a raised thing under the pointer
    pressed: str
    line: str
    edge: str  # the line around a field under the pointer
    text: str
    muted: str
    faint: str  # disabled text
    accent: str
    accent2: str
    on_accent: str  # text on the accent and on the action
    action: str  # the gradient of the Generate button, deep enough for white text
    action2: str
    deep: str  # what the gradient sinks into where it is still to be filled
    danger: str
    warning: str
    ok: str
    star: str
    checker_a: str
    checker_b: str
    tooltip: str
    shadow: int  # strongest alpha of a soft shadow, 0 … 255
    selection: str  # behind selected text


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
    action="#4b6ce4",
    action2="#7f5ee4",
    deep="#1b1e25",
    danger="#ff7a7a",
    warning="#f2b35c",
    ok="#4cc38a",
    star="#ffcf5c",
    checker_a="#1f232b",
    checker_b="#191c22",
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
    action="#3d63e6",
    action2="#7a55e0",
    deep="#2a3350",
    danger="#c93a3a",
    warning="#b26a00",
    ok="#1f9d61",
    star="#f0a91b",
    checker_a="#ffffff",
    checker_b="#e2e4ea",
    tooltip="#ffffff",
    shadow=46,
    selection="#c9d5ff",
)
