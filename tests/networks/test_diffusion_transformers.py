"""Diffusion transformers: published parameter counts and keys, and outputs equal to those of diffusers."""

from __future__ import annotations

import json
import lzma
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from gdm_studio.networks.diffusion_transformers.blocks import latents_of, tokens_of
from gdm_studio.networks.diffusion_transformers.configurations import Weight
from tests.parity.transformers import ANSWERS, KEYS, RELEASED, SMALL, inputs_of, made_up

with np.load(ANSWERS) as _stored:
    WANTED = {name: torch.from_numpy(_stored[name]) for name in _stored.files if name != "about"}
    SHAPES: dict[str, dict[str, Any]] = json.loads(str(_stored["about"]))["shapes"]
PUBLISHED: dict[str, dict[str, Any]] = json.loads(lzma.decompress(KEYS.read_bytes()))
# Largest deviation, relative to the largest number of the output. Phases of the timestep embedding reach 1000 radians,
# and their rates are exponentials in fp32, whose last bit depends on the processor. It changes outputs by up to 5e-5.
ALLOWED = 1e-4


@pytest.mark.parametrize("name", SMALL)
@pytest.mark.parametrize("layout", ["diffusers", "original"])
def test_a_transformer_equals_diffusers(name: str, layout: str) -> None:
    kind, config = SMALL[name]
    file = made_up({each: tuple(shape) for each, shape in SHAPES[name].items()})
    if layout == "original":
        file = original_file(list(kind.weights(config)), file)
    network = kind.network(config)
    network.load_state_dict({weight.name: weight.read(file) for weight in kind.weights(config)})
    told = inputs_of(config)
    with torch.no_grad():
        found = network(told.x, told.times, told.context, told.pooled, told.guidance)
    wanted = WANTED[name]
    assert found.shape == wanted.shape
    assert (found - wanted).abs().max() < ALLOWED * wanted.abs().max()


@pytest.mark.parametrize("name", RELEASED)
def test_a_released_transformer_has_the_published_weights(name: str) -> None:
    kind, config, count = RELEASED[name]
    with torch.device("meta"):
        network = kind.network(config)
    shapes = {each: tuple(weight.shape) for each, weight in network.state_dict().items()}
    assert {weight.name: weight.shape for weight in kind.weights(config)} == shapes
    assert sum(weight.numel() for weight in network.parameters()) == count


@pytest.mark.parametrize("name", RELEASED)
def test_both_layouts_of_a_released_transformer_are_read_alike(name: str) -> None:
    """Compare the table of weights with the tensors from which diffusers makes its own."""
    kind, config, _ = RELEASED[name]
    published = PUBLISHED[name]
    table = list(kind.weights(config))
    used: dict[str, int] = {}
    for weight in table:
        original = weight.sources[0]
        theirs = weight.source_in(published)
        shape, segments = published[theirs.name]
        assert weight.source_shape(theirs) == tuple(shape)
        begin = 0
        for tensor, first, rows in segments:
            if begin <= theirs.begin < begin + rows:
                assert (tensor, first + theirs.begin - begin) == (original.name, original.begin)
                assert theirs.begin + weight.shape[0] <= begin + rows
            begin += rows
        used[theirs.name] = used.get(theirs.name, 0) + weight.shape[0]
    assert used == {each: shape[0] for each, (shape, _) in published.items()}


@pytest.mark.parametrize("channels_last", [False, True])
def test_latents_are_restored_from_their_tokens(channels_last: bool) -> None:
    x = torch.arange(2 * 3 * 4 * 6).reshape(2, 3, 4, 6)
    tokens = tokens_of(x, channels_last=channels_last)
    assert tokens.shape == (2, 6, 12)
    assert latents_of(tokens, 2, 3, channels_last=channels_last).equal(x)
    with pytest.raises(ValueError, match="no whole patches"):
        tokens_of(x[..., :5], channels_last=channels_last)


def test_a_weight_of_another_shape_is_refused() -> None:
    kind, config = SMALL["flux1 dev"]
    weight = next(iter(kind.weights(config)))
    with pytest.raises(ValueError, match="has the shape"):
        weight.read({weight.sources[0].name: torch.zeros(3, 3)})
    with pytest.raises(KeyError):
        weight.read({})


def original_file(table: list[Weight], theirs: dict[str, Tensor]) -> dict[str, Tensor]:
    """Return the tensors of a file in the original layout with the weights of one in diffusers' layout."""
    file: dict[str, Tensor] = {}
    for weight in table:
        source = weight.sources[0]
        tensor = file.setdefault(source.name, torch.full(weight.source_shape(source), float("nan")))
        tensor[source.begin : source.begin + weight.shape[0]] = weight.read(theirs)
    return file
