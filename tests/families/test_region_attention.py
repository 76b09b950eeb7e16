"""Regions that act by attention: one evaluation for all of them."""

from dataclasses import replace
from pathlib import Path

import torch

from gdm_studio.engine.generation_loop import generate
from gdm_studio.models.library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import Region, Request
from tests.families.test_stable_diffusion import library_with

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)
REQUEST = Request(
    model="tiny", prompt="", negative_prompt="blurry", steps=2, device="cpu", dtype="fp32", guidance_scale=4.0, seed=7
)


def latents(library: Library, request: Request, **changes: object) -> torch.Tensor:
    steps = [event for event in generate(replace(request, **changes), library) if isinstance(event, StepEvent)]
    return steps[-1].step.x


def test_one(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    plain = latents(library, REQUEST, prompt="a red house")
    assert torch.equal(
        plain, latents(library, REQUEST, prompt="hidden", region_mode="attention", regions=(Region("a red house"),))
    )
    two = latents(
        library, REQUEST, region_mode="attention", regions=(Region("a red house", LEFT), Region("a blue car", RIGHT))
    )
    print((two - plain).abs().amax((0, 1, 2)))
    same = latents(
        library,
        REQUEST,
        prompt="a red house ",
        region_mode="attention",
        regions=(
            Region("a red house", LEFT),
            Region(" a red house", RIGHT, negative="blurry "),
        ),
    )
    print((same - plain).abs().max())

import pytest
from tests.families.test_diffusion_transformers import request as request_for, write, write_lumina
@pytest.mark.parametrize("kind", ["flux1 dev", "chroma","z-image","lumina 2","klein","ernie-image","anima","ideogram 4","qwen-image","krea 2","sd3", "sd3.5 medium"])
def test_t(kind):
    write_lumina() if kind == "lumina 2" else write(kind)
    lib = Library()
    r = replace(request_for(lib), prompt="a red house", steps=2)
    plain = latents(lib, r)
    assert torch.equal(plain, latents(lib, r, prompt="hidden", region_mode="attention", regions=(Region("a red house"),)))
    two = latents(lib, r, region_mode="attention", prompt="", regions=(Region("a red house", LEFT), Region("a blue car", RIGHT)))
    print(kind, (two-plain).abs().amax((0,1,2)))
    same = latents(lib, r, prompt="a red house ", region_mode="attention", regions=(Region("a red house", LEFT), Region("a red house  ", RIGHT),))
    print((same-plain).abs().max())
