"""Gradients of a batch that threads share."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from gdm_studio.training.gradient_shards import ShardedGradients


@pytest.mark.parametrize("threads", [1, 2])
def test_gradients_lie_in_memory_as_their_parameters_do(threads: int) -> None:
    """Check the memory layout of gradients, since fused optimizers pair elements by address, not by index."""
    weight = nn.Parameter(torch.arange(48.0).view(2, 3, 4, 2).contiguous(memory_format=torch.channels_last))

    def loss(x: Tensor) -> Tensor:
        return (x @ weight.flatten(1).T).square().mean()  # whose gradient lies in the order of the indices

    x = torch.randn(4, 24, generator=torch.Generator().manual_seed(0))
    value = ShardedGradients([weight], threads)(loss, x)
    found = weight.grad
    assert found is not None and found.stride() == weight.stride() != weight.contiguous().stride()
    weight.grad = None
    exact = loss(x)
    exact.backward()  # type: ignore[no-untyped-call]
    torch.testing.assert_close(found, weight.grad)
    assert float(value) == pytest.approx(float(exact.detach()), rel=1e-5)
