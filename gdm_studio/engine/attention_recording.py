"""Attention maps, which show how strongly each position of an image attends to each word of the prompt.

At some of the steps, the network is evaluated once more per image with its attention layers recorded. This does not
affect the run itself. The maps are appended to the steps file as a separate record. With regions, the network is
evaluated for the prompt of each region too, and the attention to its words counts by the share of that prompt at each
position. Regions that act by attention are evaluated together, as in the run, and need no further factor.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors import SafetensorError
from safetensors.numpy import load

from gdm_studio.common import atomic_files
from gdm_studio.common.json_reader import MALFORMED, parse_json
from gdm_studio.denoising_steps import length_prefixed_records
from gdm_studio.denoising_steps.length_prefixed_records import ATTENTION
from gdm_studio.engine.attention_maps import Attention
from gdm_studio.engine.pipeline import Pipeline, PipelineStage
from gdm_studio.engine.prompt_mixture import place_of, region_maps
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.models.attention_hooks import SIDE
from gdm_studio.models.loaded_model import AttentionReader, StageWithWords
from gdm_studio.models.prompts.mixed_prompts import has_attention_regions
from gdm_studio.request.generation_events import Event, Result, StepEvent

# The size limit of the maps and strengths of one image, without the words.
MAX_MAP_BYTES = 56_000
# The size limit of the whole record, including the words.
MAX_RECORD_BYTES = 60_000
MAX_STEPS = 12
MAX_WORDS = 40
# The maximum number of letters of a word that are stored.
MAX_WORD_LENGTH = 40
READ_ERRORS = (SafetensorError, *MALFORMED)


def read(source: Path | bytes) -> Attention | None:
    """Return the attention maps in a file of saved steps, or None if it contains no valid ones. Raises StorageError."""
    data = source if isinstance(source, bytes) else atomic_files.read(source)
    with suppress(*READ_ERRORS):
        for each in length_prefixed_records.unpack(data):
            if len(each) <= MAX_RECORD_BYTES and ATTENTION.encode() in bytes(each):
                return _parse_record(bytes(each))
    return None


def _parse_record(data: bytes) -> Attention:
    """Parse and validate the attention maps in one record of a steps file.

    May raise any of READ_ERRORS for a malformed record.
    """
    metadata = length_prefixed_records.read_header(data)
    facts = parse_json(metadata["attention"])
    words = tuple(facts["words"])
    steps = tuple(facts["steps"])
    if metadata["format"] != ATTENTION or not 0 < len(words) <= MAX_WORDS or not 0 < len(steps) <= MAX_STEPS:
        raise ValueError("too many or no words or steps")
    if not all(isinstance(word, str) and len(word) <= MAX_WORD_LENGTH for word in words):
        raise ValueError("invalid words")
    if not all(type(step) is int and 0 < step < 100_000 for step in steps) or list(steps) != sorted(set(steps)):
        raise ValueError("invalid steps")
    tensors = load(data)
    maps = tensors["maps"]
    strengths = tensors["strengths"]
    height, width = maps.shape[2:]
    if maps.dtype != np.uint8 or maps.shape[:2] != (len(steps), len(words)) or not 0 < height <= SIDE >= width > 0:
        raise ValueError("maps of an invalid size")
    if strengths.dtype != np.float32 or strengths.shape != maps.shape[:2] or not np.isfinite(strengths).all():
        raise ValueError("strengths of an invalid size")
    return Attention(words, steps, maps, strengths.clip(0, 1))


def with_attention(events: Iterable[Event], pipeline: Pipeline) -> Iterator[Event]:
    """Record attention maps at some steps of a run, and append them to the step history of each finished image. All
    events of the run are passed on.
    """
    recorder: _AttentionRecorder | None = None
    for event in events:
        if isinstance(event, StepEvent):
            recorder = recorder or _AttentionRecorder(pipeline, event)
            recorder.record(event)
        elif isinstance(event, Result) and recorder is not None and event.steps:
            found = recorder.attention(event.image)
            event = replace(event, steps=event.steps + found.to_bytes()) if found is not None else event
        yield event


class _AttentionRecorder:
    """Recorder of the attention maps of a batch at selected denoising steps."""

    def __init__(self, pipeline: Pipeline, first: StepEvent) -> None:
        start: Any = first.record.start if first.record is not None else None
        self._pipeline = pipeline
        # The state x before the next step.
        self._x = start.x if start is not None else None
        # The map of each word, by image and step.
        self._maps_by_step: dict[int, dict[int, dict[str, torch.Tensor]]] = {}
        self._selected: set[int] = set()
        self._first = first.index
        # The number of a stage, and its attention readers for each image: one for the image's prompt, and one for each
        # region's, with its place in `region_maps`.
        self._stage_readers: tuple[int, list[list[tuple[int, AttentionReader]]]] = (-1, [])

    def record(self, event: StepEvent) -> None:
        """Record how strongly the network attends to the words of the prompt at this step, if this step is selected for
        recording.
        """
        x = self._x
        self._x = event.step.x
        index = event.index
        stage = self._pipeline.stage_at(event.index)
        model_stage: Any = stage.model
        if x is None or not isinstance(model_stage, StageWithWords) or (stage.input_count and not stage.is_joined):
            return
        if self._selected and index not in self._selected:
            return
        if self._stage_readers[0] != stage.number:
            self._stage_readers = stage.number, list(self._iter_attention_readers(stage, model_stage))
        readers = self._stage_readers[1]
        for row, image in enumerate(event.images):
            data = x[row if len(x) == len(readers) else 0][None]
            words, maps = self._read_words(readers[row], data, stage.path[index - 1 - stage.first])
            if words and not self._selected:
                self._selected = self._select_steps(len(words), maps[0].numel(), event.of)
            named = dict(zip(_number_duplicates(words), maps, strict=True))
            self._maps_by_step.setdefault(image, {})[index] = named

    def _iter_attention_readers(
        self, stage: PipelineStage, model_stage: StageWithWords
    ) -> Iterator[list[tuple[int, AttentionReader]]]:
        """Yield the readers of the attention weights for each image of the batch, which measure the attention to the
        prompts of that image.

        For this, the conditioning of a prompt is moved to the front. Of several prompts joined by AND, the first one is
        measured.
        """
        conditioning = self._pipeline.conditioning(stage, guided=stage.is_guided(self._pipeline.request))
        count = len(self._pipeline.images)
        first: dict[int, int] = {}
        for number, prompt in enumerate(stage.mixture.prompts if stage.mixture is not None else ()):
            first.setdefault(place_of(prompt), number)
        for image in range(count):
            readers = []
            for place, number in first.items() or ((0, 0),):
                row = number * count + image
                others = [*conditioning[:row], *conditioning[row + 1 :]]
                same = [each for each in others if each.adapters == conditioning[row].adapters]
                readers.append((place, model_stage.attention([conditioning[row], *same], stage.path)))
            yield readers

    def _read_words(
        self, readers: Sequence[tuple[int, AttentionReader]], data: torch.Tensor, at: NoiseLevel
    ) -> tuple[list[str], list[torch.Tensor]]:
        """Return the words of all prompts of an image, and the map (h, w) of the attention to each word."""
        words: list[str] = []
        maps: list[torch.Tensor] = []
        request = self._pipeline.request
        for place, read in readers:
            read_words, found = read(data, at)
            if request.regions and len(found) and not has_attention_regions(request):
                shares = region_maps(request, (found.shape[-2], found.shape[-1]))
                found = found * shares[place].to(found)
            words += read_words
            maps += found
        return words, maps

    def _select_steps(self, words: int, places: int, last: int) -> set[int]:
        """Select the steps whose attention is recorded, evenly spaced from the first step to `last`, and return their
        numbers. The number of steps is limited so that the maps do not become too large.
        """
        count = max(1, min(MAX_STEPS, MAX_MAP_BYTES // (min(words, MAX_WORDS) * (places + 4))))
        return {round(each) for each in np.linspace(self._first, last, min(count, last - self._first + 1))}

    def attention(self, image: int) -> Attention | None:
        """Return the attention maps recorded for an image, or None if there are none."""
        seen = {index: maps for index, maps in self._maps_by_step.get(image, {}).items() if maps}
        words = list(dict.fromkeys(word for maps in seen.values() for word in maps))[:MAX_WORDS]
        if not words:
            return None
        like = torch.zeros_like(next(iter(next(iter(seen.values())).values())))
        shares = torch.stack([torch.stack([maps.get(word, like) for word in words]) for maps in seen.values()])
        # (S, W)
        most = shares.amax(dim=(2, 3))
        levels = (255 * shares / most.clamp(min=1e-12)[..., None, None]).round().to(torch.uint8)
        names = tuple(word.rpartition("\0")[0][:MAX_WORD_LENGTH] for word in words)
        return Attention(names, tuple(seen), levels.numpy(), most.float().numpy())


def _number_duplicates(words: Iterable[str]) -> list[str]:
    """Append to each word of a prompt the number of times that it has occurred so far, so that repeated words can serve
    as distinct dictionary keys.
    """
    counts: dict[str, int] = {}
    found = []
    for word in words:
        counts[word] = counts.get(word, 0) + 1
        found.append(f"{word}\0{counts[word]}")
    return found
