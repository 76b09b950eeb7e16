"""Credits for a model's training images, to be published together with generated images."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from gdm_studio.models.model_card import ModelCard, Source

if TYPE_CHECKING:
    from gdm_studio.models.attribution import Origin

LICENCE_LINKS = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ISC": "https://opensource.org/license/isc",
    "MIT": "https://opensource.org/license/mit",
}
# First words of the credits for a model, and the headings of its lists, in their order.
_START = "Made with GDM Studio by the model "
_CLOSE = "Close to these drawings, from which the model learned; changes were made:"
_SETS = "The model learned from drawings of these sets, which were rendered to pixels for it:"
_LICENCES = "Their licences:"
_HEADINGS = (_CLOSE, _SETS, _LICENCES)


def credit_text(card: ModelCard, close_to: Sequence[Origin | None] = (None,)) -> str:
    """Return the credits for a model and the authors of its training images, as text to publish with generated images.
    Returns "" if the model card lists no sources.

    `close_to` contains, for each image, the training drawing that it resembles, or None. These drawings are listed with
    author, licence and link. If at least one image resembles no drawing, all sources are listed too.
    """
    if not card.sources:
        return ""
    lines = [f"{_START}{card.title or card.name} ({card.author}, {card.licence}).", ""]
    near = sorted({(origin.thing, origin.source) for origin in close_to if origin is not None}, key=str)
    if near:
        lines += [
            _CLOSE,
            *(f"- “{thing}” of {_format_source(source)}" for thing, source in near),
            "",
        ]
    general = None in close_to
    if general:
        lines += [
            _SETS,
            *(f"- {_format_source(source)}" for source in card.sources),
            "",
        ]
    licences = {card.licence, *(source.licence for source in card.sources if general)}
    licences |= {source.licence for _, source in near}
    links = [f"- {name}: {link}" for name, link in LICENCE_LINKS.items() if name in licences]
    return "\n".join([*lines, *([_LICENCES, *links] if links else [])]).rstrip("\n") + "\n"


def merge_credits(old: str, new: str) -> str | None:
    """Return the credits `old`, such as those of a file, with those that `new` adds, both as `credit_text` writes them.
    The credits for several models are separated by a blank line. Return None if `old` contains anything else.
    """
    models: dict[str, dict[str, dict[str, None]]] = {}
    for text in (old, new):
        lists: dict[str, dict[str, None]] | None = None
        for paragraph in filter(None, text.strip("\n").split("\n\n")):
            heading, *entries = paragraph.splitlines()
            if heading.startswith(_START) and not entries:
                lists = models.setdefault(heading, {})
            elif lists is not None and heading in _HEADINGS and all(entry.startswith("- ") for entry in entries):
                lists.setdefault(heading, {}).update(dict.fromkeys(entries))
            else:
                return None
    paragraphs = [
        "\n".join(lines)
        for model, lists in models.items()
        for lines in ([model], *([heading, *lists[heading]] for heading in _HEADINGS if heading in lists))
    ]
    return "\n\n".join(paragraphs) + "\n"


def _format_source(source: Source) -> str:
    return ", ".join(filter(None, [f"{source.title or source.set} by {source.author}", source.licence, source.url]))
