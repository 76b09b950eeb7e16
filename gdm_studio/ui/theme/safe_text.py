"""Safe display of text from files: no markup, control characters or changes of text direction."""

from __future__ import annotations

from PySide6 import QtGui

from gdm_studio.common.text_safety import UNSAFE_CHARACTERS
from gdm_studio.request.prompts import start_of

# Characters of a tooltip.
MAX_TIP = 2000
REPLACEMENT = "\ufffd"
# A word joiner has no width, and ends a tag or an entity.
JOINER = "\u2060"


def plain(text: str) -> str:
    """Replace control characters in a string with visible symbols, so that text from files is safe to display.

    A string beyond the length limit of prompts is cut, because Qt takes seconds to lay out a longer word.
    """
    return UNSAFE_CHARACTERS.sub(lambda match: _visible_symbol(match[0]), start_of(text))


def tip(text: str) -> str:
    """Return a tooltip that Qt displays literally. Qt would otherwise interpret some strings as rich text, which can
    load files.
    """
    text = plain(start_of(text, MAX_TIP))
    if not QtGui.Qt.mightBeRichText(text):
        return text
    return text.replace("<", f"<{JOINER}").replace("&", f"&{JOINER}")


def escape_ampersands(text: str) -> str:
    """Double each & in the title of a menu entry or button. Qt would otherwise underline the next letter."""
    return plain(text).replace("&", "&&")


def _visible_symbol(character: str) -> str:
    code = ord(character)
    if character in "\n\t":
        return character
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else REPLACEMENT


def make_plain(value: object, *names: str) -> None:
    """Replace control characters in the named text fields of a frozen dataclass, in place."""
    for name in names:
        object.__setattr__(value, name, plain(getattr(value, name)))
