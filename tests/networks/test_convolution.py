"""Tests of 3x3 convolutions: each method against torch in fp64, and independence of threads."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from gdm_studio.models.weight_storage.compressed_tensor import widened
from gdm_studio.networks.convolution import LargeConv3x3, convolve

# Torch's own convolution, whose sums depend on the threads on some processors.
TORCH_SHAPE = (64, 320, 20, 20)
# Channels in, channels out, height, width: one matrix product; torch's convolution; Winograd's method.
SHAPES = [
    (8, 12, 1, 1),
    (320, 64, 5, 7),
    (64, 32, 16, 16),
    TORCH_SHAPE,
    (256, 256, 64, 64),
    (320, 256, 67, 66),
    (256, 272, 30, 150),
]
ORDERS = [torch.contiguous_format, torch.channels_last]


@pytest.fixture
def threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def drawn(channels_in: int, channels_out: int, height: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """Draw an image, kernels and a bias, such that results are of order one."""
    generator = torch.Generator().manual_seed(channels_in + height)
    x = torch.randn(1, channels_in, height, width, generator=generator)
    weight = torch.randn(channels_out, channels_in, 3, 3, generator=generator) / (9 * channels_in) ** 0.5
    return x, weight, torch.randn(channels_out, generator=generator)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("order", ORDERS)
def test_all_methods_agree_with_torch_in_fp64(shape: tuple[int, ...], order: torch.memory_format) -> None:
    x, weight, bias = drawn(*shape)
    exact = F.conv2d(x.double(), weight.double(), bias.double(), padding=1)
    with torch.inference_mode():
        found = convolve(x.contiguous(memory_format=order), weight.contiguous(memory_format=order), bias)
        without_bias = convolve(x, weight.contiguous(memory_format=order))
    assert found.shape == exact.shape
    torch.testing.assert_close(found.double(), exact, rtol=0, atol=1e-4)
    torch.testing.assert_close(without_bias.double(), exact - bias[:, None, None], rtol=0, atol=1e-4)


@pytest.mark.usefixtures("threads")
@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != TORCH_SHAPE])
def test_an_image_does_not_depend_on_threads_and_hardly_on_its_batch(shape: tuple[int, ...]) -> None:
    x, weight, bias = drawn(*shape)
    with torch.inference_mode():
        torch.set_num_threads(1)
        alone = convolve(x, weight, bias)
        for count in (2, 4, 8):
            torch.set_num_threads(count)
            assert torch.equal(convolve(x, weight, bias), alone)
        torch.testing.assert_close(convolve(torch.cat([x.flip(2), x]), weight, bias)[1:], alone, rtol=0, atol=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_stored_weights_give_the_same_bits(shape: tuple[int, ...]) -> None:
    x, weight, bias = drawn(*shape)
    stored = weight.half()
    with torch.inference_mode():
        found = convolve(x, widened(stored, torch.float32, torch.channels_last), bias)
        assert torch.equal(found, convolve(x, stored.float().contiguous(memory_format=torch.channels_last), bias))


def test_the_layer_learns_and_computes_in_other_number_types() -> None:
    x, _, _ = drawn(256, 256, 64, 64)
    layer = LargeConv3x3(256, 256)
    assert layer.state_dict().keys() == {"weight", "bias"}
    learned = layer(x)
    learned.square().mean().backward()
    assert layer.weight.grad is not None and layer.weight.grad.abs().max() > 0
    with torch.inference_mode():
        torch.testing.assert_close(layer(x), learned, rtol=0, atol=1e-4)
        half = layer.bfloat16()(x.bfloat16())
        assert half.dtype == torch.bfloat16
        torch.testing.assert_close(half.float(), learned, rtol=0, atol=0.05)
