"""LoRA tags of a prompt as parts of its reading: which LoRAs apply, and which names are unknown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from gdm_studio.models.adapters.lookup import nearest_adapter
from gdm_studio.models.prompt_analysis import NoteKind, PromptNote, PromptReading
from gdm_studio.models.prompt_parser import adapter_tags

# Maximum number of LoRAs, installed and unknown ones each, that get a remark.
MOST_NAMES = 8


def with_adapters(reading: PromptReading, prompt: str, blanked: str, tags: str) -> PromptReading:
    """Add remarks about the LoRAs of a prompt to the reading of its other words.

    `blanked` and `tags` are the result of `blank_adapters(prompt)`. The tags of installed LoRAs are appended to the
    rewritten prompts. The tag of an unknown LoRA is read as words, of which only those that are drawn are kept.
    """
    unknown = adapter_tags(blanked)
    if not tags and not unknown:
        return reading
    inside = {place for tag in unknown for place in range(tag.start, tag.end)}
    parts = [part for part in reading.parts if not (part.is_ignored and part.start in inside)]
    return PromptReading(
        tuple(replace(part, rewrite=_with_tags(part.rewrite, tags)) for part in parts),
        (*_applied(tags), *_unknown(prompt, blanked), *reading.notes),
        tuple(replace(each, rewrite=_with_tags(each.rewrite, tags)) for each in reading.nearest),
    )


def _with_tags(rewrite: str, tags: str) -> str:
    return f"{rewrite.rstrip()} {tags}" if rewrite and tags else rewrite


def _applied(tags: str) -> Iterator[PromptNote]:
    """Yield a remark for each installed LoRA."""
    names = dict.fromkeys(tag.name.strip() for tag in adapter_tags(tags))
    for name in [*names][:MOST_NAMES]:
        yield PromptNote(NoteKind.ADAPTER, name)


def _unknown(prompt: str, blanked: str) -> Iterator[PromptNote]:
    """Yield a remark for each LoRA name that is unknown, with the most similar name."""
    tags = {tag.name.strip(): tag for tag in reversed(adapter_tags(blanked))}
    for name, tag in [*reversed(tags.items())][:MOST_NAMES]:
        near = nearest_adapter(name)
        corrected = "".join(["<lora:", near, *(f":{weight}" for weight in tag.weights), ">"])
        rewrite = f"{prompt[: tag.start]}{corrected}{prompt[tag.end :]}" if near else ""
        yield PromptNote(NoteKind.UNKNOWN_ADAPTER, name, near, rewrite)
