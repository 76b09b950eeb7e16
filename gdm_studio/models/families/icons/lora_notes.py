"""Remarks about the LoRA tags in a prompt: which LoRAs apply, and which names are unknown."""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterator, Mapping, Sequence
from dataclasses import replace
from os.path import commonprefix
from pathlib import Path

from gdm_studio.models.adapters.adapter_detection import fits
from gdm_studio.models.adapters.lookup import (
    adapters_named_in,
    blank_adapters,
    similar_adapters,
    trained_words,
    user_weight_files,
)
from gdm_studio.models.files.checkpoints import read_header
from gdm_studio.models.prompts.a1111_syntax import Tag, adapter_tags, adapters_mentioned
from gdm_studio.models.prompts.prompt_reading import NoteKind, PromptNote, PromptReading

# Maximum number of installed LoRAs, and of unknown LoRAs, that get a remark.
MOST_NAMES = 8
# Possible input widths of a model's layers, by each name that LoRA files use for a layer.
LayerWidths = Mapping[str, Collection[int]]


def read_with_adapters(
    prompt: str,
    read_words: Callable[[str, Container[str] | None], PromptReading],
    load_widths: Callable[[], LayerWidths],
) -> PromptReading:
    """Return the reading of a prompt with remarks about its LoRAs.

    `read_words(text, trained)` reads the prompt without the tags of installed LoRAs; rewritten prompts contain these
    tags again. `trained` contains the words that these LoRAs know, see `ModelCard.translate`. The tag of an unknown
    LoRA is read as words, and its words that are not drawn are dropped. `load_widths()` returns the layers of the
    model.
    """
    tags = adapter_tags(prompt)
    if not tags:
        return read_words(prompt, ())
    there = [*user_weight_files()]
    files = dict(adapters_named_in([prompt], there))
    blanked, _ = blank_adapters(prompt, files)
    reading = read_words(blanked, trained_words(files.values()))
    installed = [tag for tag in tags if tag.name.strip() in files]
    unknown = [tag for tag in tags if tag.name.strip() not in files]
    inside = {place for tag in unknown for place in range(tag.start, tag.end)}
    parts = [part for part in reading.parts if not (part.is_ignored and part.start in inside)]

    def restore(rewrite: str) -> str:
        return _apply_rewrite(rewrite, prompt, blanked, installed) if rewrite else ""

    notes = [
        *_iter_installed_notes(prompt, files, load_widths),
        *_iter_unknown_notes(prompt, unknown, there),
        *reading.notes,
    ]
    return PromptReading(
        tuple(replace(part, rewrite=restore(part.rewrite)) for part in parts),
        tuple(notes),
        tuple(replace(each, rewrite=restore(each.rewrite)) for each in reading.nearest),
    )


def _apply_rewrite(rewrite: str, prompt: str, blanked: str, tags: Sequence[Tag]) -> str:
    """Apply a change of the prompt without tags, from `blanked` to `rewrite`, to the prompt with its tags.

    A tag within the changed text is moved to the end.
    """
    start = len(commonprefix((blanked, rewrite)))
    same_end = len(commonprefix((blanked[start:][::-1], rewrite[start:][::-1])))
    moved = [tag for tag in tags if tag.start < len(blanked) - same_end and start < tag.end]
    if moved:
        start = min(start, moved[0].start)
        same_end = min(same_end, len(blanked) - moved[-1].end)
    changed = f"{prompt[:start]}{rewrite[start : len(rewrite) - same_end]}{prompt[len(prompt) - same_end :]}"
    return " ".join([changed.rstrip(), *(tag.text for tag in moved)])


def _iter_installed_notes(
    prompt: str, files: Mapping[str, Path], load_widths: Callable[[], LayerWidths]
) -> Iterator[PromptNote]:
    """Yield a remark for each installed LoRA that changes the image or is for another model."""
    mentions = [mention for mention in adapters_mentioned(prompt) if mention.name in files]
    for mention in mentions[:MOST_NAMES]:
        if not fits(read_header(files[mention.name]), load_widths()):
            yield PromptNote(NoteKind.FOREIGN_ADAPTER, mention.name)
        elif mention.text or mention.unet:
            yield PromptNote(NoteKind.ADAPTER, mention.name)


def _iter_unknown_notes(prompt: str, unknown: Sequence[Tag], there: Collection[Path]) -> Iterator[PromptNote]:
    """Yield a remark for each LoRA name that is unknown, with the most similar name of an installed LoRA."""
    first = {tag.name.strip(): tag for tag in reversed(unknown)}
    for name, tag in [*reversed(first.items())][:MOST_NAMES]:
        near = next(similar_adapters(name, there), "")
        corrected = "".join(["<lora:", near, *(f":{weight}" for weight in tag.weights), ">"])
        rewrite = f"{prompt[: tag.start]}{corrected}{prompt[tag.end :]}" if near else ""
        yield PromptNote(NoteKind.UNKNOWN_ADAPTER, name or tag.text, near, rewrite)
