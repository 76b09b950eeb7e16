"""Transform coding of latents."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.networks.icons.drawing_transform import DrawingTransform
from gdm_studio.networks.icons.unet import UNetConfig

SHAPE = (5, 8, 12)


@pytest.fixture
def latents() -> Tensor:
    """Return smooth random latents whose channels are correlated."""
    torch.manual_seed(0)
    coarse = torch.randn(300, 2, 3, 4)
    mixed = torch.einsum("cd,ndhw->nchw", torch.randn(5, 2), coarse)
    return 0.7 + F.interpolate(mixed, SHAPE[1:], mode="bicubic") + 0.05 * torch.randn(300, *SHAPE)


@pytest.fixture
def transform(latents: Tensor) -> DrawingTransform:
    transform = DrawingTransform(SHAPE).requires_grad_(False)
    transform.mean.copy_(latents.mean(0))
    transform.fit(latents, torch.ones(len(latents)), torch.eye(5))
    return transform


def test_components_and_latents_are_converted_in_both_directions(latents: Tensor, transform: DrawingTransform) -> None:
    components = transform.components_of(latents)
    assert components.shape == (300, 5 * 8 * 12)
    torch.testing.assert_close(transform(components), latents, atol=1e-4, rtol=1e-4)
    torch.testing.assert_close(transform(torch.zeros(1, 480))[0], transform.mean)


def test_the_transform_preserves_distances(latents: Tensor, transform: DrawingTransform) -> None:
    components = transform.components_of(latents)
    distances = (latents[1:] - latents[:-1]).flatten(1).norm(dim=1)
    torch.testing.assert_close((components[1:] - components[:-1]).norm(dim=1), distances, atol=1e-3, rtol=1e-3)


def test_few_components_contain_nearly_all_of_smooth_images(latents: Tensor, transform: DrawingTransform) -> None:
    energy = transform.components_of(latents).square().mean(0)
    # Low frequencies and strong channels come first: a tenth of the components has nearly all of the variance.
    assert energy[:48].sum() > 0.95 * energy.sum()
    unrotated = DrawingTransform(SHAPE).requires_grad_(False)
    assert unrotated.components_of(latents - latents.mean(0)).square().mean(0)[:48].sum() < 0.6 * energy.sum()


def test_an_error_in_any_component_counts_alike_in_the_metric(latents: Tensor) -> None:
    metric = torch.diag(torch.tensor([4.0, 1.0, 1.0, 0.5, 0.25])) + 0.1
    transform = DrawingTransform(SHAPE).requires_grad_(False)
    transform.fit(latents, torch.ones(len(latents)), metric)
    errors = transform(torch.eye(480)) - transform(torch.zeros(1, 480))
    weighted = torch.einsum("cd,ndhw->nchw", metric, errors).flatten(1)
    torch.testing.assert_close(weighted.norm(dim=1), torch.ones(480), atol=1e-3, rtol=1e-3)
    assert errors.flatten(1).norm(dim=1).std() > 0.1, "and differs without it"


def test_a_transform_can_be_trained_after_it_was_used_for_inference(latents: Tensor) -> None:
    with torch.inference_mode():
        transform = DrawingTransform(SHAPE)
        transform(transform.components_of(latents[:2]))
    trained = DrawingTransform(SHAPE)
    trained(torch.randn(2, 480)).square().sum().backward()
    assert trained.basis.grad is not None and trained.basis.grad.abs().sum() > 0


def test_a_transform_has_as_many_components_as_latents() -> None:
    with pytest.raises(ValueError, match="as many components as latents"):
        UNetConfig(in_channels=4, sketch=8, sketch_side=4, components=63, transform=True)
