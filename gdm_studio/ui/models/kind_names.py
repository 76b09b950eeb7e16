"""Names of the kinds of models and model parts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from gdm_studio.common.translation_markers import QT_TRANSLATE_NOOP
from gdm_studio.models.installed.model_table import ModelTableRow, group_of
from gdm_studio.ui.translation import translate

# Counts of the rows of a group, by the group.
COUNTS = {
    "Models": QT_TRANSLATE_NOOP("ModelKind", "%n model(s)"),
    "LoRAs": QT_TRANSLATE_NOOP("ModelKind", "%n LoRA(s)"),
    "VAEs": QT_TRANSLATE_NOOP("ModelKind", "%n VAE(s)"),
    "Embeddings": QT_TRANSLATE_NOOP("ModelKind", "%n embedding(s)"),
    "ControlNets": QT_TRANSLATE_NOOP("ModelKind", "%n ControlNet(s)"),
    "Text encoders": QT_TRANSLATE_NOOP("ModelKind", "%n text encoder(s)"),
    "Preview decoders": QT_TRANSLATE_NOOP("ModelKind", "%n preview decoder(s)"),
    "From the literature": QT_TRANSLATE_NOOP("ModelKind", "%n from the literature"),
    "Upscalers": QT_TRANSLATE_NOOP("ModelKind", "%n upscaler(s)"),
    "Diffusion transformers": QT_TRANSLATE_NOOP("ModelKind", "%n diffusion transformer(s)"),
    "Language models": QT_TRANSLATE_NOOP("ModelKind", "%n language model(s)"),
    "Image encoders": QT_TRANSLATE_NOOP("ModelKind", "%n image encoder(s)"),
    "Motion modules": QT_TRANSLATE_NOOP("ModelKind", "%n motion module(s)"),
    "Incomplete files": QT_TRANSLATE_NOOP("ModelKind", "%n incomplete file(s)"),
}
GROUPS = (
    QT_TRANSLATE_NOOP("ModelKind", "Models"),
    QT_TRANSLATE_NOOP("ModelKind", "Embeddings"),
    QT_TRANSLATE_NOOP("ModelKind", "Text encoders"),
    QT_TRANSLATE_NOOP("ModelKind", "Preview decoders"),
    QT_TRANSLATE_NOOP("ModelKind", "Upscalers"),
    QT_TRANSLATE_NOOP("ModelKind", "Diffusion transformers"),
    QT_TRANSLATE_NOOP("ModelKind", "Language models"),
    QT_TRANSLATE_NOOP("ModelKind", "Image encoders"),
    QT_TRANSLATE_NOOP("ModelKind", "Motion modules"),
    QT_TRANSLATE_NOOP("ModelKind", "Incomplete files"),
)
KINDS = (
    QT_TRANSLATE_NOOP("ModelKind", "Embedding"),
    QT_TRANSLATE_NOOP("ModelKind", "Text encoder"),
    QT_TRANSLATE_NOOP("ModelKind", "Previews"),
    QT_TRANSLATE_NOOP("ModelKind", "Upscaler"),
    QT_TRANSLATE_NOOP("ModelKind", "Diffusion transformer"),
    QT_TRANSLATE_NOOP("ModelKind", "Language model"),
    QT_TRANSLATE_NOOP("ModelKind", "Image encoder"),
    QT_TRANSLATE_NOOP("ModelKind", "Motion module"),
)


def group_text(group: str) -> str:
    """Return the translated name of a group in the table of models, such as "Models".

    Method names such as "LoRAs" are not translated.
    """
    return translate("ModelKind", group)


def family_text(family: str) -> str:
    """Return the family of a model file, with its kind translated, such as "SDXL" or "Embedding · SDXL"."""
    text = " · ".join(translate("ModelKind", part) for part in family.split(" · "))
    return text[:1].upper() + text[1:]


def count_by_kind(lines: Sequence[ModelTableRow]) -> str:
    """Return a phrase that counts the model files of each kind, such as "2 models, 3 LoRAs, 1 VAE"."""
    counts = Counter(map(group_of, lines))
    return ", ".join(_describe_count(group, count) for group, count in counts.items())


def _describe_count(group: str, count: int) -> str:
    return translate("ModelKind", COUNTS[group], "", count) if group in COUNTS else f"{count} {group}"
