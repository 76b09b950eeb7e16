"""What a file of weights says of itself: title, author, date, licence, tags, words that call an adapter.

modelspec.* is Stability's ModelSpec, ss_* what kohya's trainer notes down. All of it is a stranger's text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from gdm_studio.models.adapters.card import PARTS, adapter_card
from gdm_studio.models.adapters.embedding import base_of
from gdm_studio.models.checkpoints import Entry
from gdm_studio.models.few_steps import named_in, steps_in
from gdm_studio.models.notes import NOTHING, Note
from gdm_studio.models.tiny import is_tiny
from gdm_studio.printable import HARMFUL

MOST = 2000  # characters of a description, and a tenth of that of anything else
MOST_TAGS = 12
SHARE = 0.9  # of the pictures that an adapter learnt from: a word that so many were told with calls it
_MARKS = {  # a tensor that only this kind of file has -> the kind
    "control_model.zero_convs.0.0.weight": "ControlNet",
    "zero_convs.0.0.weight": "ControlNet",
    "controlnet_cond_embedding.conv_in.weight": "ControlNet",
    "lora_controlnet": "ControlNet",
    "text_model.embeddings.token_embedding.weight": "Text encoder",
    "conv_first.weight": "Upscaler",
    "params_ema.conv_first.weight": "Upscaler",
    "model.1.sub.0.RDB1.conv1.0.weight": "Upscaler",
}
ADAPTERS = frozenset({"LoRA", "LoCon", "LoHa", "LoKr", "DoRA", "differences", "Adapter"})
_VAE = ("encoder.conv_in.weight", "decoder.conv_in.weight")
_LATENT = 4  # channels, of Stable Diffusion's
_SUMMARIES = ("modelspec.description", "modelspec.usage_hint", "ss_training_comment")
_BEFORE_VAE = ("", "first_stage_model.", "vae.")


@dataclass(frozen=True)
class About:
    """Plain text of one line each, "" where the file does not say; `kind` of a file that is no model of its own."""

    kind: str = ""  # LoRA, LoCon, …, Embedding, ControlNet, VAE
    base: str = ""  # the models that such a file is for
    made_for: str = ""  # the same as a note beside it says
    title: str = ""
    author: str = ""
    date: str = ""  # ISO 8601
    licence: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()  # words that call what an adapter learnt
    parameters: int = 0
    few_steps: str = ""  # of `few_steps.FEW_STEPS`, where the file says that it was made for that
    made_for_steps: int = 0  # how many of them, where it says so


def about(entry: Entry, note: Note = NOTHING) -> About:
    """What the headers of an entry tell, and else a note beside it."""
    told = entry.metadata
    kind, base = _kind(entry)
    trained = _trained_with(told.get("ss_tag_frequency", "")) if kind else ()
    said = "; ".join((*(_text(told, f"modelspec.{name}") for name in ("title", "tags")), note.title))[:MOST]
    few_steps = named_in(said)
    given = {name: listed(told.get(f"modelspec.{name}", "")) for name in ("tags", "trigger_phrase")}
    return About(
        kind=kind,
        base=base,
        made_for=line(note.made_for),
        title=_first(told, "modelspec.title") or line(note.title) or _first(told, "ss_output_name"),
        author=_first(told, "modelspec.author") or line(note.author),
        date=_date(told.get("modelspec.date", "")) or _day(told.get("ss_training_finished_at", "")) or _date(note.date),
        licence=_first(told, "modelspec.license", "license") or line(note.licence),
        summary=line(_text(told, *_SUMMARIES) or note.summary, MOST),
        tags=given["tags"] or listed(note.tags) or tuple(word for word, _ in trained[:MOST_TAGS]),
        triggers=given["trigger_phrase"] or listed(note.triggers) or _calling(trained),
        parameters=sum(math.prod(shape) for header in entry.headers.values() for shape in header.shapes.values()),
        few_steps=few_steps,
        made_for_steps=steps_in(said) if few_steps else 0,
    )


def line(text: str, most: int = MOST // 10) -> str:
    """Foreign text on one line: without what a terminal or a window would obey, and not without end."""
    plain = " ".join(HARMFUL.sub(" ", text[: 4 * most]).split())
    return plain if len(plain) <= most else f"{plain[: most - 1]}…"


def _calling(trained: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    return tuple(word for word, share in trained if share >= SHARE)[:3]


def _kind(entry: Entry) -> tuple[str, str]:
    """Of a file that belongs to models, and the models; nothing for others."""
    if entry.kind != "file":
        return "", ""
    header = next(iter(entry.headers.values()))
    names = header.shapes
    if kind := next((kind for mark, kind in _MARKS.items() if mark in names), ""):
        return kind, ""
    for before in _BEFORE_VAE:
        if all(before + name in names for name in _VAE) and len(names) < 500:
            channels = next(iter(names[before + _VAE[1]][1:2]), _LATENT)
            return "VAE", "" if channels == _LATENT else f"latents of {channels} channels"
    if is_tiny(names):
        return "Previews", ""
    if base := base_of(header):
        return "Embedding", base
    if names and sum(name.endswith(tuple(PARTS)) for name in names) > len(names) / 2:
        card = adapter_card(entry.path, header)
        return next(iter(card.kinds), "Adapter"), card.base
    return "", ""


def _first(told: Mapping[str, str], *names: str) -> str:
    return line(_text(told, *names))


def _text(told: Mapping[str, str], *names: str) -> str:
    return next((text for name in names if (text := told.get(name, "").strip()) and text != "None"), "")


def listed(text: str) -> tuple[str, ...]:
    """Words or phrases with commas, semicolons or line ends between, each once; MOST_TAGS of them at most."""
    words = (line(word, 60) for word in re.split(r"[,;\n]", text[: 2 * MOST]))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def _trained_with(text: str) -> list[tuple[str, float]]:
    """The words that pictures were described with in training, the commonest first, each with its share of them."""
    try:
        folders = json.loads(text) if text else {}
        counts: dict[str, int] = {}
        for words in folders.values():
            for word, count in words.items():
                if type(count) is int and 0 < count < 2**40:
                    counts[line(word, 60)] = counts.get(line(word, 60), 0) + count
    except (ValueError, AttributeError, RecursionError):
        return []
    counts.pop("", None)
    most = max(counts.values(), default=1)
    common = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_TAGS]
    return [(word, count / most) for word, count in common]


def _date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _day(seconds: str) -> str:
    """Of a time as kohya writes it, counted since 1970."""
    try:
        return datetime.fromtimestamp(float(seconds[:20]), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
