import json
from dataclasses import asdict

import pytest
import torch

from gdm_studio.networks.icons.autoencoder import AutoencoderConfig, AutoencoderKL
from gdm_studio.training.icons import autoencoder_training

SMALL = AutoencoderConfig(latent_channels=8, encoder=(16, 32), decoder=(32, 16, 16), decoder_blocks=(1, 1, 1))


@pytest.fixture
def vae() -> AutoencoderKL:
    torch.manual_seed(0)
    return AutoencoderKL(SMALL).eval()


@pytest.mark.parametrize("size", [(32, 32), (64, 32), (128, 128)])
@torch.no_grad()
def test_latents_have_an_eighth_of_the_size_and_decode_to_it(vae: AutoencoderKL, size: tuple[int, int]) -> None:
    latents = vae.encode(torch.rand(1, 4, *size) * 2 - 1)
    assert latents.shape == (1, 8, size[0] // 8, size[1] // 8)
    assert vae.decode(latents).shape == (1, 4, *size)


@torch.no_grad()
def test_a_new_autoencoder_equals_its_linear_part(vae: AutoencoderKL) -> None:
    latents = torch.randn(2, 8, 4, 4)
    torch.testing.assert_close(vae.decode(latents), vae.decode_linear(latents))


@torch.no_grad()
def test_orthogonal_patches_reconstruct_their_span(vae: AutoencoderKL) -> None:
    basis, _ = torch.linalg.qr(torch.randn(4 * 64, 8))
    vae.patch.weight.copy_(basis.T.reshape(8, 4, 8, 8))
    vae.patch.bias.zero_()
    vae.unpatch.weight.copy_(basis.reshape(4 * 64, 8, 1, 1))
    vae.unpatch.bias.zero_()
    picture = vae.decode_linear(torch.randn(1, 8, 4, 4))
    torch.testing.assert_close(vae.decode_linear(vae.encode(picture)), picture, atol=1e-4, rtol=1e-4)


@torch.no_grad()
def test_scaling_changes_latents_but_not_images(vae: AutoencoderKL) -> None:
    picture = torch.rand(1, 4, 32, 32) * 2 - 1
    latents, back = vae.encode(picture), vae.decode(vae.encode(picture))
    vae.shift.fill_(0.5)
    vae.scale.fill_(3.0)
    torch.testing.assert_close(vae.encode(picture), 3 * (latents - 0.5))
    torch.testing.assert_close(vae.decode(vae.encode(picture)), back, atol=1e-5, rtol=1e-4)


@torch.no_grad()
def test_bf16_latents_nearly_equal_fp32() -> None:
    """Compare bf16 with fp32: patches of 16 pixels used to give noise on CPUs with matrix units."""
    large = AutoencoderKL(autoencoder_training.config_for(256)).eval()
    picture = torch.rand(2, 4, 64, 64) * 2 - 1
    exact, _ = large.posterior(picture)
    with torch.autocast("cpu", torch.bfloat16):
        rough, _ = large.posterior(picture)
    assert torch.dist(rough.float(), exact) < 0.02 * exact.norm()


@torch.no_grad()
def test_posterior_is_narrow_before_training(vae: AutoencoderKL) -> None:
    mean, log_variance = vae.posterior(torch.rand(1, 4, 32, 32))
    assert mean.shape == log_variance.shape
    assert log_variance.max() < -5


def test_configuration_survives_json_and_has_a_factor() -> None:
    assert AutoencoderConfig(**json.loads(json.dumps(asdict(SMALL)))) == SMALL
    assert SMALL.factor == 8
    assert AutoencoderConfig(encoder=(16, 16, 16)).factor == 16
