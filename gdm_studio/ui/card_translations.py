"""Translations of titles and summaries in the shipped models' cards, which are stored in English.

They are for display only. Requests, files and prompts keep the ids and the English originals.
"""

from __future__ import annotations

import re
from dataclasses import replace

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.model_card import ModelCard
from gdm_studio.ui.translation import sentence_text, translate

# Texts of the shipped cards. Texts of other models are shown as they are.
TEXTS = (
    QT_TRANSLATE_NOOP("ModelCard", "Any style"),
    QT_TRANSLATE_NOOP(
        "ModelCard",
        "Small pictures of things, animals, food and faces, in many drawing styles, with transparency.",
    ),
    QT_TRANSLATE_NOOP("ModelCard", "Icons in four steps: a distilled student, with guidance and temperature built in."),
    QT_TRANSLATE_NOOP("ModelCard", "Doubles a picture with transparency; applied again for four and eight times."),
    QT_TRANSLATE_NOOP("ModelCard", "Emoji"),
    QT_TRANSLATE_NOOP("ModelCard", "Line"),
    QT_TRANSLATE_NOOP("ModelCard", "Shape"),
    QT_TRANSLATE_NOOP("ModelCard", "Soft gradient"),
    QT_TRANSLATE_NOOP("ModelCard", "Bold flat"),
    QT_TRANSLATE_NOOP("ModelCard", "Flat rounded"),
    QT_TRANSLATE_NOOP("ModelCard", "Bright classic"),
    QT_TRANSLATE_NOOP("ModelCard", "Outlined cartoon"),
    QT_TRANSLATE_NOOP("ModelCard", "Ink glyph"),
    QT_TRANSLATE_NOOP("ModelCard", "Bold outline"),
    QT_TRANSLATE_NOOP("ModelCard", "Duotone line"),
    QT_TRANSLATE_NOOP("ModelCard", "Outlined pastel"),
    QT_TRANSLATE_NOOP("ModelCard", "Glossy 3D"),
    QT_TRANSLATE_NOOP("ModelCard", "Blob"),
    QT_TRANSLATE_NOOP("ModelCard", "Simple flat"),
)

# Summaries in the shipped weights of published systems that differ from the idea of the system.
EARLIER_IDEAS = (
    QT_TRANSLATE_NOOP("System", "Packs pictures into a few numbers and unpacks them: covers the data, and blurs it."),
    QT_TRANSLATE_NOOP("System", "A network learns to take back one of a thousand small steps of noise."),
    QT_TRANSLATE_NOOP(
        "System", "A network learns which way pictures are denser, at many sizes of noise; Langevin steps follow it."
    ),
)


def card_text(text: str) -> str:
    """Translate a title or summary of a shipped model card into the language of the window. Those of other cards are
    returned unchanged.
    """
    return translate("ModelCard", text) if text else ""


def summary_text(summary: str, card: ModelCard | None) -> str:
    """Return the summary of a model or add-on in the language of the window, if the model is shipped or demonstrates a
    published system. `card` is None for an add-on, or for a file that cannot be used, whose summary is the reason.
    """
    if summary and card is not None and card.family == "systems":
        return translate("System", summary)
    return card_text(sentence_text(summary))


def translated_card(card: ModelCard) -> ModelCard:
    """Return a copy of a model card with the titles of its styles and its summary in the language of the window."""
    styles = tuple(replace(style, title=card_text(style.title), group=card_text(style.group)) for style in card.styles)
    former = tuple(replace(style, title=card_text(style.title)) for style in card.former_styles)
    return replace(card, summary=summary_text(card.summary, card), styles=styles, former_styles=former)


def device_text(description: str) -> str:
    """Return the description of a device, such as "CPU · 2 threads", in the language of the window."""
    match = re.fullmatch(r"CPU · (\d+) threads?", description)
    return translate("Device", "CPU · %n thread(s)", "", int(match[1])) if match else description
