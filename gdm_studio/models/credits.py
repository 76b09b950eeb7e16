"""The words that credit those whose drawings a model learned from; for people to put beside their pictures."""

from __future__ import annotations

from gdm_studio.models.card import ModelCard, Source

LICENCE_LINKS = {
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "ISC": "https://opensource.org/license/isc",
    "MIT": "https://opensource.org/license/mit",
}


def credit_text(card: ModelCard) -> str:
    """Plain text naming the model, and each source with author, licence and link; "" where the card has no sources."""
    if not card.sources:
        return ""
    lines = [
        f"Made with GDM Studio by the model {card.title or card.name} ({card.author}, {card.licence}).",
        "",
        "The model learned from drawings of these sets, which were rendered to pixels for it:",
        *(f"- {_source(source)}" for source in card.sources),
    ]
    links = [f"- {name}: {link}" for name, link in LICENCE_LINKS.items() if name in _licences(card)]
    if links:
        lines += ["", "Their licences:", *links]
    return "\n".join(lines) + "\n"


def _source(source: Source) -> str:
    return ", ".join(filter(None, [f"{source.title or source.set} by {source.author}", source.licence, source.url]))


def _licences(card: ModelCard) -> set[str]:
    return {card.licence, *(source.licence for source in card.sources)}
