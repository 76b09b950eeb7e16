"""Losses of the built-in model and of the upscaler, each against its formula, with stubs instead of networks."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar
from unittest import mock

import numpy as np
import pytest
import torch
from torch.distributions import Normal, kl_divergence

from gdm_studio.maths.diffusion import Diffusion
from gdm_studio.maths.processes import edm
from gdm_studio.models.families.papers.method_parts import Clipping
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.special_tokens import ANY_STYLE, PADDING
from gdm_studio.training.icons import denoiser_recipe, distillation_recipe, posed_drafts_recipe, text_recipe
from gdm_studio.training.icons.autoencoder_recipe import reconstruction_error, reconstruction_loss
from gdm_studio.training.icons.decoder_recipe import DecoderRecipe, DecoderTraining
from gdm_studio.training.icons.denoiser_recipe import IconsRecipe
from gdm_studio.training.icons.distillation_recipe import FastRecipe
from gdm_studio.training.icons.draft_network_training import DraftPhase, MemorisationPhase
from gdm_studio.training.icons.pose_augmented_pairs import PosedDrawings
from gdm_studio.training.icons.posed_drafts_recipe import PosedRecipe
from gdm_studio.training.icons.text_recipe import PriorPhase, TextRecipe
from gdm_studio.training.upscaler.recipe import doubling_loss
from tests.helpers import tiny_model


def random(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def assert_same_slopes(found: torch.Tensor, expected: torch.Tensor, *parameters: torch.Tensor) -> None:
    """Check that a loss trains as its formula does: the same gradients, also where a part is taken for a constant."""
    slopes = [torch.autograd.grad(each, parameters, retain_graph=True) for each in (found, expected)]
    assert all(slope.any() for slope in slopes[1])
    for slope, stated in zip(*slopes, strict=True):
        torch.testing.assert_close(slope, stated)


def test_the_autoencoder_decodes_samples_of_its_posterior() -> None:
    x, mean, log_variance = (random(3, 4, 2, 2, seed=seed) for seed in range(3))
    for each in (mean, log_variance):
        each.requires_grad_(True)
    noise, more = random(3, 4, 2, 2, seed=3), random(3, 4, 2, 2, seed=4)
    model: Any = SimpleNamespace(posterior=lambda _: (mean, log_variance), reconstruct=lambda latents: latents)
    posterior = Normal(mean, log_variance.exp().sqrt())
    latents = mean + posterior.stddev * noise + mean.detach().std(dim=(0, 2, 3), keepdim=True) * more
    divergence = kl_divergence(posterior, Normal(0.0, 1.0)).mean()
    expected = reconstruction_error(latents - x) + 0.3 * divergence
    found = reconstruction_loss(model, x, noise, more, kl_weight=0.3)
    torch.testing.assert_close(found, expected)
    # The deviation of the latents is a constant: larger latents do not make the added noise smaller.
    assert_same_slopes(found, expected, mean, log_variance)


def test_the_denoiser_and_the_draft_are_trained_together() -> None:
    x0, more_x0 = random(2, 3, 4, 4, seed=0), random(2, 5, 3, 4, 4, seed=1)
    drawn = torch.cat([x0, more_x0.flatten(0, 1)])
    wrong = random(*drawn.shape, seed=2)
    ids, more_ids = torch.zeros(2, 7, dtype=torch.long), torch.ones(2, 5, 7, dtype=torch.long)
    model: Any = SimpleNamespace(text=lambda every: (every,), draft=lambda cond, _: drawn + wrong)
    with mock.patch.object(denoiser_recipe, "denoising_error", return_value=torch.tensor(3.0)) as error:
        loss = denoiser_recipe.denoising_loss(
            model, x0, torch.ones(2), torch.zeros_like(x0), ids, more_x0, more_ids, weight=0.5
        )
    torch.testing.assert_close(loss, 3 + 0.5 * (wrong**2).sum() / wrong.numel())
    (told,) = error.call_args.args[-1]
    assert torch.equal(told, ids), "the denoiser gets the prompts of its own images"


def test_the_upscaler_is_compared_over_black_and_over_white() -> None:
    small, once, twice = random(2, 4, 2, 2, seed=0), random(2, 4, 4, 4, seed=1), random(2, 4, 8, 8, seed=2)
    truths = random(2, 4, 4, 4, seed=3), random(2, 4, 8, 8, seed=4)
    made = iter((once, twice))
    network: Any = lambda x: next(made)  # noqa: E731

    def over_white(premultiplied: torch.Tensor) -> torch.Tensor:
        return premultiplied[:, :3] + 1 - premultiplied[:, 3:]

    expected = sum(
        reconstruction_error(2 * (x - truth)) + reconstruction_error(2 * (over_white(x) - over_white(truth)))
        for x, truth in zip((once, twice), truths, strict=True)
    )
    torch.testing.assert_close(doubling_loss(network, small, *truths), torch.as_tensor(expected) / 2)


def test_an_upscaler_is_trained_by_its_second_doubling_through_the_first() -> None:
    small, first, second = random(2, 4, 2, 2, seed=0), random(2, 4, 4, 4, seed=3), random(2, 4, 8, 8, seed=4)
    factor = torch.tensor(0.8, requires_grad=True)

    def network(x: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.interpolate(factor * x, scale_factor=2.0)

    once = network(small)
    twice = network(once)
    parts = [doubling_loss((lambda _, x=x: x), small, truth) for x, truth in ((once, first), (twice, second))]  # type: ignore
    assert_same_slopes(doubling_loss(network, small, first, second), sum(parts) / 2, factor)  # type: ignore[arg-type]


@pytest.mark.parametrize("factor", [0.5, 5.0])
def test_clipped_predictions_lie_within_one(factor: float) -> None:
    x = torch.linspace(-1, 1, 9)
    run: Any = None
    predict: Any = Clipping().around_prediction(lambda x, at, cond: factor * x, run)
    assert predict(x, None, None).tolist() == [min(max(factor * value, -1.0), 1.0) for value in x.tolist()]


class Styles:
    """Tokenizer whose first token is the style, and the second says whether there is a caption."""

    styles: ClassVar[dict[str, int]] = {"flat": 1, "line": 2}

    def encode(self, text: str, style: str | None = None) -> list[int]:
        return [self.styles[style] if style else 0, int(bool(text))]


def icons(**options: Any) -> Any:
    """Return the built-in model's recipe for known latents, of which each image's are all equal to its index."""
    made: Any = IconsRecipe(data=Path("none"), vae=Path("none"), words=Path("none"), **options)
    row = {"caption": "cat", "words": [], "colour": "", "tint": False, "concept": "cat"}
    rows = [row | {"set": "noto", "style": "flat"}, row | {"set": "lucide", "style": "line"}] * 4
    vars(made)["pictures"] = SimpleNamespace(rows=rows)
    vars(made)["latents"] = torch.arange(8.0)[:, None, None, None].expand(-1, 4, 3, 3).half()
    vars(made)["training_images"] = (np.arange(8), np.array([4, 1, 1, 1, 1, 1, 1, 0]) / 10)
    return made


def test_a_batch_of_the_built_in_model_has_the_stated_noise_and_dropped_prompts() -> None:
    """ln σ ~ N(mean, spread²) (Karras et al. 2022, table 1); captions and styles are dropped independently."""
    recipe = icons(batch=4000, sketch_rows=2, log_sigma_mean=0.9, log_sigma_spread=1.4, drop_text=0.2, drop_style=0.3)
    model: Any = SimpleNamespace(tokenizer=Styles())
    x0, sigma, noise, ids, more_x0, more_ids = recipe.draw(model, np.random.default_rng(0), 0)
    logs = sigma.log()
    assert logs.mean().item() == pytest.approx(0.9, abs=0.1) and logs.std().item() == pytest.approx(1.4, abs=0.05)
    assert noise.shape == x0.shape and noise.std().item() == pytest.approx(1, abs=0.02)
    assert more_x0.shape == (4000, 2, 4, 3, 3) and more_ids.shape == (4000, 2, 2)
    assert not torch.equal(more_x0.flatten(0, 1)[:4000], x0), "images of their own"
    for latents, tokens in ((x0, ids), (more_x0.flatten(0, 1), more_ids.flatten(0, 1))):
        index = latents[:, 0, 0, 0].long()
        shares = np.bincount(index, minlength=8) / len(index)
        assert shares == pytest.approx(np.array([4, 1, 1, 1, 1, 1, 1, 0]) / 10, abs=0.03)
        style, has_text = tokens.unbind(dim=1)
        assert (1 - has_text.float()).mean().item() == pytest.approx(0.2, abs=0.03)
        is_neutral = index % 2 == 0
        assert (style[~is_neutral] == 2).all(), "a style that is not neutral is never dropped"
        dropped = style[is_neutral] == 0
        assert (style[is_neutral][~dropped] == 1).all() and dropped.float().mean().item() == pytest.approx(
            0.3, abs=0.03
        )
        both = (dropped & (has_text[is_neutral] == 0)).float().mean().item()
        assert both == pytest.approx(0.06, abs=0.02)


def test_a_frozen_draft_is_not_converted_to_the_style_and_moves_by_the_drawn_share() -> None:
    recipe = icons(batch=2000, named=1.0, unstyled=0.4, drafts_spread=0.5, drop_text=0.0, drop_style=0.0)
    model: Any = SimpleNamespace(tokenizer=Styles())
    x0, sigma, noise, ids, draft_ids, numbers, shares = recipe.draw(model, np.random.default_rng(0), 0)
    assert sigma.log().mean().item() == pytest.approx(0.9, abs=0.15)
    assert noise.std().item() == pytest.approx(1, abs=0.02) and numbers.shape == (2000, denoiser_recipe.NEIGHBOURS)
    assert (
        0 <= shares.min() < 0.01
        and 0.49 < shares.max() <= 0.5
        and shares.mean().item() == pytest.approx(0.25, abs=0.02)
    )
    assert (ids[:, 0] == 1 + x0[:, 0, 0, 0].long() % 2).all()
    is_unstyled = draft_ids[:, 0] == 0
    assert is_unstyled.float().mean().item() == pytest.approx(0.4, abs=0.04)
    assert torch.equal(draft_ids[~is_unstyled], ids[~is_unstyled])
    asked: list[Any] = []

    def conditioning(*inputs: torch.Tensor, **named: Any) -> tuple[torch.Tensor]:
        asked.append((inputs, named))
        return (ids,)

    networks: Any = SimpleNamespace(conditioning=conditioning)
    with mock.patch.object(denoiser_recipe, "denoising_error", return_value=torch.tensor(3.0)) as error:
        loss = denoiser_recipe.frozen_draft_loss(networks, x0, sigma, noise, ids, draft_ids, numbers, shares)
    ((inputs, named),) = asked
    assert loss == 3 and all(map(torch.equal, inputs, (ids, draft_ids, x0)))
    assert named["carries"] is False and all(map(torch.equal, named["moves"], (numbers, shares)))
    assert all(map(torch.equal, error.call_args.args[1:4], (x0, sigma, noise)))


# Networks that draw from a draft or from the text

STYLE, WORDS = 5, 40  # the first token of a style and of a word
TOKENS = torch.tensor([[STYLE + row, WORDS + row, WORDS + 10 + row] for row in range(8)])
NOTHING = [ANY_STYLE, PADDING, PADDING]


def drawing_networks(prior: torch.Tensor) -> Any:
    """Return networks whose text vectors are the tokens, and whose draft network answers `prior`."""
    return SimpleNamespace(
        unet=torch.nn.Linear(2, 2),
        text=lambda ids: (ids, ids > 0, ids.float()),
        draft=lambda cond, like: prior + cond[2].sum(dim=1)[:, None, None, None],
        tokenizer=SimpleNamespace(encode=lambda text: NOTHING),
        device="cpu",
        freeze=lambda: None,
        trainable_parameters=lambda: [],
    )


def cases(count: int) -> list[torch.Tensor]:
    """Return `count` tensors of booleans that have each combination once."""
    return list(torch.cartesian_prod(*[torch.tensor([False, True])] * count).unbind(dim=1))


def stated_tokens(rows: torch.Tensor, has_text: Any, has_style: Any, has_words: Any) -> list[list[int]]:
    """Return the tokens of prompts: the style, or none, and the words, or none."""
    found = []
    for row, text, style, words in zip(rows.tolist(), has_text, has_style, has_words, strict=True):
        own = TOKENS[row].tolist()
        found.append([own[0] if text and style else ANY_STYLE, *(own[1:] if text and words else NOTHING[1:])])
    return found


def test_a_posed_drawing_is_completed_from_its_draft_and_without_a_prompt_from_the_typical_one() -> None:
    rows = torch.tensor([3, 0, 7, 1, 1, 5, 6, 2])
    drafts, latents, prior = (random(8, 4, 3, 3, seed=seed) for seed in range(3))
    networks = drawing_networks(prior)
    recipe = PosedRecipe(data=Path("none"), vae=Path("none"), words=Path("none"), init=Path("none"))
    model: Any = SimpleNamespace(networks=networks, pairs=PosedDrawings(drafts.half(), latents.half(), TOKENS))
    has_text, has_style, has_words = cases(3)
    sigma, noise = random(8, seed=4).exp(), random(8, 4, 3, 3, seed=5)
    optimizers = {recipe.optimizer: lambda *_: []}
    with (
        mock.patch.object(posed_drafts_recipe, "denoising_error", return_value=torch.tensor(3.0)) as error,
        mock.patch.object(posed_drafts_recipe, "OPTIMIZERS", optimizers),
    ):
        (objective,) = recipe.objectives(model)
        assert objective.loss(rows, sigma, noise, has_text, has_style, has_words) == 3
    told, x0, *noised, (tokens, mask, pooled, draft) = error.call_args.args
    assert told is networks and torch.equal(x0, latents.half().float()[rows])
    assert all(map(torch.equal, noised, (sigma, noise)))
    assert tokens.tolist() == stated_tokens(rows, has_text, has_style, has_words)
    assert torch.equal(mask, tokens > 0) and torch.equal(pooled, tokens.float())
    own, typical = drafts.half().float()[rows], prior + pooled.sum(dim=1)[:, None, None, None]
    assert torch.equal(draft[has_text], own[has_text]) and torch.equal(draft[~has_text], typical[~has_text])


def test_the_prior_network_learns_the_mean_drawing_and_nothing_from_the_denoiser() -> None:
    """Loss: w·‖p − x₀‖² over all drawings that the prior network sees, and the denoiser's error from a given draft."""
    prior = random(12, 4, 3, 3, seed=1).requires_grad_(True)
    networks = drawing_networks(prior)
    latents, drafts = random(8, 4, 3, 3, seed=2).half(), random(8, 4, 3, 3, seed=3).half()
    lots = torch.tensor([0.1, 0.9, 0.2, 0.3, 0.8, 0.4, 0.6, 0.5])
    drawings: Any = SimpleNamespace(latents=latents, drafts=drafts, lots=lots, prompts=TOKENS[:, None].expand(8, 2, 3))
    model: Any = SimpleNamespace(networks=networks, drawings=drawings)
    recipe = TextRecipe(prior_weight=0.7, prior_share=0.55)
    rows, more = torch.tensor([3, 0, 7, 1]), torch.tensor([[5], [4], [6], [2], [2], [1], [0], [5]])[:, 0]
    has_text, has_draft = cases(2)
    has_style, picks = torch.tensor([True, True, False, True]), torch.zeros(4, dtype=torch.long)
    sigma, noise = random(4, seed=4).exp(), random(4, 4, 3, 3, seed=5)
    draft_sigma, draft_noise = torch.tensor([0.0, 0.5, 0.0, 2.0]), random(4, 4, 3, 3, seed=6)
    others = [more, more * 0, more >= 0, more >= 0]

    def denoise(told: Any, x0: torch.Tensor, sigma: Any, noise: Any, cond: Any) -> torch.Tensor:
        result: torch.Tensor = (cond[-1] * x0).sum()
        return result

    with (
        mock.patch.object(text_recipe, "denoising_error", side_effect=denoise) as error,
        mock.patch.object(text_recipe, "OPTIMIZERS", {recipe.optimizer: lambda *_: []}),
    ):
        (objective,) = recipe.objectives(model)
        batch = rows, picks, has_text, has_style, sigma, noise, has_draft, draft_sigma, draft_noise
        loss = objective.loss(*batch, *(each.unflatten(0, (4, 2)) for each in others))
    _, x0, *noised, (tokens, mask, pooled, draft) = error.call_args.args
    assert torch.equal(x0, latents.float()[rows]) and all(map(torch.equal, noised, (sigma, noise)))
    assert tokens.tolist() == stated_tokens(rows, has_text, has_style, has_text) and len(mask) == len(pooled) == 4
    every = torch.cat([rows, more])
    ids = torch.cat([tokens, TOKENS[more]])
    predicted = prior + ids.sum(dim=1)[:, None, None, None]
    noisy = drafts.float()[rows] + draft_sigma[:, None, None, None] * draft_noise
    is_drawn = (has_draft & has_text)[:, None, None, None]
    torch.testing.assert_close(draft, torch.where(is_drawn, noisy, predicted[:4]))
    errors = (predicted - latents.float()[every]).square().mean(dim=(1, 2, 3)) * (lots[every] < 0.55) / 0.55
    torch.testing.assert_close(loss, 0.7 * errors.mean() + (draft * x0).sum())
    found, expected = (torch.autograd.grad(each, prior)[0] for each in (loss, 0.7 * errors.mean()))
    torch.testing.assert_close(found, expected, msg="the prior network would drift away from the mean drawing")


class Sketch(torch.nn.Module):
    """Draft network whose answer is a linear function of the pooled prompt, the same at each position."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3, 4)

    def forward(self, pooled: torch.Tensor, size: torch.Size) -> torch.Tensor:
        answer: torch.Tensor = self.linear(pooled)[:, :, None, None].expand(-1, -1, *size)
        return answer


class Pooled(torch.nn.Module):
    """Text encoder whose pooled vector is a linear function of the tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(3, 3)

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor, ...]:
        return ids, ids > 0, self.linear(ids.float() / 50)


class Networks(SimpleNamespace):
    __hash__ = object.__hash__  # type: ignore[assignment]


def draft_networks() -> Any:
    torch.manual_seed(0)
    sketch = Sketch()
    return Networks(
        unet=SimpleNamespace(sketch=sketch),
        text=Pooled(),
        device="cpu",
        draft=lambda cond, like: sketch(cond[2], like.shape[-2:]),
    )


def trained_by(objective: Any) -> set[torch.nn.Parameter]:
    """Return the parameters of an objective, which its optimisers have exactly once."""
    held = [each for optimizer in objective.optimizers for group in optimizer.param_groups for each in group["params"]]
    assert len(held) == len({*held}) and {*held} == {*objective.parameters}
    return {*held}


def test_the_draft_network_is_trained_with_the_text_encoder() -> None:
    networks, x0 = draft_networks(), random(5, 4, 3, 3, seed=1)
    ids = TOKENS[:5]
    sketch, text = networks.unet.sketch, networks.text
    phase = DraftPhase(draw_latents=lambda model, rng, count: (x0, ids), samples=100, learning_rate=0.01)
    (objective,) = phase.objectives(networks)
    assert trained_by(objective) == {*sketch.parameters(), *text.parameters()}
    assert all(map(torch.equal, phase.draw(networks, np.random.default_rng(0), 0), (x0, ids)))
    loss = objective.loss(x0, ids)
    torch.testing.assert_close(loss, (sketch(text(ids)[2], x0.shape[-2:]) - x0).square().mean())
    assert all(slope.any() for slope in torch.autograd.grad(loss, objective.parameters))
    drawings: Any = SimpleNamespace(latents=x0.half(), lots=torch.zeros(5), prompts=TOKENS[:5, None])
    prior = PriorPhase(drop_text=0.1, drop_style=0.1, share=1.0, samples=100, learning_rate=0.01)
    (objective,) = prior.objectives(SimpleNamespace(networks=networks, drawings=drawings))  # type: ignore[arg-type]
    assert trained_by(objective) == {*sketch.parameters(), *text.parameters()}
    rows, yes = torch.arange(5), torch.ones(5, dtype=torch.bool)
    found = objective.loss(rows, torch.zeros(5, dtype=torch.long), yes, yes)
    torch.testing.assert_close(found, loss, atol=2e-3, rtol=2e-3)


def test_a_draft_network_memorises_each_image_by_its_own_prompt() -> None:
    """The text encoder is frozen. Images 0 to 7 have the tokens of their index, encoded once each."""
    networks = draft_networks()
    sketch, text = networks.unet.sketch, networks.text
    latents = torch.arange(8.0)[:, None, None, None].expand(-1, 4, 3, 3).half()

    def draw(model: Any, rng: np.random.Generator, count: int) -> tuple[Any, torch.Tensor]:
        picked = rng.integers(8, size=count)
        return picked, TOKENS[picked]

    phase = MemorisationPhase(draw_indices=draw, latents=latents, samples=5000, learning_rate=0.01)
    (objective,) = phase.objectives(networks)
    assert trained_by(objective) == {*sketch.parameters()} and not any(each.requires_grad for each in text.parameters())
    x0, pooled = phase.draw(networks, np.random.default_rng(0), 0)
    image = x0[:, 0, 0, 0].long()
    assert np.bincount(image, minlength=8) / phase.batch == pytest.approx(np.full(8, 1 / 8), abs=0.06)
    torch.testing.assert_close(pooled, text(TOKENS[image])[2].detach())
    expected = (sketch(pooled, x0.shape[-2:]) - x0).square().mean()
    torch.testing.assert_close(objective.loss(x0, pooled), expected, atol=0.1, rtol=0.02)


def test_a_decoder_is_trained_with_all_that_decodes_and_nothing_that_encodes() -> None:
    torch.manual_seed(0)
    autoencoder = AutoencoderKL(tiny_model.VAE)
    for parameter in autoencoder.parameters():
        torch.nn.init.normal_(parameter, std=0.1)
    latents = random(2, tiny_model.VAE.latent_channels, 2, 2, seed=1)
    named = dict(autoencoder.named_parameters())
    slopes = torch.autograd.grad(autoencoder.decode(latents).square().sum(), [*named.values()], allow_unused=True)
    decoding = {name for name, slope in zip(named, slopes, strict=True) if slope is not None}
    assert decoding and not any(name.startswith(("encoder", "patch")) for name in decoding)
    model = DecoderTraining(autoencoder, latents)
    recipe = DecoderRecipe(data=Path("none"), vae=Path("none"), words=Path("none"), run=Path("none"))
    (objective,) = recipe.objectives(model)
    assert trained_by(objective) == {named[name] for name in decoding}
    x = random(2, 4, 8, 8, seed=2).clamp(-1, 1)
    x = torch.nn.functional.interpolate(x, autoencoder.decode(latents).shape[-2:])
    expected = reconstruction_error(autoencoder.decode(latents).float() - x)
    torch.testing.assert_close(objective.loss(latents, x), expected, atol=0.02, rtol=0.02)


# The student that generates in four steps

SIGMAS = [40 * (0.7 / 40) ** (place / 3) for place in range(4)]


def fast(**options: Any) -> FastRecipe:
    return FastRecipe(data=Path("none"), words=Path("none"), run=Path("none"), **options)


class Words(torch.nn.Module):
    """Text encoder whose only vector are the words themselves."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = torch.nn.Linear(2, 2)  # optimisers want parameters

    def forward(self, ids: torch.Tensor) -> tuple[torch.Tensor]:
        return (ids.float(),)


def student(answer: Any) -> Any:
    """Return networks whose output is known."""
    return SimpleNamespace(
        diffusion=Diffusion(edm(0.01, 40.0), "edm", 1.0),
        network=answer,
        text=Words(),
        unet=torch.nn.Linear(2, 2),
        trainable_parameters=lambda: [],
    )


def test_a_student_learns_where_one_step_ends_as_two_of_the_teacher_do() -> None:
    """x̃ = (z″ − σ″/σ·z) / (α″ − σ″/σ·α) with α = 1 (Salimans and Ho 2022, algorithm 2), with EDM's weight 1/c_out²."""
    states, wrong = random(40, 5, 4, 3, 3, seed=1), 0.3 * random(64, 4, 3, 3, seed=2)
    recipe = fast(batch=64, jitter=0.02)
    model: Any = SimpleNamespace(
        networks=student(None), ids=torch.arange(40)[:, None], drafts=random(40, 4, 3, 3, seed=3).half(),
        states=states.half(),
    )  # fmt: skip
    x, target, sigma, ids, drafts = batch = recipe.draw(model, np.random.default_rng(0), 0)
    rows = ids[:, 0]
    assert len(rows.unique()) > 20 and torch.equal(drafts, model.drafts[rows])
    ends = [*SIGMAS, 0.0]
    pieces = torch.tensor([abs(np.array(SIGMAS) - value).argmin() for value in sigma.tolist()])
    assert sigma.tolist() == pytest.approx([SIGMAS[piece] for piece in pieces], rel=1e-5)
    assert set(pieces.tolist()) == {0, 1, 2, 3}
    known = states.half().double()
    start, end = known[rows, pieces], known[rows, pieces + 1]
    ratio = torch.tensor([ends[piece + 1] / ends[piece] for piece in pieces], dtype=torch.float64)[:, None, None, None]
    exact = (end - ratio * start) / (1 - ratio)
    torch.testing.assert_close(target.double(), exact, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(target[pieces == 3].double(), end[pieces == 3], atol=1e-6, rtol=1e-6)
    jitter = (x - start) / (0.02 * sigma[:, None, None, None])
    assert jitter.std().item() == pytest.approx(1, abs=0.05) and abs(jitter.mean().item()) < 0.05
    at = sigma.double()[:, None, None, None]
    c_skip, c_out, c_in = 1 / (1 + at**2), at / (1 + at**2).sqrt(), 1 / (1 + at**2).sqrt()
    seen: list[Any] = []
    for error in (0 * wrong, wrong):

        def answer(*inputs: torch.Tensor, error: torch.Tensor = error) -> torch.Tensor:
            seen.append(inputs)
            return ((exact + error - c_skip * x) / c_out).float()

        model.networks = student(answer)
        (objective,) = recipe.objectives(model)
        expected = (error / c_out).square().mean().item()
        assert objective.loss(*batch).item() == pytest.approx(expected, rel=1e-3, abs=1e-5)
    shown, time, told, sketch = seen[0]
    torch.testing.assert_close(shown.double(), c_in * x, atol=1e-5, rtol=1e-4)
    assert time.flatten().tolist() == pytest.approx((sigma.log() / 4).tolist(), abs=1e-5)
    assert torch.equal(told, ids.float()) and torch.equal(sketch, drafts.float())


def teacher(network: Any, prediction: str) -> Any:
    return SimpleNamespace(
        tokenizer=SimpleNamespace(encode=lambda text: [0, 0]),
        device="cpu",
        diffusion=Diffusion(edm(0.01, 40.0), prediction, 1.0),
        network=network,
        text=lambda ids: (ids,),
        unet=SimpleNamespace(sketch=None),
    )


def test_a_teachers_path_is_guided_and_recorded_at_the_students_levels() -> None:
    """A constant prediction leads along straight lines, of which each solver finds every point."""
    recipe = fast(substeps=3, guidance_scale=2.5, temperature=1.0)
    with_prompt, without = random(5, 4, 3, 3, seed=1), random(5, 4, 3, 3, seed=2)
    drafts, x, ids = random(5, 4, 3, 3, seed=3), 40 * random(5, 4, 3, 3, seed=4), torch.ones(5, 2, dtype=torch.long)
    levels: list[float] = []

    def answer(shown: torch.Tensor, time: Any, told: torch.Tensor, sketch: torch.Tensor) -> torch.Tensor:
        levels.append(float(time))
        assert torch.equal(told, torch.cat([ids, 0 * ids])), "prompts first, then none"
        assert torch.equal(sketch, torch.cat([drafts, 0 * drafts]))
        return torch.cat([with_prompt, without])

    fine = distillation_recipe._refine(recipe.levels, recipe.substeps)
    found = recipe._compute_path(teacher(answer, "x0"), x, fine, ids, drafts)
    x0 = without + 2.5 * (with_prompt - without)
    assert found.shape == (5, 5, 4, 3, 3) and len(fine) == 13 and len(levels) == 12
    for place, sigma in enumerate([*SIGMAS, 0.0]):
        exact = x0 + sigma / 40 * (x - x0)
        torch.testing.assert_close(found[:, place].float(), exact, atol=0.02, rtol=2e-3)
    between = [at.sigma for at in fine]
    assert between[::3] == pytest.approx([*SIGMAS, 0.0])
    ratios = [after / before for before, after in pairwise(between[:-1])]
    assert ratios[:9] == pytest.approx([(0.7 / 40) ** (1 / 9)] * 9), "even steps of log σ"
    assert ratios[9:] == pytest.approx([(1 / 30) ** 0.5] * 2)


def test_a_teachers_path_is_of_the_temperature_that_the_student_learns() -> None:
    """A network whose output is 0 has the exact denoiser of N(0, 1), and at temperature τ that of N(0, τ)."""
    recipe = fast(substeps=60, guidance_scale=1.0, temperature=0.4)
    x = 40 * random(3, 4, 3, 3, seed=4)
    fine = distillation_recipe._refine(recipe.levels, recipe.substeps)
    network = teacher(lambda shown, *_: torch.zeros_like(shown), "edm")
    found = recipe._compute_path(network, x, fine, torch.ones(3, 2, dtype=torch.long), torch.zeros_like(x))
    for place, sigma in enumerate(SIGMAS):
        exact = x * math.sqrt((0.4 + sigma**2) / (0.4 + 40**2))
        torch.testing.assert_close(found[:, place].float(), exact, atol=0.02, rtol=5e-3)
