"""Layers that sum in a fixed order for any number of threads."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from gdm_studio.networks.layers import Conv1x1, group_norm


@pytest.fixture(autouse=True)
def _restore_threads() -> Iterator[None]:
    before = torch.get_num_threads()
    yield
    torch.set_num_threads(before)


def channels_last(*shape: int) -> torch.Tensor:
    return (torch.randn(shape) + 2).contiguous(memory_format=torch.channels_last)


LAYERS = {
    "1x1 convolution of a small picture": (lambda: Conv1x1(384, 192), (1, 384, 8, 8)),
    "group normalisation of a large one": (lambda: group_norm(64), (1, 64, 64, 64)),
    "group normalisation of several": (lambda: group_norm(112), (3, 112, 32, 32)),
}


@pytest.mark.parametrize("name", LAYERS)
@torch.no_grad()
def test_any_number_of_threads_gives_the_same_bits(name: str) -> None:
    made, shape = LAYERS[name]
    torch.manual_seed(3)
    layer, x = made(), channels_last(*shape)
    found = []
    for threads in (1, 2, 3, 4):
        torch.set_num_threads(threads)
        found.append(layer(x))
    assert all(torch.equal(each, found[0]) for each in found)


@pytest.mark.parametrize("deviation", [1.0, 1e-3])
@pytest.mark.parametrize("shape", [(2, 48, 40, 40), (1, 32, 4, 4), (1, 20, 64, 64)])
def test_group_normalisation_equals_that_of_torch(shape: tuple[int, ...], deviation: float) -> None:
    """Compare images with their mean at two deviations, and those whose variance is less than eps."""
    torch.manual_seed(4)
    layer, x = group_norm(shape[1]), channels_last(*shape)
    x = x if deviation == 1 else (x - 2) * deviation
    nn.init.normal_(layer.weight)
    nn.init.normal_(layer.bias)
    wanted = F.group_norm(x.double(), layer.num_groups, layer.weight.double(), layer.bias.double(), layer.eps)
    with torch.no_grad():
        assert torch.allclose(layer(x).double(), wanted, atol=2e-5)
    learned = layer(x.requires_grad_())
    assert torch.allclose(learned.double(), wanted, atol=2e-5) and learned.requires_grad


def test_a_1x1_convolution_equals_that_of_torch_and_keeps_its_layout() -> None:
    torch.manual_seed(5)
    layer, x = Conv1x1(24, 40), channels_last(2, 24, 6, 7)
    with torch.no_grad():
        made = layer(x)
        assert torch.allclose(made, F.conv2d(x, layer.weight, layer.bias), atol=1e-5)
    assert made.is_contiguous(memory_format=torch.channels_last)
