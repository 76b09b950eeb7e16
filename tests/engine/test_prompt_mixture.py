"""Mixed predictions: the parts of a prompt around AND, and regions with their own prompts."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from gdm_studio.common.errors import BadRequest
from gdm_studio.engine import image_inputs
from gdm_studio.engine.generation_loop import generate
from gdm_studio.engine.guided_denoiser import sample, wrap_denoiser
from gdm_studio.engine.initial_state import RunState
from gdm_studio.engine.noise import noise_of
from gdm_studio.engine.prompt_mixture import prompt_mixture, region_maps
from gdm_studio.engine.region_masks import mask_box
from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.exact.gaussian import gaussian_denoiser
from gdm_studio.maths.noise_path import NoiseLevel
from gdm_studio.maths.processes import vp
from gdm_studio.maths.samplers import SAMPLERS
from gdm_studio.models.prompts.a1111_syntax import Weighted, composed_prompts
from gdm_studio.request.generation_events import Result, StepEvent
from gdm_studio.request.generation_request import COMPOSES, Branch, Region, Request
from gdm_studio.request.regions import parse_region
from tests.helpers.gaussian_model import CARD, DEVIATION, GaussianLibrary, GaussianModel

REQUEST = Request(model="gaussian", prompt="a red disc", seed=11, steps=5, sampler="euler_a", device="cpu")
LEFT = Region("a red disc", (0, 0, 0.5, 1))
RIGHT = Region("a calm blue disc", (0.5, 0, 1, 1))
PAIR = replace(REQUEST, prompt="", regions=(LEFT, RIGHT))


def steps_of(request: Request, **more: object) -> list[StepEvent]:
    return [event for event in generate(request, GaussianLibrary(), **more) if isinstance(event, StepEvent)]


def last_latents(request: Request) -> torch.Tensor:
    return steps_of(request)[-1].step.x


def images_of(request: Request) -> list[np.ndarray]:
    return [event.rgba for event in generate(request, GaussianLibrary()) if isinstance(event, Result)]


@pytest.mark.parametrize(
    ("prompt", "parts"),
    [
        ("a cat", [("a cat", 1)]),
        ("a cat :1.2", [("a cat :1.2", 1)]),
        ("a cat :1.2 AND a dog:-.5 AND x", [("a cat", 1.2), ("a dog", -0.5), ("x", 1)]),
        ("(a:1.3) AND (b AND c)", [("(a:1.3)", 1), ("(b", 1), ("c)", 1)]),
        ("a AND a :2", [("a", 3)]),
        ("a :2 <lora:AND:0.5> AND b", [("a<lora:AND:0.5>", 2), ("b", 1)]),
        ("a BAND and sand", [("a BAND and sand", 1)]),
    ],
)
def test_and_separates_parts_with_weights_as_in_a1111(prompt: str, parts: list[tuple[str, float]]) -> None:
    assert composed_prompts(prompt) == [Weighted(*part) for part in parts]


def test_the_number_of_parts_is_limited() -> None:
    with pytest.raises(BadRequest, match="at most 16"):
        CARD.checked(replace(REQUEST, prompt=" AND ".join(map(str, range(17)))))
    with pytest.raises(BadRequest, match="at most 32"):
        CARD.checked(replace(PAIR, regions=(replace(LEFT, prompt=" AND ".join(map(str, range(16)))),) * 3))


@pytest.mark.parametrize("scale", [1.0, 3.0])
def test_and_multiplies_the_densities_of_its_parts(scale: float) -> None:
    """The score of the prediction is that of n^(1 − s·Σw)·Π pᵢ^(s·wᵢ), whose noisy factors are Gaussians."""
    means, variances, weights = (0.5, -1.0, 0.25), (0.3, 0.8, 1.7), (1.2, 0.8)
    request = replace(REQUEST, prompt="a :1.2 AND b :0.8", guidance_scale=scale)
    mixture = prompt_mixture(CARD, request, (4, 4))
    assert mixture.weights == weights and mixture.needs_negative

    def unguided(x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
        rows = zip(x.chunk(3), means, variances, strict=True)
        return torch.cat([gaussian_denoiser(v)(row - at.alpha * mean, at) + mean for row, mean, v in rows])

    at = NoiseLevel(0.8, 0.6)
    x = torch.randn(2, 1, 4, 4, dtype=torch.float64, generator=torch.Generator().manual_seed(1)).requires_grad_()
    powers = [*(scale * weight for weight in weights), 1 - scale * sum(weights)]
    density = sum(
        -power * (x - at.alpha * mean).square().sum() / (2 * (at.alpha**2 * v + at.sigma**2))
        for power, mean, v in zip(powers, means, variances, strict=True)
    )
    (score,) = torch.autograd.grad(density, x)
    diffusion = GaussianLibrary().load("gaussian", device=torch.device("cpu"), dtype=torch.float32).diffusion
    denoise = wrap_denoiser(unguided, request, (at, NoiseLevel(1, 0)), diffusion=diffusion, mixture=mixture)
    with torch.no_grad():
        found = (at.alpha * denoise(x, at) - x) / at.sigma**2
    torch.testing.assert_close(found, score, rtol=1e-9, atol=1e-9)


def test_the_negative_prompt_and_earlier_rules_have_no_parts() -> None:
    both = replace(REQUEST, prompt="a red disc AND a calm blue disc")
    assert len(prompt_mixture(CARD, both, (1, 1)).prompts) == 2
    for whole in (replace(both, rules=COMPOSES - 1), replace(both, prompt="A CAT AND A DOG")):
        (prompt,) = prompt_mixture(CARD, whole, (1, 1)).prompts
        assert prompt.text == whole.prompt
    assert prompt_mixture(CARD, replace(REQUEST, negative_prompt="a AND b"), (1, 1)).negatives == (None,)


def test_one_evaluation_per_part_and_none_for_parts_without_effect() -> None:
    rows: list[int] = []

    class Counting(GaussianModel):
        def denoised(self, x, at, conditioning):
            rows.append(len(x))
            return super().denoised(x, at, conditioning)

    def evaluated(request: Request) -> int:
        rows.clear()
        list(generate(replace(request, steps=1), GaussianLibrary(kind=Counting)))
        return max(rows)

    assert evaluated(REQUEST) == 2
    assert evaluated(replace(REQUEST, prompt="a AND b AND c :0")) == 3
    assert evaluated(replace(REQUEST, prompt="a :0.5 AND b :0.5", guidance_scale=1)) == 2
    assert evaluated(replace(REQUEST, prompt="a AND b", guidance_scale=1)) == 3
    assert evaluated(PAIR) == evaluated(replace(PAIR, prompt="not in sight")) == 3
    assert evaluated(replace(REQUEST, regions=(LEFT,))) == 3


def test_a_region_that_covers_everything_is_its_prompt_alone() -> None:
    whole = replace(REQUEST, prompt="hidden", regions=(Region(REQUEST.prompt),))
    assert torch.equal(last_latents(whole), last_latents(REQUEST))
    parts = replace(REQUEST, prompt="a red disc AND a calm blue disc :0.5")
    composed = replace(parts, prompt="hidden", regions=(Region(parts.prompt, negative="grey"),))
    assert torch.equal(last_latents(composed), last_latents(replace(parts, negative_prompt="grey")))


def test_regions_predict_the_weighted_sum_and_their_shares_add_up_to_one() -> None:
    base, left, right = region_maps(replace(REQUEST, regions=(LEFT, replace(RIGHT, weight=0.75))), (16, 32))
    torch.testing.assert_close(base + left + right, torch.ones(16, 32))
    assert left[0, 0] == 1 and right[0, -1] == 0.75 and base[0, -1] == 0.25
    assert (left[0].diff() <= 0).all() and 0 < left[0, 15] < 1
    # All rows have the same variance, so mixing the predictions mixes the means of the last images.
    plain = {"guidance_scale": 1.0, "sampler": "ddim", "knobs": {"eta": 0.0}}
    two, *ones = (
        last_latents(replace(each, **plain)) for each in (PAIR, REQUEST, replace(REQUEST, prompt=RIGHT.prompt))
    )
    _, left, right = region_maps(PAIR, (16, 16))
    torch.testing.assert_close(two, left * ones[0] + right * ones[1], rtol=0, atol=1e-5 * DEVIATION)


def test_a_negative_prompt_acts_in_its_region_only() -> None:
    other = replace(PAIR, regions=(LEFT, replace(RIGHT, negative="grey")), sampler="ddim")
    one, two = last_latents(replace(PAIR, sampler="ddim")), last_latents(other)
    assert torch.equal(one[..., :7], two[..., :7]) and not torch.equal(one[..., 9:], two[..., 9:])


def test_a_mask_is_a_region_of_any_shape() -> None:
    pixels = np.zeros((64, 64, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[:32, :, :3] = 255
    name = image_inputs.store(pixels)
    request = replace(REQUEST, regions=(Region("a calm blue disc", mask=name),))
    base, region = region_maps(request, (4, 4))
    assert region.tolist() == [[1] * 4] * 2 + [[0] * 4] * 2 and torch.equal(base, 1 - region)
    assert name in image_inputs.names_in(request)


@pytest.mark.parametrize("levels", [(255, 255), (255, 40), (40, 40)], ids=["white", "with grey around", "grey"])
def test_the_box_of_a_mask_contains_its_pixels_and_no_others(levels: tuple[int, int]) -> None:
    """It ends behind the last row and column. Greys count only without any white."""
    inner, outer = levels
    pixels = np.zeros((40, 64, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[9:31, 4:58, :3] = outer
    pixels[10:30, 8:56, :3] = inner
    box = (8 / 64, 10 / 40, 56 / 64, 30 / 40) if inner > outer else (4 / 64, 9 / 40, 58 / 64, 31 / 40)
    assert mask_box(image_inputs.store(pixels)) == pytest.approx(box)


def test_a_learned_variance_is_that_of_the_prompt() -> None:
    """Rows of the prompt come first in a guided batch, and the first of several prompts counts."""
    path, process = vp(timesteps=50).path("linspace", 6), vp(timesteps=50)
    x = torch.randn(2, 4, 3, 3, generator=torch.Generator().manual_seed(1))
    shares = torch.tensor([0.1, 0.7, 0.4, 0.9])[:, None, None, None].expand(4, *x.shape[1:])

    class Guided:
        variance = shares[:0]

        def __call__(self, x: torch.Tensor, at: NoiseLevel) -> torch.Tensor:
            assert len(x) == 4, "two images, with the prompt and without"
            self.variance = shares
            return 0 * x

    request = Request(sampler="ddpm_learned", guidance_scale=3.0, steps=6, seed=5)
    unguided = Guided()
    denoise = wrap_denoiser(unguided, request, path, diffusion=Diffusion(process, "epsilon"))
    state = RunState(x, path)
    found = sample(denoise, request, (0, 1), state, card=CARD, process=process, unguided=unguided)
    expected = SAMPLERS["ddpm_learned"].fn(
        lambda x, at: 0 * x, x, path, noise_of(request, (0, 1)), learned_variance=lambda x, at: shares[:2]
    )
    steps = [*zip(found, expected, strict=True)]
    assert len(steps) == 6 and all(torch.equal(one.x, other.x) for one, other in steps) and steps[-2][0].x.all()


def test_regions_survive_files_batches_resuming_and_branches() -> None:
    request = CARD.checked(replace(PAIR, count=2, batch=2, prompt="scene"))
    assert Request.from_json(request.to_json()) == request
    assert request.digest() != replace(request, regions=(LEFT,)).digest()
    pictures = images_of(request)
    for index, picture in enumerate(pictures):
        assert np.array_equal(picture, images_of(request.picture(index))[0])
    steps = steps_of(request)
    resumed = steps_of(request, resume=steps[2].step)
    assert torch.equal(resumed[-1].step.x, steps[-1].step.x)
    branch = replace(request, regions=(RIGHT,), branch=Branch(request, 3))
    changed = last_latents(branch)
    assert not torch.equal(changed, steps[-1].step.x)
    assert torch.equal(steps_of(branch, resume=steps[2].step)[-1].step.x, changed)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"regions": (Region("a", (0.5, 0, 0.4, 1)),)}, "left before its right"),
        ({"regions": (Region("a", (0, 0, 2, 1)),)}, "right of a region"),
        ({"regions": (Region("a", weight=2),)}, "weight of a region"),
        ({"regions": (LEFT,) * 17}, "up to 16"),
        ({"regions": (Region("a", mask="../x"),)}, "name of a stored picture"),
    ],
)
def test_bad_regions_are_refused(change: dict, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        CARD.checked(replace(REQUEST, **change))


def test_models_without_spatial_data_refuse_regions() -> None:
    card = replace(CARD, accepts=replace(CARD.accepts, mask=False))
    with pytest.raises(BadRequest, match="leave out the regions"):
        card.checked(PAIR)
    masked = {"image": "a" * 64, "mask": "b" * 64, "inpaint_area": "masked"}
    with pytest.raises(BadRequest, match="inpaint area"):
        CARD.checked(replace(PAIR, **masked))


def test_regions_are_written_as_a_box_and_a_prompt() -> None:
    assert parse_region("0, 0,.5,1: a fox: red NOT snow") == Region("a fox: red", (0, 0, 0.5, 1), negative="snow")
    assert parse_region("0,0,0.5,1*0.8:x").weight == 0.8
    for text in ("a fox", "missing.png: a fox", "0,0,1: x", "0,0,1,e: x", "0,0,1,nan: x", "1" * 50_000):
        with pytest.raises(BadRequest):
            parse_region(text)
