"""LoRA tags in the reading of a prompt: LoRAs that fit the model, foreign, unknown and damaged ones."""

from __future__ import annotations

import pytest
import torch
from safetensors.torch import save_file

from gdm_studio.common import paths
from gdm_studio.models.adapters import lookup
from gdm_studio.models.families import read_prompt
from gdm_studio.models.model_card import ModelCard
from gdm_studio.models.model_library import Library
from gdm_studio.models.prompts.prompt_reading import NoteKind, PromptReading
from gdm_studio.request.generation_request import BUILT_IN

FITTING = ("lora_te_blocks_0_query_key_value", 192)


@pytest.fixture
def card(shipped: Library) -> ModelCard:
    paths.models_dir().mkdir(parents=True, exist_ok=True)
    write_lora("my-lora", *FITTING)
    return shipped.card(BUILT_IN)


def write_lora(name: str, layer: str, width: int) -> None:
    tensors = {f"{layer}.lora_down.weight": torch.zeros(1, width), f"{layer}.lora_up.weight": torch.zeros(4, 1)}
    save_file(tensors, paths.models_dir() / f"{name}.safetensors")


def notes_of(reading: PromptReading) -> list[tuple[NoteKind, str, str]]:
    return [(note.kind, note.value, note.near) for note in reading.notes]


def test_only_a_lora_that_fits_changes_the_image(card: ModelCard) -> None:
    write_lora("foreign", "lora_unet_down_blocks_0_attentions_0_proj_in", 320)
    write_lora("wide", FITTING[0], 768)
    names = ("my-lora", "foreign", "wide")
    fits = (NoteKind.ADAPTER, NoteKind.FOREIGN_ADAPTER, NoteKind.FOREIGN_ADAPTER)
    for name, kind in zip(names, fits, strict=True):
        assert notes_of(read_prompt(card, f"a fox <lora:{name}:0.5>")) == [(kind, name, "")]
    assert read_prompt(card, "a fox <lora:wide:1>").summary("Icons") == "The LoRA wide is for another model"
    # The weights of the text encoder and the U-Net.
    assert notes_of(read_prompt(card, "a fox <lora:my-lora:0>")) == []
    assert notes_of(read_prompt(card, "a fox <lora:my-lora:0:0.5>")) == [(NoteKind.ADAPTER, "my-lora", "")]


@pytest.mark.parametrize(
    ("prompt", "changed"),
    [
        ("<lora:my-lora:1> a foxx", "<lora:my-lora:1> a fox"),
        ("a foxx<lora:my-lora:1> and a cat", "a fox<lora:my-lora:1> and a cat"),
        ("a cat and <lora:my-lora:1> a foxx", "a cat and <lora:my-lora:1> a fox"),
        # The text between the things is replaced.
        ("<lora:my-lora:1> a dog jumping through a hat", "a dog and a hat <lora:my-lora:1>"),
        ("a dog <lora:my-lora:1> jumping through a hat", "a dog and a hat <lora:my-lora:1>"),
        ("a dog<lora:my-lora:1> jumping through a hat", "a dog and a hat <lora:my-lora:1>"),
    ],
)
def test_changes_of_words_keep_the_tags(card: ModelCard, prompt: str, changed: str) -> None:
    assert [part.rewrite for part in read_prompt(card, prompt).parts if part.rewrite] == [changed]


def test_the_lora_of_a_misspelt_tag_is_found_among_files_with_similar_names(
    card: ModelCard, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(4):
        save_file({"x": torch.zeros(3)}, paths.models_dir() / f"water{number}.safetensors")
    write_lora("waterxx", *FITTING)
    searches = []
    monkeypatch.setattr(lookup, "find_entries", lambda tops, find=lookup.find_entries: searches.append(1) or find(tops))
    found = notes_of(read_prompt(card, "a fox <lora:water:1> <lora:mylora:1> <lora:my-lora:1>"))
    assert found == [
        (NoteKind.ADAPTER, "my-lora", ""),
        (NoteKind.UNKNOWN_ADAPTER, "water", "waterxx"),
        (NoteKind.UNKNOWN_ADAPTER, "mylora", "my-lora"),
    ]
    assert len(searches) == 1, "searching the folders takes long"


def test_a_tag_without_a_name_and_a_damaged_file_are_unknown(card: ModelCard) -> None:
    (paths.models_dir() / "broken.safetensors").write_bytes(b"broken")
    for tag, name in (("<lora: :1>", "<lora: :1>"), ("<lora:broken:1>", "broken")):
        assert notes_of(read_prompt(card, f"a fox {tag}")) == [(NoteKind.UNKNOWN_ADAPTER, name, "")]


def test_a_weight_of_a_tag_in_brackets_is_no_word(card: ModelCard) -> None:
    reading = read_prompt(card, "fox (<lora:my-lora:1.2>:1.3)")
    assert [part.text for part in reading.parts] == ["fox"]
    assert [note.kind for note in reading.notes] == [NoteKind.ADAPTER, NoteKind.SYNTAX]
