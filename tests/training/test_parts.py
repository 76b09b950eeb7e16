"""The parts of a training loop that are mathematics: sharded gradients, averages, Muon."""

from unittest import mock

import pytest
import torch
from torch import nn

from gdm_studio.models.memory import precision
from gdm_studio.networks.icons.autoencoder import AutoencoderKL
from gdm_studio.networks.icons.text_encoder import TextConfig, TextEncoder
from gdm_studio.networks.icons.unet import UNet, UNetConfig
from gdm_studio.training.ema import Ema
from gdm_studio.training.gradient_shards import ShardedGradients
from gdm_studio.training.icons.autoencoder_recipe import reconstruction_loss
from gdm_studio.training.optim import OPTIMIZERS, Muon, orthogonal, set_rate
from tests.helpers import tiny_model


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_shards_give_the_gradient_of_the_mean(threads: int) -> None:
    torch.manual_seed(0)
    net, x, y = nn.Linear(5, 2).double(), torch.randn(7, 5).double(), torch.randn(7, 2).double()
    expected = torch.autograd.grad((net(x) - y).square().mean(), list(net.parameters()))
    value = ShardedGradients(list(net.parameters()), threads)(lambda x, y: (net(x) - y).square().mean(), x, y)
    assert value == pytest.approx((net(x) - y).square().mean().item())
    for parameter, gradient in zip(net.parameters(), expected, strict=True):
        torch.testing.assert_close(parameter.grad, gradient)


def test_a_batch_smaller_than_the_threads_is_not_split() -> None:
    net, x = nn.Linear(3, 1), torch.randn(1, 3)
    ShardedGradients(list(net.parameters()), 4)(lambda x: net(x).mean(), x)
    torch.testing.assert_close(net.weight.grad, x)


@pytest.mark.parametrize(("is_fast", "dtype"), [(True, torch.bfloat16), (False, torch.float32)])
def test_networks_learn_in_bf16_only_where_that_is_fast(is_fast: bool, dtype: torch.dtype) -> None:
    model, seen = AutoencoderKL(tiny_model.VAE), set[torch.dtype]()
    x = torch.zeros(1, 4, 32, 32)
    latents = torch.zeros_like(model.posterior(x)[0])
    for layer in model.modules():
        if isinstance(layer, nn.Conv2d):
            layer.register_forward_hook(lambda layer, inputs, y: seen.add(y.dtype))
    with mock.patch.object(precision, "is_fast", return_value=is_fast):
        reconstruction_loss(model, x, latents, latents, kl_weight=1e-5).backward()
    assert seen == {dtype}


def test_an_error_in_a_shard_reaches_the_caller() -> None:
    net = nn.Linear(3, 1)
    with pytest.raises(RuntimeError):
        ShardedGradients(list(net.parameters()), 2)(lambda x: net(x).mean(), torch.randn(4, 2))


def test_average_halves_its_distance_in_a_half_life() -> None:
    weight = torch.zeros(3)
    ema = Ema([weight], halflife=100)
    weight.fill_(1.0)
    for _ in range(10):
        ema.update(10, 1_000_000)
    torch.testing.assert_close(ema.averages[0], torch.full((3,), 0.5))


def test_average_forgets_the_start_quickly() -> None:
    weight = torch.zeros(1)
    ema = Ema([weight], halflife=1e9)
    weight.fill_(1.0)
    for seen in range(10, 2000, 10):
        ema.update(10, seen)
    assert ema.averages[0] > 0.99


def test_the_averages_stand_in_the_place_of_the_weights_for_a_while() -> None:
    weight = torch.zeros(2)
    ema = Ema([weight], halflife=1)
    weight.fill_(3.0)
    with ema.swapped():
        assert weight.tolist() == [0, 0]
    assert weight.tolist() == [3, 3]


@pytest.mark.parametrize("shape", [(2, 8, 40), (1, 40, 8), (3, 16, 16)])
def test_orthogonal_evens_out_singular_values_and_keeps_directions(shape: tuple[int, int, int]) -> None:
    matrices = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    left, values, right = torch.linalg.svd(matrices, full_matrices=False)
    result = orthogonal(matrices)
    kept = (left.mT @ result @ right.mT).diagonal(dim1=1, dim2=2)
    well_posed = values > 0.02 * values[:, :1]
    assert kept[well_posed].min() > 0.5
    assert kept[well_posed].max() < 1.3
    torch.testing.assert_close(left * kept[:, None] @ right, result, atol=0.02, rtol=0)  # bf16 has eight bits


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_muon_steps_alike_in_every_memory_layout(layout: torch.memory_format) -> None:
    kernel = torch.ones(4, 3, 3, 3).to(memory_format=layout)
    gradient = torch.randn(4, 3, 3, 3, generator=torch.Generator().manual_seed(0))
    kernel.grad = gradient.to(memory_format=layout)
    Muon([kernel], 0.1).step()
    expected = torch.ones(4, 27) - 0.1 * 0.2 * 27**0.5 * orthogonal(gradient.reshape(1, 4, 27))[0]
    torch.testing.assert_close(kernel.reshape(4, 27), expected, atol=1e-4, rtol=1e-3)


def test_muon_looks_ahead_along_its_momentum_and_decays_the_weights() -> None:
    """m ← 0.95·m + 0.05·g; a step against 0.05·g + 0.95·m, made orthogonal (Jordan 2024), and w ← w − lr·decay·w."""
    start, first, second = torch.randn(3, 4, 6, generator=torch.Generator().manual_seed(0))
    weight, expected, momentum = start.clone(), start.clone(), torch.zeros(4, 6)
    optimizer = Muon([weight], 0.1, weight_decay=0.5)
    for gradient in (first, second):
        weight.grad = gradient
        optimizer.step()
        momentum = 0.95 * momentum + 0.05 * gradient
        direction = orthogonal((0.05 * gradient + 0.95 * momentum)[None])[0]
        expected = expected * (1 - 0.1 * 0.5) - 0.1 * 0.2 * 6**0.5 * direction
        torch.testing.assert_close(weight, expected, atol=2e-3, rtol=1e-3)


def test_muon_steps_inner_matrices_and_adamw_all_else_at_half_the_rate() -> None:
    """Layers that touch latents or words, the draft network, and vectors are no matrices for Muon (Jordan 2024)."""
    unet = UNet(UNetConfig(in_channels=4, channels=(32, 64), attention=(False, True), context=16, sketch=16))
    text = TextEncoder(TextConfig(words=20, word_width=8, width=16, layers=1, heads=2))
    frozen = next(name for name, each in unet.named_parameters() if "attention" in name and each.ndim == 2)
    unet.get_parameter(frozen).requires_grad_(False)
    optimizers = OPTIMIZERS["muon"](unet, text, 1e-3)
    set_rate(optimizers, 0.2)
    found: dict[int, tuple[type, float, float]] = {}
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            assert not found.keys() & set(map(id, group["params"]))
            found |= {id(each): (type(optimizer), group["lr"], group["weight_decay"]) for each in group["params"]}
    outer = {*unet.conv_in.parameters(), *unet.conv_out.parameters(), *unet.sketch.parameters()}  # type: ignore
    outer |= {text.special.weight, text.position, *text.weigh.parameters()}
    inner = 0
    for name, each in [*unet.named_parameters(), *text.named_parameters()]:
        is_matrix = each.ndim >= 2 and each not in outer
        stated = (Muon, 0.2, 0.01) if is_matrix else (torch.optim.AdamW, 0.1, 0.01)
        assert found.get(id(each)) == (None if name == frozen else stated), name
        inner += is_matrix
    assert inner > 20 and unet.conv_in.weight in outer


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_every_optimizer_moves_every_parameter_and_learns(name: str) -> None:
    torch.manual_seed(0)
    net = nn.Sequential(nn.Conv2d(3, 8, 3, padding=1), nn.SiLU(), nn.Conv2d(8, 3, 3, padding=1))
    x = torch.randn(16, 3, 6, 6)
    optimizers = OPTIMIZERS[name](net[:2], net[2:], 2e-2)
    before = [parameter.clone() for parameter in net.parameters()]
    losses = []
    for _ in range(60):
        loss = (net(x) - x.roll(1, dims=3)).square().mean()
        net.zero_grad()
        loss.backward()
        for optimizer in optimizers:
            optimizer.step()
        losses.append(loss.item())
    assert all(not torch.equal(a, b) for a, b in zip(before, net.parameters(), strict=True))
    assert losses[-1] < 0.6 * losses[0]
