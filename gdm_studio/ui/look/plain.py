"""Text that may come from a file, as it can be shown: no markup, no control characters, no letters turned around."""

from __future__ import annotations

from PySide6 import QtGui

from gdm_studio.printable import HARMFUL

STAND_IN = "\ufffd"
APART = "\u2060"  # has no width, and is part of no tag and no entity


def plain(text: str) -> str:
    """`text` with a picture or a stand-in for every character that does something rather than being seen."""
    return HARMFUL.sub(lambda match: _shown(match[0]), text)


def tip(text: str) -> str:
    """The same for a tooltip, which Qt would take for rich text, with pictures to load, where it begins like it."""
    text = plain(text)
    return text.replace("<", f"<{APART}").replace("&", f"&{APART}") if QtGui.Qt.mightBeRichText(text) else text


def entry(text: str) -> str:
    """The same for a menu's entry or a button, where & would underline the next letter."""
    return plain(text).replace("&", "&&")


def _shown(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else STAND_IN


def make_plain(value: object, *names: str) -> None:
    """Makes those fields of a frozen value, which are for people alone, plain."""
    for name in names:
        object.__setattr__(value, name, plain(getattr(value, name)))
