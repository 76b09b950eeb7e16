"""Descriptive metadata of weight files: title, author, date, licence, tags, and trigger words of adapters.

Keys that start with modelspec. come from Stability's ModelSpec, and those with ss_ from kohya's trainer. All values are
untrusted text.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import islice

from gdm_studio.common.text_safety import UNSAFE_CHARACTERS
from gdm_studio.models.adapters.adapter_detection import adapter_card, is_adapter_tensor, unsupported_kind
from gdm_studio.models.adapters.embedding import check_embedding, embedding_base
from gdm_studio.models.few_step_models import few_step_kind_in, step_count_in
from gdm_studio.models.files.checkpoints import Entry
from gdm_studio.models.files.civitai_info import NOTHING, Note
from gdm_studio.models.files.ip_adapter import FIRST_LAYER
from gdm_studio.models.files.network_prefixes import find_prefixes
from gdm_studio.models.files.recognition import control_kind
from gdm_studio.models.files.taesd import has_decoder
from gdm_studio.models.files.text_encoder import clip_name

# Maximum number of characters of a description. Other values may have a tenth of that.
MOST = 2000
MOST_TAGS = 12
# Maximum number of words that are read from an adapter's training captions.
MOST_WORDS = 100_000
# A word that occurs in at least this fraction of an adapter's training captions is a trigger word.
SHARE = 0.9
TEXT_ENCODER = "Text encoder"
# An autoencoder has fewer tensors than this, a complete model has more.
MOST_OF_VAE = 500
ADAPTERS = frozenset(
    {"LoRA", "LoCon", "LoHa", "LoKr", "GLoRA", "OFT", "BOFT", "IA3", "T-LoRA", "DoRA", "differences", "Adapter"}
)
_VAE = ("encoder.conv_in.weight", "decoder.conv_in.weight")
_SUMMARIES = ("modelspec.description", "modelspec.usage_hint", "ss_training_comment")


@dataclass(frozen=True)
class Description:
    """Descriptive metadata of a model or add-on, as single lines of plain text. Unknown values are "". `kind` is set
    only for add-ons such as LoRAs and VAEs.
    """

    # One of LoRA, LoCon, …, Embedding and ControlNet.
    kind: str = ""
    # Kind of the models that the add-on is for, according to its tensors.
    base: str = ""
    # The models that the add-on is for, according to a note beside it.
    made_for: str = ""
    title: str = ""
    # Titles by which prompts may name an adapter, in addition to its file name.
    aliases: tuple[str, ...] = ()
    author: str = ""
    # Date in ISO 8601.
    date: str = ""
    licence: str = ""
    summary: str = ""
    tags: tuple[str, ...] = ()
    # Words that activate an adapter.
    triggers: tuple[str, ...] = ()
    parameters: int = 0
    # A key of `few_step_models.FEW_STEPS`, if the file states that the model was distilled.
    few_steps: str = ""
    # The number of steps for which the model was distilled, or 0 if unknown.
    made_for_steps: int = 0
    # The format in which most of the weights are quantised, such as "Q5_K", or "" for plain weights.
    storage: str = ""


def describe_entry(entry: Entry, note: Note = NOTHING) -> Description:
    """Collect the description of a model or add-on (title, author, licence, tags and so on) from the metadata in its
    headers. The values of a .civitai.info file fill the gaps.
    """
    metadata = entry.metadata
    kind, base = _detect_kind(entry)
    trained = _read_caption_words(metadata.get("ss_tag_frequency", "")) if kind else ()
    title_and_tags = "; ".join(
        (*(_read_value(metadata, f"modelspec.{name}") for name in ("title", "tags")), note.title)
    )[:MOST]
    few_steps = few_step_kind_in(title_and_tags)
    lists = {name: split_list(metadata.get(f"modelspec.{name}", "")) for name in ("tags", "trigger_phrase")}
    return Description(
        kind=kind,
        base=base,
        made_for=single_line(note.made_for),
        title=next(iter(titles(metadata, note)), ""),
        aliases=titles(metadata, note) if kind in ADAPTERS else (),
        author=_read_line(metadata, "modelspec.author") or single_line(note.author),
        date=_parse_date(metadata.get("modelspec.date", ""))
        or _parse_timestamp(metadata.get("ss_training_finished_at", ""))
        or _parse_date(note.date),
        licence=_read_line(metadata, "modelspec.license", "license") or single_line(note.licence),
        summary=single_line(_read_value(metadata, *_SUMMARIES) or note.summary, MOST),
        tags=lists["tags"] or split_list(note.tags) or tuple(word for word, _ in trained[:MOST_TAGS]),
        triggers=lists["trigger_phrase"] or split_list(note.triggers) or _select_trigger_words(trained),
        parameters=sum(math.prod(shape) for header in entry.headers.values() for shape in header.shapes.values()),
        few_steps=few_steps,
        made_for_steps=step_count_in(title_and_tags) if few_steps else 0,
        storage=_storage_format(entry),
    )


def _storage_format(entry: Entry) -> str:
    """Return the quantisation format in which the weights of the largest file are stored, such as "Q5_K", or "" for
    weights that are not quantised.
    """
    largest = max(entry.headers.values(), key=lambda header: sum(map(math.prod, header.shapes.values())))
    return largest.storage


def titles(metadata: Mapping[str, str], note: Note = NOTHING) -> tuple[str, ...]:
    """Return the distinct titles of a model or add-on, from its metadata and its .civitai.info file. The first one is
    displayed.
    """
    found = (_read_line(metadata, "modelspec.title"), single_line(note.title), _read_line(metadata, "ss_output_name"))
    return tuple(dict.fromkeys(filter(None, found)))


def single_line(text: str, max_length: int = MOST // 10) -> str:
    """Convert untrusted text to one line of at most `max_length` characters, with spaces for unsafe ones."""
    plain = " ".join(UNSAFE_CHARACTERS.sub(" ", text[: 4 * max_length]).split())
    return plain if len(plain) <= max_length else f"{plain[: max_length - 1]}…"


def training_texts(metadata: Mapping[str, str], note: Note = NOTHING) -> list[str]:
    """Return the trigger phrases of a LoRA, and the tags of its training captions as kohya's trainer saves them."""
    triggers = (*split_list(metadata.get("modelspec.trigger_phrase", "")), *split_list(note.triggers))
    return [*triggers, *_read_tag_counts(metadata.get("ss_tag_frequency", ""))]


def _select_trigger_words(trained: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    return tuple(word for word, share in trained if share >= SHARE)[:3]


def _detect_kind(entry: Entry) -> tuple[str, str]:
    """Recognise an add-on such as a LoRA, VAE or ControlNet by its tensor names. Returns its kind and the kind of model
    that it is for, or ("", "") for other files.
    """
    if entry.kind != "file":
        return "", ""
    header = next(iter(entry.headers.values()))
    names = header.shapes
    if (control := control_kind(names))[0]:
        return control
    if len(names) < MOST_OF_VAE and find_prefixes(names, *_VAE):
        return "VAE", ""
    if has_decoder(names):
        return "Previews", ""
    if name := clip_name(names):
        return TEXT_ENCODER, name
    if base := embedding_base(header):
        check_embedding(entry.path.name, header)
        return "Embedding", base
    if FIRST_LAYER in names:
        # An IP-Adapter for faces, which also contains low-rank changes of the U-Net.
        return "", ""
    if names and (sum(is_adapter_tensor(name, header) for name in names) > len(names) / 2 or unsupported_kind(header)):
        card = adapter_card(entry.path, header)
        kind = "DoRA" if "DoRA" in card.kinds else next(iter(card.kinds), "Adapter")
        return kind, card.base
    return "", ""


def _read_line(metadata: Mapping[str, str], *names: str) -> str:
    return single_line(_read_value(metadata, *names))


def _read_value(metadata: Mapping[str, str], *names: str) -> str:
    return next((text for name in names if (text := metadata.get(name, "").strip()) and text != "None"), "")


def split_list(text: str) -> tuple[str, ...]:
    """Split a string at commas, semicolons and line ends into at most MOST_TAGS distinct phrases."""
    words = (single_line(word, 60) for word in re.split(r"[,;\n]", text[: 2 * MOST]))
    return tuple(dict.fromkeys(word for word in words if word))[:MOST_TAGS]


def _read_caption_words(text: str) -> list[tuple[str, float]]:
    """Return the most frequent words of a LoRA's training captions, from the tag counts that kohya's trainer saves.
    Frequencies are relative to the most frequent word.
    """
    counts = _read_tag_counts(text)
    most = max(counts.values(), default=1)
    common = sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))[:MOST_TAGS]
    return [(word, count / most) for word, count in common]


def _read_tag_counts(text: str) -> dict[str, int]:
    """Return how often each tag occurs in a LoRA's training captions, or {} if its metadata is malformed."""
    try:
        folders = json.loads(text) if text else {}
        counts: dict[str, int] = {}
        described = ((word, count) for words in folders.values() for word, count in words.items())
        for word, count in islice(described, MOST_WORDS):
            if type(count) is int and 0 < count < 2**40:
                plain = single_line(word, 60)
                counts[plain] = counts.get(plain, 0) + count
    except (ValueError, AttributeError, RecursionError):
        return {}
    counts.pop("", None)
    return counts


def _parse_date(text: str) -> str:
    try:
        return date.fromisoformat(text[:10]).isoformat()
    except ValueError:
        return ""


def _parse_timestamp(seconds: str) -> str:
    """Return the date of a Unix timestamp, which kohya's trainer stores as a string, or "" if it is malformed."""
    try:
        return datetime.fromtimestamp(float(seconds[:20]), UTC).date().isoformat()
    except (ValueError, OverflowError, OSError):
        return ""
