"""Authors and licences of the icon sets, and the attribution notice."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from gdm_studio.models.credits import LICENCE_LINKS


@dataclass(frozen=True)
class Source:
    """Origin of an icon set, for attribution: its title, authors, link, and licence as an SPDX identifier."""

    title: str
    author: str
    link: str
    licence: str


_STREAMLINE = ("Streamline", "https://github.com/webalys-hq/streamline-vectors", "CC-BY-4.0")
_GOOGLE = ("Google Inc", "https://github.com/googlefonts/noto-emoji", "Apache-2.0")
# This is the licence of the drawings. The code is Apache-2.0.
_MOZILLA = ("Mozilla", "https://github.com/mozilla/fxemoji", "CC-BY-4.0")
_EMOJITWO = ("EmojiTwo and Emoji One", "https://github.com/EmojiTwo/emojitwo", "CC-BY-4.0")
_TWITTER = ("Twitter and contributors", "https://github.com/jdecked/twemoji", "CC-BY-4.0")
_ICONS8 = ("Icons8", "https://github.com/icons8/flat-Color-icons", "MIT")
_ICONPARK = ("ByteDance", "https://github.com/bytedance/IconPark", "Apache-2.0")
_FLUENT = ("Microsoft Corporation", "https://github.com/microsoft/fluentui-emoji", "MIT")

SOURCES = {
    "twemoji": Source("Twemoji", *_TWITTER),
    "noto": Source("Noto Emoji", *_GOOGLE),
    "noto-v1": Source("Noto Emoji (v1)", *_GOOGLE),
    "fluent-emoji": Source("Fluent Emoji", *_FLUENT),
    "fluent-emoji-flat": Source("Fluent Emoji Flat", *_FLUENT),
    "emojione": Source("EmojiTwo", *_EMOJITWO),
    "fxemoji": Source("FxEmoji", *_MOZILLA),
    "streamline-emojis": Source("Streamline Emojis", *_STREAMLINE),
    "icon-park": Source("IconPark", *_ICONPARK),
    "streamline-color": Source("Streamline Core colour", *_STREAMLINE),
    "streamline-plump-color": Source("Streamline Plump colour", *_STREAMLINE),
    "streamline-flex-color": Source("Streamline Flex colour", *_STREAMLINE),
    "streamline-sharp-color": Source("Streamline Sharp colour", *_STREAMLINE),
    "streamline-ultimate-color": Source("Streamline Ultimate colour", *_STREAMLINE),
    "streamline-freehand-color": Source("Streamline Freehand colour", *_STREAMLINE),
    "streamline-cyber-color": Source("Streamline Cyber colour", *_STREAMLINE),
    "streamline-kameleon-color": Source("Streamline Kameleon colour", *_STREAMLINE),
    "streamline-stickies-color": Source("Streamline Stickies colour", *_STREAMLINE),
    "fluent-color": Source(
        "Fluent UI System Color Icons",
        "Microsoft Corporation",
        "https://github.com/microsoft/fluentui-system-icons",
        "MIT",
    ),
    "glyphs-poly": Source("Glyphs Poly", "Goran Spasojevic", "https://github.com/gorango/glyphs", "MIT"),
    "flat-color-icons": Source("Flat Color Icons", *_ICONS8),
    "fluent-emoji-high-contrast": Source("Fluent Emoji High Contrast", *_FLUENT),
    "emojione-monotone": Source("EmojiTwo monotone", *_EMOJITWO),
    "game-icons": Source(
        "Game Icons",
        "Lorc, Delapouite and contributors",
        "https://game-icons.net",
        "CC-BY-3.0",
    ),
    "pinhead": Source("Pinhead", "Quincy Morgan", "https://github.com/waysidemapping/pinhead", "CC0-1.0"),
    "temaki": Source("Temaki", "Bryan Housel", "https://github.com/rapideditor/temaki", "CC0-1.0"),
    "mdi": Source(
        "Material Design Icons", "Pictogrammers", "https://github.com/Templarian/MaterialDesign", "Apache-2.0"
    ),
    "icon-park-twotone": Source("IconPark two-tone", *_ICONPARK),
    "icon-park-solid": Source("IconPark solid", *_ICONPARK),
    "fa6-solid": Source(
        "Font Awesome 6 Solid", "Fonticons, Inc.", "https://github.com/FortAwesome/Font-Awesome", "CC-BY-4.0"
    ),
    "healthicons": Source(
        "Health Icons", "Resolve to Save Lives", "https://github.com/resolvetosavelives/healthicons", "MIT"
    ),
    "ph": Source("Phosphor", "Phosphor Icons", "https://github.com/phosphor-icons/core", "MIT"),
}


def attributions(manifest: Iterable[dict[str, Any]]) -> str:
    """Return the attribution notice for a dataset, with a paragraph for each icon set that its manifest rows use."""
    # A drawing with a second colour version counts once.
    drawings = {(row["set"], row["name"]) for row in manifest}
    counts = Counter(name for name, _ in drawings)
    return "\n".join(_format_paragraph(SOURCES[name], counts[name]) for name in SOURCES if counts[name])


def _format_paragraph(source: Source, count: int) -> str:
    return (
        f"{source.title}, {source.author}, {source.link}\n"
        f"  Licence: {source.licence}, {LICENCE_LINKS[source.licence]}\n"
        f"  Used: {count} drawings. Changes made: rendered to square pictures of pixels, some of them in other "
        "colours, and learned from.\n"
    )
