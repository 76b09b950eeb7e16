"""Tiny decoders of diffusion transformers: equal to diffusers and to their definition, and used for previews."""

from __future__ import annotations

import json
from typing import Any

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.common import paths
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.previews import Previews
from gdm_studio.models.files.taesd import find_decoder, is_taesd
from gdm_studio.models.model_library import Library
from gdm_studio.networks.stable_diffusion.tiny_autoencoder import TinyDecoder
from gdm_studio.request.generation_events import StepEvent
from tests.families.test_diffusion_transformers import request, write
from tests.parity.tiny_autoencoder import EVERY, FILE, LATENT
from tests.parity.weights import inputs, weights

STORED: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
CPU = torch.device("cpu")


def test_a_decoder_for_sixteen_channels_equals_diffusers() -> None:
    shapes = {name: tuple(shape) for name, shape in STORED["shapes"].items()}
    names = find_decoder(shapes, LATENT)
    assert set(names.values()) == set(shapes) and is_taesd(shapes)
    theirs = weights(shapes)
    decoder = TinyDecoder(LATENT).double()
    decoder.load_state_dict({ours: theirs[name] for ours, name in names.items()})
    with torch.no_grad():
        found = 2 * decoder(2 * inputs("tiny latents", 1, LATENT, 6, 8)) - 1
    wanted = torch.tensor(STORED["answer"])
    assert (found.flatten()[::EVERY] - wanted).abs().max() < 1e-5 * wanted.abs().max()


def test_a_decoder_for_flux_2_equals_its_definition() -> None:
    decoder = TinyDecoder(32).double()
    given = weights({name: tuple(weight.shape) for name, weight in decoder.state_dict().items()})
    decoder.load_state_dict(given)
    assert find_decoder({name: tuple(weight.shape) for name, weight in given.items()}, 32).keys() == given.keys()
    assert not find_decoder({name: tuple(w.shape) for name, w in given.items() if name != "4.pool.1.bias"}, 32)

    def conv(x: Tensor, name: str, *, biased: bool = True) -> Tensor:
        weight = given[f"{name}.weight"]
        return F.conv2d(x, weight, given[f"{name}.bias"] if biased else None, padding=weight.shape[-1] // 2)

    def block(x: Tensor, place: int) -> Tensor:
        if place < 6:
            wide = conv(x, f"{place}.pool.0", biased=False)
            groups = wide.reshape(len(x), 4, -1)
            spread = groups.var(dim=2, keepdim=True, correction=0)
            normed = ((groups - groups.mean(dim=2, keepdim=True)) / (spread + 1e-5).sqrt()).view_as(wide)
            scale, shift = (given[f"{place}.pool.1.{each}"].view(1, -1, 1, 1) for each in ("weight", "bias"))
            x = x + conv((normed * scale + shift).relu(), f"{place}.pool.3", biased=False)
        h = conv(conv(conv(x, f"{place}.conv.0").relu(), f"{place}.conv.2").relu(), f"{place}.conv.4")
        return (h + x).relu()

    latents = 2 * inputs("tiny latents", 2, 32, 4, 6)
    h = conv(3 * (latents / 3).tanh(), "1").relu()
    for first in (3, 8, 13):
        for place in range(first, first + 3):
            h = block(h, place)
        h = conv(h.repeat_interleave(2, 2).repeat_interleave(2, 3), f"{first + 4}", biased=False)
    wanted = conv(block(h, 18), "19")
    with torch.no_grad():
        assert torch.allclose(decoder(latents), wanted, rtol=1e-9, atol=1e-9)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "latent"), [("flux1 schnell", 16), ("klein", 32)])
def test_a_tiny_decoder_previews_the_steps_of_its_model(kind: str, latent: int) -> None:
    write(kind)
    library = Library()
    model: Any = library.load("tiny", device=CPU, dtype=torch.float32)
    exact = model.decode(model.encode(torch.full((1, 64, 64, 4), 128.0))).float() / 127.5 - 1
    grey = exact.mean(dim=(0, 1, 2))
    for name, colour in (("one", grey), ("other", -2 * torch.sign(grey))):
        save_file(one_colour_decoder(latent, colour), paths.models_dir() / f"{name}.safetensors")
    # Decoders for the latents of other models are not used.
    save_file(one_colour_decoder(48 - latent, grey), paths.models_dir() / "foreign.safetensors")
    library.refresh()
    assert {line.family for line in library.model_table() if line.name in ("one", "other", "foreign")} == {"Previews"}
    previews = Previews(1e9)
    shown = [
        view.predicted[..., :3]
        for event in generate(request(library, prompt="a red house", steps=2), library)
        if isinstance(event, StepEvent)
        for view in previews.views(event)
    ]
    wanted = ((grey.clamp(-1, 1) + 1) * 127.5).round().to(torch.uint8).numpy()
    assert len(shown) == 2 and all((abs(each.astype(int) - wanted) <= 1).all() for each in shown)
    assert shown[0].shape == (128, 128, 3)


def one_colour_decoder(latent: int, colour: Tensor) -> dict[str, Tensor]:
    """Return a decoder that shows every image in one colour."""
    found = weights({name: tuple(weight.shape) for name, weight in TinyDecoder(latent).state_dict().items()})
    found = {name: weight.float() for name, weight in found.items()}
    return found | {"19.weight": torch.zeros(3, 64, 3, 3), "19.bias": (colour + 1) / 2}
