"""LoRAs in the prompts of regions, which act in their region only."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gdm_studio.engine.conditioning import conditioning_of
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.prompt_mixture import prompt_mixture, region_maps
from gdm_studio.models.model_library import Library
from gdm_studio.request.generation_events import StepEvent
from gdm_studio.request.generation_request import BUILT_IN, HAS_REGION_ADAPTERS, Region, Request
from tests.families.test_stable_diffusion import library_with, write_lora

LEFT, RIGHT = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)
REQUEST = Request(
    model="tiny", prompt="", negative_prompt="blurry", steps=1, device="cpu", dtype="fp32", guidance_scale=4.0, seed=7
)


def steps_of(library: Library, request: Request, **changes: object) -> list[StepEvent]:
    return [event for event in generate(request, library, **changes) if isinstance(event, StepEvent)]


def latents(library: Library, request: Request, **changes: object) -> torch.Tensor:
    return steps_of(library, replace(request, **changes))[-1].step.x


@pytest.mark.slow
def test_a_lora_of_a_region_is_a_lora_of_the_whole_blended_by_its_area(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    write_lora("Ink")
    prompts = "a red house", "a blue car<lora:ink:0.8>"
    regions = tuple(map(Region, prompts, (LEFT, RIGHT)))
    both = replace(REQUEST, regions=regions)
    # A single step ends at the guided prediction, which is linear in those of the prompts.
    plain, drawn = (latents(library, REQUEST, prompt=prompt) for prompt in prompts)
    _, left, right = region_maps(both, (8, 8))
    found = latents(library, both)
    torch.testing.assert_close(found, left * plain + right * drawn, rtol=1e-4, atol=1e-4)
    assert torch.equal(found[..., :3], plain[..., :3]) and torch.equal(found[..., 5:], drawn[..., 5:])

    # A LoRA of the prompt acts in all regions, and there a region's own strength of it counts.
    shared = latents(library, both, prompt="<lora:ink:0.5>")
    whole = latents(library, REQUEST, prompt="a red house<lora:ink:0.5>")
    assert torch.equal(shared[..., :3], whole[..., :3]) and torch.equal(shared[..., 5:], drawn[..., 5:])

    # By earlier rules, the LoRA of a region acted everywhere.
    earlier = latents(library, both, rules=HAS_REGION_ADAPTERS - 1)
    whole = latents(library, REQUEST, prompt="a red house<lora:ink:0.8>")
    assert torch.equal(earlier[..., :3], whole[..., :3]) and torch.equal(earlier[..., 5:], drawn[..., 5:])


@pytest.mark.slow
def test_cached_features_belong_to_the_loras_of_their_region(checkpoints: Path) -> None:
    library = library_with(checkpoints)
    write_lora("Ink")
    regions = Region("a red house", LEFT), Region("a blue car<lora:ink:0.8>", RIGHT)
    request = replace(REQUEST, regions=regions, steps=4, cache_interval=2)
    steps = steps_of(library, request)
    resumed = steps_of(library, request, resume=steps[1].step)
    assert torch.equal(resumed[-1].step.x, steps[-1].step.x)
    assert not torch.equal(steps[-1].step.x, latents(library, request, cache_interval=1))


def test_a_lora_of_a_region_is_no_word_of_its_drawing(checkpoints: Path) -> None:
    card = library_with(checkpoints).card(BUILT_IN)
    write_lora("Ink")
    regions = Region("a fox <lora:ink:0.8>", LEFT), Region("an owl", RIGHT)
    request = replace(REQUEST, model=card.name, regions=regions)
    mixture = prompt_mixture(card, request, (8, 8))
    (fox, _) = conditioning_of(card, request, None, guided=False, mixture=mixture)
    assert fox.adapters == "<lora:ink:0.8>"
    assert [placed.text for placed in fox.scene] == ["a fox", "an owl"]
