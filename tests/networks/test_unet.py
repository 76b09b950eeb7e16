import json
from dataclasses import asdict, replace

import pytest
import torch

from gdm_studio.networks.icons.unet import UNet, UNetConfig

SMALL = UNetConfig(4, 4, (16, 32), 1, (False, True), head=16, embedding=32, context=24, pooled=24)


@pytest.fixture
def nonzero_unet() -> UNet:
    """Return a small U-Net whose zero-initialised layers have random values."""
    torch.manual_seed(0)
    unet = UNet(SMALL)
    for parameter in unet.parameters():
        if not parameter.any():
            torch.nn.init.normal_(parameter, std=0.1)
    return unet.eval()


def test_a_new_unet_returns_zero() -> None:
    context, mask = torch.randn(2, 5, 24), torch.ones(2, 5, dtype=torch.bool)
    answer = UNet(SMALL)(torch.randn(2, 4, 16, 16), torch.zeros(2), context, mask, context.mean(1))
    assert answer.shape == (2, 4, 16, 16)
    assert not answer.any()


@torch.no_grad()
def test_a_new_unet_answers_with_its_draft_as_far_as_noise_hides_the_image() -> None:
    """For data from N(draft, I), EDM's F is σ/√(1 + σ²) times the draft, apart from a multiple of x."""
    unet = UNet(replace(SMALL, sketch=8))
    sigma, draft, context = torch.tensor([0.1, 1.0, 20.0]), torch.randn(3, 4, 16, 16), torch.randn(3, 5, 24)
    mask = torch.ones(3, 5, dtype=torch.bool)
    found = unet(torch.randn(3, 4, 16, 16), sigma.log() / 4, context, mask, context.mean(1), draft)
    torch.testing.assert_close(found, (sigma / (1 + sigma.square()).sqrt())[:, None, None, None] * draft)


@torch.no_grad()
def test_masked_tokens_have_no_effect(nonzero_unet: UNet) -> None:
    context, mask = torch.randn(2, 5, 24), torch.tensor([[True] * 3 + [False] * 2] * 2)
    changed = context.clone()
    changed[:, 3:] += 10
    pooled = context.mean(1)
    x, level = torch.randn(2, 4, 16, 16), torch.zeros(2)
    torch.testing.assert_close(
        nonzero_unet(x, level, context, mask, pooled), nonzero_unet(x, level, changed, mask, pooled)
    )
    changed[:, 0] *= -1
    assert (
        nonzero_unet(x, level, context, mask, pooled) - nonzero_unet(x, level, changed, mask, pooled)
    ).abs().max() > 1e-3


@torch.no_grad()
def test_noise_level_and_pooled_vector_matter(nonzero_unet: UNet) -> None:
    context, mask = torch.randn(2, 5, 24), torch.ones(2, 5, dtype=torch.bool)
    x = torch.randn(1, 4, 16, 16).expand(2, -1, -1, -1)
    same = context[:1].expand(2, -1, -1)
    by_level = nonzero_unet(x, torch.tensor([-1.0, 1.0]), same, mask, same.mean(1))
    by_pooled = nonzero_unet(x, torch.zeros(2), same, mask, context.mean(1))
    assert (by_level[0] - by_level[1]).abs().max() > 1e-3
    assert (by_pooled[0] - by_pooled[1]).abs().max() > 1e-3


@torch.no_grad()
def test_samples_of_a_batch_are_independent(nonzero_unet: UNet) -> None:
    context, mask = torch.randn(2, 5, 24), torch.ones(2, 5, dtype=torch.bool)
    x, level = torch.randn(2, 4, 16, 16), torch.tensor([-1.0, 1.0])
    both = nonzero_unet(x, level, context, mask, context.mean(1))
    second = nonzero_unet(x[1:], level[1:], context[1:], mask[1:], context[1:].mean(1))
    torch.testing.assert_close(both[1:], second, atol=1e-5, rtol=1e-4)


def test_other_sizes_and_no_text_are_supported() -> None:
    plain = UNet(UNetConfig(4, 4, (16, 32, 32), 1, (False, False, True), head=16, embedding=32, context=0, pooled=0))
    assert plain(torch.randn(1, 4, 24, 32), torch.zeros(1)).shape == (1, 4, 24, 32)


@torch.no_grad()
def test_bf16_weights_preserve_the_noise_level(nonzero_unet: UNet) -> None:
    context, mask = torch.randn(8, 5, 24), torch.ones(8, 5, dtype=torch.bool)
    x, level = torch.randn(1, 4, 16, 16).expand(8, -1, -1, -1), torch.linspace(-1.4, 1.1, 8)
    exact = nonzero_unet(x, level, context, mask, context.mean(1))
    context, x = context.bfloat16(), x.bfloat16()
    rounded = nonzero_unet.bfloat16()(x, level, context, mask, context.mean(1))
    assert rounded.dtype == torch.bfloat16
    assert (rounded.float() - exact).square().mean() < 0.002 * exact.square().mean()


def test_configuration_survives_json() -> None:
    assert UNetConfig(**json.loads(json.dumps(asdict(SMALL)))) == SMALL


def test_levels_must_agree() -> None:
    with pytest.raises(ValueError, match="equally long"):
        UNetConfig(channels=(16, 32, 64), attention=(False, True))
