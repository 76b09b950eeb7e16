"""Word maps of diffusion transformers: equal to a naive computation, and of the tokens of each word."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from gdm_studio.engine import attention_recording as attention
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.pipeline import Pipeline
from gdm_studio.models.attention_hooks import attention_maps, watch_attention
from gdm_studio.models.families.diffusion_transformers.conditioning import TOKENS, words_with_positions
from gdm_studio.models.model_library import Library, load_for_request
from gdm_studio.networks.diffusion_transformers import blocks
from gdm_studio.networks.diffusion_transformers.blocks import (
    Attention,
    Heads,
    JointAttention,
    ParallelBlock,
    rotary_positions,
    rotate,
    text_attention,
)
from gdm_studio.networks.stable_diffusion.tokenizer import clip_tokenizer
from gdm_studio.request.generation_events import Result
from tests.families.test_diffusion_transformers import request, write

CPU = torch.device("cpu")
PROMPT = "A red house, near (blue) waterfalls; a house"
WORDS = ("a", "red", "house", ",", "near", "(", "blue", ")", "waterfalls", ";", "a", "house")


def naive(heads: Heads, rotation: Any) -> Tensor:
    """Return the whole attention matrix, averaged over the heads (N, T, T)."""
    query, key, _ = heads
    query, key = (rotate(each, rotation) if rotation is not None else each for each in (query, key))
    key = key.repeat_interleave(query.shape[1] // key.shape[1], dim=1)
    return (query @ key.transpose(2, 3) / query.shape[-1] ** 0.5).softmax(dim=-1).mean(dim=1)


@pytest.mark.parametrize("part", [2**22, 40])
def test_the_attention_to_tokens_equals_a_naive_computation(part: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "PART", part)
    generator = torch.Generator().manual_seed(0)
    query, key, value = (torch.randn(2, count, 17, 8, generator=generator) for count in (6, 2, 2))
    rotation = rotary_positions(torch.arange(17)[:, None], (8,), 100.0, CPU)
    found = text_attention((query, key, value), rotation, 5, 9, [3, 0])
    whole = naive((query, key, value), rotation)[:, 5:14].transpose(1, 2)
    assert found.shape == (2, 3, 9)
    assert torch.allclose(found[:, :2], whole[:, [3, 0]], atol=1e-6)
    assert torch.allclose(found[:, 2], whole[:, :5].sum(dim=1), atol=1e-6)
    cross = query[:, :, 5:14], key[:, :, :5], value[:, :, :5]
    found = text_attention(cross, None, 5, 9, [3, 0], is_cross=True)
    assert torch.allclose(found[:, :2], naive(cross, None).transpose(1, 2)[:, [3, 0]], atol=1e-6)
    assert torch.allclose(found[:, 2], torch.ones(2, 9), atol=1e-6)


def test_the_map_shows_the_region_that_a_token_dominates() -> None:
    """Two tokens of the text have the keys of the queries of the left and of the right half of the image."""
    width, height, columns = 8, 4, 6
    block = ParallelBlock(Attention(width, 1, normed=False, has_out=False), nn.Identity(), nn.Linear(2 * width, width))
    for layer in (block.attention.query, block.attention.key):
        nn.init.eye_(layer.weight)
        nn.init.zeros_(layer.bias)
    one, other = 4 * torch.eye(width)[:2]
    image = torch.where(torch.arange(columns)[:, None] < columns // 2, one, other).repeat(height, 1)
    tokens = torch.cat([one[None], other[None], torch.zeros(1, width), image])[None]
    still = torch.zeros(1, 1, width)

    def look(layer: nn.Module, heads: Heads, rotation: Any, bias: Any) -> Tensor:
        return text_attention(heads, None, 3, height * columns, [0, 1]).unflatten(2, (height, columns))

    rotation = rotary_positions(torch.zeros(tokens.shape[1], 1), (width,), 1.0, CPU)
    with torch.no_grad(), watch_attention([block.mix], look) as seen:
        block(tokens, (still, still, still), rotation)
    left, right = attention_maps(seen, [("left", [0]), ("right", [1])], (height, columns))
    assert left[:, :3].min() > 4 * left[:, 3:].max() and right[:, 3:].min() > 4 * right[:, :3].max()


SLOW = [pytest.param(kind, marks=pytest.mark.slow) for kind in ("flux1 schnell", "klein")]


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["z-image", *SLOW])
def test_maps_of_a_model_equal_a_naive_computation(kind: str) -> None:
    write(kind)
    library = Library()
    asked = request(library, prompt="a red house", size=(256, 192))
    pipeline = Pipeline(load_for_request(library, asked, device=CPU, dtype=torch.float32), asked, (0,))
    (stage,) = pipeline.stages
    model: Any = stage.model
    conditioning = pipeline.conditioning(stage, guided=False)
    read = model.attention(conditioning, stage.path)
    x = torch.randn(1, *model.shape(asked), generator=torch.Generator().manual_seed(1))
    layers = [each for name, each in model.network.named_modules() if isinstance(each, JointAttention)]
    layers = [each for each in layers if "refiner" not in named(model.network, each)]
    matrices = []

    def look(layer: nn.Module, heads: Heads, rotation: Any = None, bias: Any = None) -> Tensor:
        matrices.append(naive(heads, rotation)[0])
        return matrices[-1]

    with watch_attention(layers, look):
        words, maps = read(x, stage.path[0])
    assert words == ("a", "red", "house") and maps.shape == (3, 12, 16)
    patch = 1 if kind == "klein" else 2
    height, width = x.shape[2] // patch, x.shape[3] // patch
    places = height * width
    # The rest is the text and, in Z-Image, the padding of the image.
    text = len(matrices[0]) - (places + (-places % 32 if kind == "z-image" else 0))
    mean = torch.stack(matrices).mean(dim=0)[text : text + places, :text].T.unflatten(1, (height, width))
    positions = dict(words_with_positions(model._get_prompt_encoders(model.texts), "a red house"))
    wanted = attention_maps([mean[None]], [*positions.items(), ("", range(text))], x.shape[2:])
    assert torch.allclose(maps, wanted[:-1] / wanted[-1:], rtol=1e-4, atol=1e-7)
    assert maps.min() > 0 and maps.sum(dim=0).max() < 1


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sd3", *SLOW])
def test_each_word_has_the_positions_of_its_tokens(kind: str) -> None:
    write(kind)
    model: Any = Library().load("tiny", device=CPU, dtype=torch.float32)
    family, parts = model.variant.family, model._get_prompt_encoders(model.texts)
    found = words_with_positions(parts, PROMPT)
    assert tuple(word for word, _ in found) == WORDS
    part = {"flux1": "text_encoder_2", "sd3": "text_encoder_3", "flux2": "text_encoder"}[family]
    before = "<|im_start|>user\n" if family == "flux2" else ""
    ids = model.tokenizers[part].encode(before + PROMPT)
    vocabulary = {number: piece for piece, number in model.tokenizers[part]._tokenizer.get_vocab().items()}
    clip = clip_tokenizer().encode(PROMPT).tokens
    for word, places in found:
        first = TOKENS if family == "sd3" else 0
        pieces = "".join(vocabulary[ids[place - first]] for place in places if place >= first)
        assert pieces.strip("▁Ġ").lower() == word
        if first:
            assert "".join(clip[place - 1] for place in places if place < first).replace("</w>", "") == word
    assert words_with_positions(parts, "") == []
    many = words_with_positions(parts, "word " * 2000)
    assert 70 < len(many) <= 512


@pytest.mark.slow
def test_a_run_records_word_maps_and_keeps_its_pixels() -> None:
    write("z-image")
    library = Library()
    asked = request(library, prompt="a red house", negative_prompt="blurry", steps=2)
    (plain,), (kept,) = (
        [event for event in generate(replace(asked, attention=on), library) if isinstance(event, Result)]
        for on in (False, True)
    )
    assert np.array_equal(plain.rgba, kept.rgba)
    found = attention.read(kept.steps)
    assert found is not None and found.words == ("a", "red", "house") and found.steps == (1, 2)
    assert attention.read(plain.steps) is None and found.maps.max() == 255 and (found.strengths > 0).all()
    model: Any = library.load("tiny", device=CPU, dtype=torch.float32)
    assert not any(each._forward_hooks for each in model.network.modules())


def named(network: nn.Module, layer: nn.Module) -> str:
    return next(name for name, each in network.named_modules() if each is layer)
