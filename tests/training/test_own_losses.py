"""Losses of the built-in model and of the upscaler, each against its formula, with stubs instead of networks."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from unittest import mock

import pytest
import torch
from torch.distributions import Normal, kl_divergence

from gdm_studio.models.families.papers.parts import Clipping
from gdm_studio.training.icons import denoiser_recipe
from gdm_studio.training.icons.autoencoder_recipe import reconstruction_error, reconstruction_loss
from gdm_studio.training.upscaler.recipe import doubling_loss


def random(*shape: int, seed: int) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def test_the_autoencoder_decodes_samples_of_its_posterior() -> None:
    x, mean, log_variance = (random(3, 4, 2, 2, seed=seed) for seed in range(3))
    noise, more = random(3, 4, 2, 2, seed=3), random(3, 4, 2, 2, seed=4)
    model: Any = SimpleNamespace(posterior=lambda _: (mean, log_variance), reconstruct=lambda latents: latents)
    posterior = Normal(mean, log_variance.exp().sqrt())
    latents = mean + posterior.stddev * noise + mean.std(dim=(0, 2, 3), keepdim=True) * more
    divergence = kl_divergence(posterior, Normal(0.0, 1.0)).mean()
    expected = reconstruction_error(latents - x) + 0.3 * divergence
    torch.testing.assert_close(reconstruction_loss(model, x, noise, more, kl_weight=0.3), expected)


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


@pytest.mark.parametrize("factor", [0.5, 5.0])
def test_clipped_predictions_lie_within_one(factor: float) -> None:
    x = torch.linspace(-1, 1, 9)
    run: Any = None
    predict: Any = Clipping().around_prediction(lambda x, at, cond: factor * x, run)
    assert predict(x, None, None).tolist() == [min(max(factor * value, -1.0), 1.0) for value in x.tolist()]
