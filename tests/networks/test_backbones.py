"""The backbones: published sizes, initial state, and training, saving, serving and exact resuming of each."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import torch
from torch import nn

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.loaded_model import Conditioning
from gdm_studio.models.model_library import Library
from gdm_studio.networks.papers.backbones import BACKBONES, Sizes, new_backbone, saved_backbone
from gdm_studio.networks.papers.backbones.context_unet import ContextUNet, ContextUNetConfig
from gdm_studio.networks.papers.backbones.dit import DiT, DiTConfig
from gdm_studio.networks.papers.backbones.rin import RIN, RINConfig
from gdm_studio.networks.papers.backbones.uvit import UViT, UViTConfig
from gdm_studio.papers.systems.ddpm import DdpmRecipe, LearnedRecipe
from gdm_studio.papers.training.model_file import write_model
from gdm_studio.papers.training.noise_levels import noise_levels_of
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Request
from gdm_studio.training.loop import train
from tests.helpers.score_norms import measured_with_few
from tests.papers.test_serving import CARD
from tests.papers.toy import SMALL, write_pictures

NOTHING = Conditioning(factors={"style_flat": 0.0, "colour_red": 0.0})
SETTINGS = {name: value for name, value in SMALL.items() if name in DdpmRecipe.__dataclass_fields__}
SIZES = Sizes(size=8, channels=4, answers=1, told=3, patch=1, widths=(32, 32), blocks=1, dropout=0.0)


def with_noise(network: nn.Module) -> nn.Module:
    """Add noise to all weights, so that none is zero."""
    generator = torch.Generator().manual_seed(5)
    for parameter in network.parameters():
        parameter.data += 0.05 * torch.randn(parameter.shape, generator=generator)
    return network.eval()


def inputs(count: int = 2) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(6)
    x = torch.randn(count, 4, 8, 8, generator=generator)
    return x, torch.rand(count, generator=generator), torch.rand(count, 3, generator=generator)


@pytest.mark.parametrize(
    ("depth", "width", "heads", "parameters"),
    [(12, 384, 6, 32_865_056), (12, 768, 12, 130_315_808), (24, 1024, 16, 457_840_672), (28, 1152, 16, 674_834_720)],
    ids=["S/2", "B/2", "L/2", "XL/2"],
)
def test_a_dit_has_the_published_parameter_count(depth: int, width: int, heads: int, parameters: int) -> None:
    """Count for latents of 4 channels at 256 pixels, 1000 classes and none, and a learned variance (Peebles and Xie
    2022)."""
    with torch.device("meta"):
        network = DiT(DiTConfig(32, answers=2, told=1001, patch=2, width=width, depth=depth, heads=heads))
    assert sum(parameter.numel() for parameter in network.parameters()) == parameters


def test_a_new_dit_is_zero_and_its_blocks_are_identities() -> None:
    network = DiT(DiTConfig(8, told=3, patch=2, width=32))
    x, time, told = inputs()
    assert not network(x, time, told).any()
    tokens, c = torch.randn(2, 16, 32), torch.randn(2, 32)
    assert all(torch.equal(block(tokens, c), tokens) for block in network.blocks)
    plain = DiT(DiTConfig(8, told=3, patch=2, width=32, zero=False))
    assert plain(x, time, told).any() and not torch.equal(plain.blocks[0](tokens, c), tokens)


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_depends_on_all_of_its_inputs(name: str) -> None:
    network = with_noise(new_backbone(name, SIZES))
    x, time, told = inputs()
    with torch.no_grad():
        found = network(x, time, told)
        assert found.shape == x.shape
        others = [network(x.flip(3), time, told), network(x, time / 2, told)]
        others += [network(x, time, told / 2), network(x, time)]
        assert all((each != found).any() for each in others)
        alone = network(x[1:], time[1:], told[1:])
        assert torch.allclose(alone[0], found[1], atol=1e-5)
        assert torch.allclose(network(x, time, torch.zeros_like(told)), network(x, time), atol=1e-6)


@pytest.mark.parametrize("name", BACKBONES)
def test_every_part_of_a_backbone_learns(name: str) -> None:
    network = with_noise(new_backbone(name, SIZES)).train()
    x, time, told = inputs()
    with torch.random.fork_rng(devices=[]):
        # Some backbones use self-conditioning at random, which this seed selects.
        torch.manual_seed(0)
        network(x, time, told).square().sum().backward()  # type: ignore[no-untyped-call]
    still = {key for key, each in network.named_parameters() if each.grad is None or not each.grad.any()}
    assert not still


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_is_rebuilt_from_its_saved_sizes(name: str) -> None:
    first = with_noise(new_backbone(name, SIZES))
    again = saved_backbone(asdict(cast(Any, first).config)).eval()
    again.load_state_dict(first.state_dict())
    with torch.no_grad():
        assert torch.equal(first(*inputs()), again(*inputs()))


@pytest.mark.parametrize("name", BACKBONES)
def test_a_learned_variance_follows_the_prediction(tmp_path: Path, name: str) -> None:
    """Check the second output, such as Nichol and Dhariwal's variance: channels 0 to 3 are the image, 4 to 7 the
    variance."""
    file, card = tmp_path / "toy.safetensors", CARD | {"learned_variance": True}
    network = with_noise(new_backbone(name, Sizes(**vars(SIZES) | {"answers": 2, "told": 4})))
    write_model(file, {"denoiser": network}, card, {})
    (stage,) = cast(Any, Library().load(str(file), device=torch.device("cpu"), dtype=torch.float32)).stages
    path, x = stage.diffusion.process.path("linspace", 3), inputs()[0]
    denoise = stage.denoiser([NOTHING] * 2, path, lambda at, like: like)
    x0, time = denoise(x, path[1]), stage.diffusion.process.timestep(path[1]) / 1000
    with torch.no_grad():
        first, second = stage.networks["denoiser"](x, torch.full((2,), time), torch.zeros(2, 4)).split(4, dim=1)
    assert torch.allclose(x0, (x - path[1].sigma * first) / path[1].alpha, rtol=1e-3, atol=1e-3)
    assert torch.allclose(denoise.variance, ((second + 1) / 2).clamp(0, 1), atol=1e-5) and (first != second).any()


def test_the_prediction_is_trained_by_the_noise_alone(tmp_path: Path) -> None:
    recipe = LearnedRecipe(data=write_pictures(tmp_path / "pictures"), **SETTINGS)
    x0, x, levels, _ = recipe.draw(recipe.model(tmp_path), np.random.default_rng(0), 0)
    at, to = noise_levels_of(levels)
    answer = (0.5 * torch.randn(len(x0), 8, 8, 8, generator=torch.Generator().manual_seed(3))).requires_grad_()
    (grad,) = torch.autograd.grad(recipe.loss(answer, x0, x, at, to), answer)
    (plain,) = torch.autograd.grad(recipe.noise_error(answer[:, :4], x0, x, at).square().mean(), answer)
    assert torch.equal(grad[:, :4], plain[:, :4]) and grad[:, 4:].any()


def test_a_u_vit_differs_from_a_transformer_by_its_skips() -> None:
    one, other = (UViT(UViTConfig(8, told=3, patch=2, width=32, skips=skips)) for skips in (True, False))
    assert {key for key in one.state_dict()} - {key for key in other.state_dict()} == {
        f"blocks.{place}.join.{part}" for place in (3, 4) for part in ("weight", "bias")
    }
    with pytest.raises(ValueError, match="odd"):
        UViTConfig(8, depth=4)


def test_the_long_skips_of_a_u_vit_join_its_ends_first() -> None:
    """Compare what the blocks receive with Bao et al. 2022, figure 1: the last one gets the output of the first."""
    network = with_noise(UViT(UViTConfig(8, told=3, patch=2, width=32)))
    outputs: dict[int, torch.Tensor] = {}
    skips: dict[int, torch.Tensor | None] = {}
    for place, block in enumerate(network.blocks):

        def listen(_: nn.Module, given: tuple[torch.Tensor, ...], output: torch.Tensor, place: int = place) -> None:
            outputs[place], skips[place] = output, given[1] if len(given) > 1 else None

        block.register_forward_hook(listen)
    network(*inputs())
    assert skips[0] is skips[1] is skips[2] is None
    assert skips[3] is outputs[1] and skips[4] is outputs[0]


def test_rin_passes_on_its_latents_without_time_and_class() -> None:
    network = with_noise(RIN(RINConfig(8, told=3, patch=2, width=32, interface=16, latents=4)))
    ends: list[torch.Tensor] = []
    network.blocks[-1].register_forward_hook(lambda _, given, output: ends.append(output[0]))
    _, latents = network.forward_with_latents(*inputs(), torch.zeros(2, 4, 32))
    assert ends[0].shape == (2, 6, 32) and torch.equal(latents, ends[0][:, 2:])


def test_a_new_context_leaves_the_decoder_unchanged() -> None:
    network = ContextUNet(ContextUNetConfig(told=3, patch=1, widths=(32, 32)))
    assert all(torch.equal(each(torch.rand(2, 3)), torch.ones(2, 32)) for each in network.context)


def test_rin_ignores_its_latents_at_first_and_gets_no_gradient_through_them() -> None:
    network = RIN(RINConfig(8, told=3, patch=2, width=32, interface=16, latents=4))
    x, time, told = inputs()
    memory = torch.randn(2, 4, 32, requires_grad=True)
    fresh = network.forward_with_latents(x, time, told, network.initial_latents(x))
    assert all(
        torch.equal(a, b) for a, b in zip(fresh, network.forward_with_latents(x, time, told, memory), strict=True)
    )
    with_noise(network)
    found = network.forward_with_latents(x, time, told, memory)
    assert (found[0] != network.forward_with_latents(x, time, told, network.initial_latents(x))[0]).any()
    always = RIN(RINConfig(8, told=3, patch=2, width=32, interface=16, latents=4, conditioned=1.0))
    always.load_state_dict(network.state_dict())
    answer = always.train()(x, time, told)
    with torch.no_grad():
        _, before = always.forward_with_latents(x, time, told, always.initial_latents(x))
    assert torch.equal(answer, always.forward_with_latents(x, time, told, before)[0])


@pytest.mark.parametrize("name", BACKBONES)
def test_a_backbone_is_trained_and_served(tmp_path: Path, name: str) -> None:
    recipe = DdpmRecipe(data=write_pictures(tmp_path / "pictures"), backbone=name, **SETTINGS)
    with measured_with_few():
        for _ in train(recipe, tmp_path / "run"):
            pass
    file = tmp_path / "run" / "ddpm.safetensors"
    library = Library()
    assert library.card(str(file)).parameters > 1000
    request = Request(model=str(file), steps=3, label="top", guidance_scale=2.0, sampler="ddim")
    events = [event for event in generate(request, library) if isinstance(event, StepEvent)]
    assert events[-1].step.x.isfinite().all()
    middle = next(event for event in events if event.step.index == 1).step
    # Self-conditioning is saved in the step, so that the resumed run is equal.
    assert bool(middle.memory) == (name == "rin")
    rest = [event.step for event in generate(request, library, resume=middle) if isinstance(event, StepEvent)]
    assert torch.equal(rest[-1].x, events[-1].step.x)


def test_impossible_sizes_are_refused(tmp_path: Path) -> None:
    settings = SETTINGS | {"patch": 3}
    recipe = DdpmRecipe(data=write_pictures(tmp_path / "pictures"), backbone="dit", **settings)
    with pytest.raises(BadRequest, match="dit cannot have these sizes: pictures of 8 pixels"):
        next(train(recipe, tmp_path / "run"))
